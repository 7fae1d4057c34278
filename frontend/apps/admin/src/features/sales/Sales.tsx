import { useLive } from "@crossdock/api";
import { formatDay, formatMoney, formatNumber } from "@crossdock/i18n";
import { Card, DataTable, Empty, Notice, Page, useNow } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { NativeSelect, SegmentedControl, Stack, Text } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { SalesChart } from "../dashboard/SalesChart";
import { useChannels } from "../channels/channels";
import { useSites } from "../inventory/sites";
import { currenciesOf, everyDay } from "./sales";
import { SALES_BY, SalesCut } from "./SalesCut";
import { ServiceLevels } from "./ServiceLevels";
import { Shown } from "../../lib/Shown";

const route = getRouteApi("/sales");
const PERIODS = [7, 14, 30, 90];

/** What was sold in the last days, and how quickly it was seen to. */
export function Sales() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const days = PERIODS.find((one) => one === search.days) ?? 14;
  const { channel } = search;
  const sites = useSites();
  const channels = useChannels();
  const show = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true, resetScroll: false });
  return (
    <Page
      title={t`Sales and service levels`}
      back={<Link to="/" className="back">{t`Dashboard`}</Link>}
      aside={
        <>
          <NativeSelect
            size="xs"
            aria-label={t`Channel`}
            value={channel ?? ""}
            onChange={(event) => show({ channel: event.currentTarget.value || undefined })}
            data={[{ value: "", label: t`All channels` }, ...channels.map((one) => ({ value: one.code, label: one.name }))]}
          />
          <SegmentedControl
            size="xs"
            aria-label={t`Period`}
            value={String(days)}
            onChange={(value) => show({ days: Number(value) })}
            data={PERIODS.map((value) => ({ value: String(value), label: t`${formatNumber(value)} days` }))}
          />
        </>
      }
    >
      <Text size="sm" c="dimmed">
        {t`Orders by the day (UTC) on which they were placed, without drafts and cancelled ones. Figures by site and item are of goods alone, without shipping.`}
      </Text>
      <ByDay days={days} channel={channel} table={search.table ?? false} onTable={(on) => show({ table: on || undefined })} />
      <div className="halves">
        <SalesCut by="CHANNEL" title={t`By channel`} header={t`Channel`} days={days} channel={channel} nameOf={(code) => channels.find((one) => one.code === code)?.name ?? code} />
        <SalesCut
          by="SITE"
          title={t`By site`}
          header={t`Site`}
          days={days}
          channel={channel}
          nameOf={(code) => (
            <Link to="/inventory/$code" params={{ code }}>
              {sites.find((one) => one.code === code)?.name ?? code}
            </Link>
          )}
        />
        <SalesCut by="ITEM" title={t`By item`} header={t`SKU`} days={days} channel={channel} nameOf={(sku) => <code>{sku}</code>} />
        <ServiceLevels days={days} channel={channel} />
      </div>
    </Page>
  );
}

interface ByDayProps {
  days: number;
  channel?: string;
  table: boolean;
  onTable: (on: boolean) => void;
}

function ByDay({ days, channel, table, onTable }: ByDayProps) {
  const { data, fault, loading, refresh } = useLive(SALES_BY, { by: "DAY", days, channel: channel ? [channel] : null, first: 500 }, { every: 60 });
  const rows = data?.dashboard.salesBy;
  const today = new Date(useNow(60));
  return (
    <Card
      title={t`By day`}
      flush={table}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t`Shown as`}
          value={table ? "table" : "chart"}
          onChange={(value) => onTable(value === "table")}
          data={[
            { value: "chart", label: t`Chart` },
            { value: "table", label: t`Table` },
          ]}
        />
      }
    >
      {fault && rows && <Notice tone="warn">{t`This is not up to date: the server does not answer.`}</Notice>}
      <Shown live={{ fault, loading, refresh }} found={rows} rows={5} empty={<Empty title={t`No sales in this time`} />}>
        {(rows) =>
          table ? (
            <DataTable
              dense
              label={t`Sales by day`}
              rows={rows.toReversed()}
              rowId={(row) => `${row.name} ${row.revenue.currency}`}
              columns={[
                { id: "day", header: t`Day`, heading: true, cell: (row) => formatDay(row.name) },
                { id: "orders", header: t`Orders`, align: "right", cell: (row) => formatNumber(row.orders) },
                { id: "units", header: t`Units`, align: "right", cell: (row) => formatNumber(row.units) },
                { id: "revenue", header: t`Revenue`, align: "right", cell: (row) => formatMoney(row.revenue) },
              ]}
            />
          ) : (
            <Stack gap="lg">
              {currenciesOf(rows).map((currency) => (
                <SalesChart
                  key={currency}
                  currency={currency}
                  bars={everyDay(rows, currency, days, today).map((row) => ({
                    label: formatDay(row.name),
                    value: Number(row.revenue.amount),
                    shown: formatMoney(row.revenue),
                    orders: row.orders,
                    units: row.units,
                  }))}
                />
              ))}
            </Stack>
          )
        }
      </Shown>
    </Card>
  );
}
