import { type Enum, graphql, useLive } from "@crossdock/api";
import { formatMoney, formatNumber } from "@crossdock/i18n";
import { Card, DataTable, Empty, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import type { ReactNode } from "react";
import { sharesOf } from "./sales";
import { Shown } from "../../lib/Shown";

export const SALES_BY = graphql(`
  query SalesBy($by: SalesBy!, $days: Int!, $channel: [String!], $first: Int!) {
    dashboard {
      salesBy(by: $by, days: $days, channel: $channel, first: $first) {
        name
        orders
        units
        revenue {
          amount
          currency
        }
      }
    }
  }
`);
const MOST = 20;

interface SalesCutProps {
  by: Enum<"SalesBy">;
  title: string;
  /** Of the column of names. */
  header: string;
  days: number;
  channel?: string;
  nameOf: (name: string) => ReactNode;
}

/** Sales of the last days by channel, site or item: the most revenue first, each currency for itself. */
export function SalesCut({ by, title, header, days, channel, nameOf }: SalesCutProps) {
  const { data, fault, loading, refresh } = useLive(SALES_BY, { by, days, channel: channel ? [channel] : null, first: MOST }, { every: 60 });
  const rows = data?.dashboard.salesBy;
  const shares = sharesOf(rows ?? []);
  return (
    <Card title={title} flush>
      <Shown live={{ fault, loading, refresh }} found={rows} rows={4} empty={<Empty title={t`No sales in this time`} />}>
        {(rows) => (
          <>
            {fault && <Notice tone="warn">{t`This is not up to date: the server does not answer.`}</Notice>}
            <DataTable
              dense
              label={t`Sales: ${title}`}
              rows={rows}
              rowId={(row) => `${row.name} ${row.revenue.currency}`}
              columns={[
                { id: "name", header, heading: true, cell: (row) => nameOf(row.name) },
                { id: "orders", header: t`Orders`, align: "right", cell: (row) => formatNumber(row.orders) },
                { id: "units", header: t`Units`, align: "right", cell: (row) => formatNumber(row.units) },
                {
                  id: "revenue",
                  header: t`Revenue`,
                  align: "right",
                  nowrap: true,
                  cell: (row) => (
                    <>
                      <span className="cd-num">{formatMoney(row.revenue)}</span>
                      <div className="share" aria-hidden>
                        <div style={{ width: `${Math.round((shares.get(row) ?? 0) * 100)}%` }} />
                      </div>
                    </>
                  ),
                },
              ]}
            />
          </>
        )}
      </Shown>
    </Card>
  );
}
