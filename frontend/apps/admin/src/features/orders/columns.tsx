import type { ResultOf } from "@crossdock/api";
import { Ago, Badge, type Column, DateTime, Money, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ORDERS } from "./queries";

export type OrderRow = ResultOf<typeof ORDERS>["orders"]["nodes"][number];

/** What there is room for while an order is peeked at. */
export const BESIDE_PEEK = ["placedAt", "customer", "state", "total"];
export const USUAL_COLUMNS = ["placedAt", "customer", "channel", "state", "paymentStatus", "fulfillmentStatus", "total"];

export function orderColumns(): Column<OrderRow>[] {
  return [
    {
      id: "number",
      header: t`Order`,
      heading: true,
      nowrap: true,
      cell: (row) => (
        <Group gap={8} wrap="nowrap">
          <Link to="/orders/$number" params={{ number: row.number }} data-number={row.number}>
            {row.number}
          </Link>
          {row.suspended && <Badge tone="bad">{t`Suspended`}</Badge>}
        </Group>
      ),
    },
    { id: "placedAt", header: t`Placed`, nowrap: true, cell: (row) => <Ago at={row.placedAt} /> },
    { id: "customer", header: t`Customer`, nowrap: true, cell: (row) => row.customer?.name ?? "–" },
    { id: "channel", header: t`Channel`, nowrap: true, cell: (row) => row.channel.name },
    { id: "state", header: t`State`, nowrap: true, cell: (row) => <StatusBadge of="OrderState" value={row.state} /> },
    { id: "paymentStatus", header: t`Payment`, nowrap: true, cell: (row) => <StatusBadge of="PaymentStatus" value={row.paymentStatus} /> },
    { id: "fulfillmentStatus", header: t`Fulfilment`, nowrap: true, cell: (row) => <StatusBadge of="FulfillmentStatus" value={row.fulfillmentStatus} /> },
    { id: "city", header: t`To`, cell: (row) => (row.shippingAddress ? `${row.shippingAddress.city}, ${row.shippingAddress.country}` : "–") },
    { id: "promisedAt", header: t`Promised`, nowrap: true, cell: (row) => (row.promisedAt ? <DateTime at={row.promisedAt} /> : "–") },
    { id: "updatedAt", header: t`Changed`, nowrap: true, cell: (row) => <Ago at={row.updatedAt} /> },
    { id: "priority", header: t`Priority`, align: "right", cell: (row) => row.priority },
    { id: "externalId", header: t`Channel’s number`, nowrap: true, cell: (row) => row.externalId ?? "–" },
    { id: "tags", header: t`Tags`, cell: (row) => row.tags.join(", ") },
    { id: "total", header: t`Total`, align: "right", nowrap: true, cell: (row) => <Money of={row.totals.total} /> },
  ];
}

/** The chosen ones in their order, after the one that names the row. */
export function chosenColumns(all: Column<OrderRow>[], ids: readonly string[]): Column<OrderRow>[] {
  const chosen = ids.flatMap((id) => all.filter((column) => column.id === id && !column.heading));
  return [...all.filter((column) => column.heading), ...chosen];
}
