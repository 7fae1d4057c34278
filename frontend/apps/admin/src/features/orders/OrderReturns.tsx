import { label } from "@crossdock/i18n";
import { Ago, Card, DataTable, Empty, Money, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { NewReturnButton } from "../returns/NewReturnButton";
import type { OrderDetailData } from "./OrderActions";

export function OrderReturns({ order }: { order: OrderDetailData }) {
  const may = order.availableActions.some((action) => action.action === "returnCreate" && action.enabled);
  return (
    <Card title={t`Returns`} count={order.returns.length} flush aside={may && <NewReturnButton order={order.number} />}>
      {order.returns.length === 0 ? (
        <Empty title={t`Nothing has come back`} hint={t`“New return” is among the actions as soon as something was delivered.`} />
      ) : (
        <DataTable
          label={t`Returns`}
          rows={order.returns}
          rowId={(row) => row.id}
          columns={[
            { id: "number", header: t`Return`, heading: true, cell: (row) => <Link to="/returns/$number" params={{ number: row.number }}>{row.number}</Link> },
            { id: "state", header: t`State`, cell: (row) => <StatusBadge of="ReturnState" value={row.state} /> },
            { id: "method", header: t`How`, cell: (row) => label("ReturnMethod", row.method) },
            { id: "units", header: t`Received`, align: "right", cell: (row) => `${sum(row.lines.map((line) => line.received))} / ${sum(row.lines.map((line) => line.quantity))}` },
            { id: "created", header: t`Asked for`, cell: (row) => <Ago at={row.createdAt} /> },
            { id: "refund", header: t`Refund`, align: "right", cell: (row) => <Money of={row.refund} /> },
          ]}
        />
      )}
    </Card>
  );
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);
