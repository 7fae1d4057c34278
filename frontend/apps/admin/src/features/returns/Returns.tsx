import { useLive, type VariablesOf } from "@crossdock/api";
import { formatNumber, label, values } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Ago, DataTable, Empty, Money, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, NativeSelect } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ListCard } from "../../lib/ListCard";
import { Pager } from "../../lib/Pager";
import { compact } from "../../lib/search";
import { useSites } from "../inventory/sites";
import { NewReturnButton } from "./NewReturnButton";
import { RETURNS } from "./queries";

type Filter = NonNullable<VariablesOf<typeof RETURNS>["filter"]>;

export function Returns() {
  const { after, before: _before, ...narrowing } = useSearch({ from: "/returns" });
  const navigate = useNavigate({ from: "/returns" });
  const sites = useSites();
  const may = useSession().can("ADMIN", "MANAGER", "CUSTOMER_SERVICE", "FULFILLMENT", "STORE_ASSOCIATE");
  const { data, fault, loading, refresh } = useLive(RETURNS, { filter: compact(narrowing) as Filter, first: 50, after: after ?? null }, { every: 5, types: ["Return"] });
  const found = data?.returns;
  const change = (next: Partial<typeof narrowing>) => void navigate({ search: compact({ ...narrowing, ...next }) as typeof narrowing });
  const pick = (name: keyof typeof narrowing, title: string, options: { value: string; label: string }[]) => (
    <NativeSelect
      size="xs"
      aria-label={title}
      value={narrowing[name]?.[0] ?? ""}
      onChange={(event) => change({ [name]: event.currentTarget.value ? [event.currentTarget.value] : undefined })}
      data={[{ value: "", label: title }, ...options]}
    />
  );
  return (
    <Page title={t`Returns`} aside={may && <NewReturnButton />}>
      <Group gap="xs">
        {pick("state", t`Any state`, values("ReturnState").map((value) => ({ value, label: label("ReturnState", value) })))}
        {pick("method", t`Any way back`, values("ReturnMethod").map((value) => ({ value, label: label("ReturnMethod", value) })))}
        {pick("site", t`Any site`, sites.filter((site) => site.capabilities.includes("RETURNS")).map((site) => ({ value: site.code, label: site.name })))}
      </Group>
      <ListCard live={{ fault, loading, refresh }} found={found} empty={<Empty title={t`No return fits`} hint={t`A return is begun from its order.`} />}>
        {(found) => (
          <>
            <DataTable
              label={t`Returns`}
              rows={found.nodes}
              rowId={(row) => row.number}
              onOpen={(row) => void navigate({ to: "/returns/$number", params: { number: row.number } })}
              columns={[
                { id: "number", header: t`Return`, heading: true, nowrap: true, cell: (row) => <Link to="/returns/$number" params={{ number: row.number }}>{row.number}</Link> },
                { id: "state", header: t`State`, nowrap: true, cell: (row) => <StatusBadge of="ReturnState" value={row.state} /> },
                { id: "order", header: t`Order`, nowrap: true, cell: (row) => <Link to="/orders/$number" params={{ number: row.order.number }}>{row.order.number}</Link> },
                { id: "customer", header: t`Customer`, cell: (row) => row.order.customer?.name ?? "–" },
                { id: "method", header: t`How`, cell: (row) => label("ReturnMethod", row.method) },
                { id: "site", header: t`Site`, cell: (row) => row.site?.name ?? "–" },
                { id: "received", header: t`Received`, align: "right", cell: (row) => `${row.lines.reduce((sum, line) => sum + line.received, 0)} / ${row.lines.reduce((sum, line) => sum + line.quantity, 0)}` },
                { id: "at", header: t`Asked for`, nowrap: true, cell: (row) => <Ago at={row.createdAt} /> },
                { id: "refund", header: t`Refund`, align: "right", nowrap: true, cell: (row) => <Money of={row.refund} /> },
              ]}
            />
            <Pager info={found.pageInfo} at={{ after }} go={(cursors) => void navigate({ search: { ...narrowing, ...cursors } })} summary={t`${formatNumber(found.totalCount)} returns`} />
          </>
        )}
      </ListCard>
    </Page>
  );
}
