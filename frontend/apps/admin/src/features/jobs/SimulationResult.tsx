import { formatNumber } from "@crossdock/i18n";
import { DataTable } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

/** The result of an `allocationSimulate`: amounts are decimals of the orders' currency. */
interface Compared {
  name: string;
  cost: string;
  costPerOrder: string;
  shipments: number;
  splitRate: number;
  missingUnits: number;
  fillRate: number;
  meanDays?: number;
  /** Of those that were promised; null where none was. */
  lateRate?: number | null;
  /** Of those done before it was worked out, undefined. */
  toBound?: number | null;
  savesPerOrder: { mean: string; low: string; high: string };
  changed: { order: string; costs: string[]; why: string[] }[];
}
interface Result {
  orders: number;
  units: number;
  ruleSets: Compared[];
}

const percent = (share: number) => `${formatNumber(Math.round(share * 1000) / 10)} %`;

/** What each rule set came to, and the orders that it changes most. */
export function SimulationResult({ of: told }: { of: unknown }) {
  const of = told as Result;
  const [orders, units] = [formatNumber(of.orders), formatNumber(of.units)];
  return (
    <Stack gap="md">
      <Text role="status">{t`${orders} orders, ${units} units.`}</Text>
      <DataTable
        dense
        label={t`Comparison`}
        rows={of.ruleSets}
        rowId={(row) => row.name}
        columns={[
          { id: "name", header: t`Rule set`, heading: true, cell: (row) => row.name },
          { id: "cost", header: t`Cost`, align: "right", cell: (row) => row.cost },
          { id: "each", header: t`An order`, align: "right", cell: (row) => row.costPerOrder },
          {
            id: "saves",
            header: t`Saves an order (95 %)`,
            align: "right",
            nowrap: true,
            cell: (row) => (row.name === of.ruleSets[0]?.name ? "–" : t`${row.savesPerOrder.mean} (${row.savesPerOrder.low} to ${row.savesPerOrder.high})`),
          },
          { id: "shipments", header: t`Shipments`, align: "right", cell: (row) => formatNumber(row.shipments) },
          { id: "split", header: t`Split`, align: "right", cell: (row) => percent(row.splitRate) },
          { id: "fill", header: t`Filled`, align: "right", cell: (row) => percent(row.fillRate) },
          ...(of.ruleSets.some((row) => row.meanDays) ? [{ id: "days", header: t`Days`, align: "right" as const, cell: (row: Compared) => formatNumber(row.meanDays ?? 0) }] : []),
          ...(of.ruleSets.some((row) => row.lateRate != null) ? [{ id: "late", header: t`Late`, align: "right" as const, cell: (row: Compared) => percent(row.lateRate ?? 0) }] : []),
          { id: "bound", header: t`Above the bound`, align: "right", cell: (row) => (row.toBound == null ? "–" : percent(row.toBound - 1)) },
        ]}
      />
      <Text size="sm" c="dimmed">{t`The bound is what these orders must have cost at least, had all of them been known and decided together.`}</Text>
      {of.ruleSets.slice(1).map((set) => (
        <details key={set.name} open={of.ruleSets.length === 2}>
          <summary>{t`Orders that ${set.name} changes most`}</summary>
          {set.changed.length === 0 ? (
            <Text size="sm">{t`It changes none.`}</Text>
          ) : (
            <DataTable
              dense
              label={t`Orders that ${set.name} changes most`}
              rows={set.changed}
              rowId={(row) => row.order}
              columns={[
                { id: "order", header: t`Order`, heading: true, cell: (row) => <Link to="/orders/$number" params={{ number: row.order }}>{row.order}</Link> },
                { id: "before", header: t`Cost before`, align: "right", cell: (row) => row.costs[0] },
                { id: "after", header: t`Cost after`, align: "right", cell: (row) => row.costs[1] },
                { id: "why", header: t`Why`, cell: (row) => row.why[1] },
              ]}
            />
          )}
        </details>
      ))}
    </Stack>
  );
}
