import { type FragmentOf, readFragment } from "@crossdock/api";
import { label } from "@crossdock/i18n";
import { Ago, Card, DataTable, Empty, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ShippingOrderActions } from "../fulfillment/ShippingOrderActions";
import type { OrderDetailData } from "./OrderActions";
import { SHIPPING_ORDER_PARTS } from "../fulfillment/parts";

export function ShippingOrders({ order }: { order: OrderDetailData }) {
  if (order.shippingOrders.length === 0) {
    return (
      <Card>
        <Empty title={t`No shipping order yet`} hint={t`Allocation makes one for each site that sends something.`} />
      </Card>
    );
  }
  return (
    <Stack>
      {order.shippingOrders.map((part) => (
        <ShippingOrderCard key={readFragment(SHIPPING_ORDER_PARTS, part).id} of={part} />
      ))}
    </Stack>
  );
}

export function ShippingOrderCard({ of, plain }: { of: FragmentOf<typeof SHIPPING_ORDER_PARTS>; plain?: boolean }) {
  const part = readFragment(SHIPPING_ORDER_PARTS, of);
  const body = (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text size="sm">
          <Link to="/inventory/$code" params={{ code: part.site.code }}>
            {part.site.name}
          </Link>{" "}
          · {label("DeliveryMethod", part.deliveryMethod)}
          {part.shippingMethod && ` (${part.shippingMethod})`}
          {part.assignee && ` · ${part.assignee.name}`}
          {part.shipBy && (
            <>
              {" "}
              · {t`due`} <Ago at={part.shipBy} />
            </>
          )}
        </Text>
        <ShippingOrderActions of={of} />
      </Group>
      <DataTable
        dense
        label={t`Lines of ${part.number}`}
        rows={part.lines}
        rowId={(line) => line.id}
        columns={[
          {
            id: "name",
            header: t`Product`,
            heading: true,
            cell: (line) => (
              <>
                {line.name}{" "}
                <Text span size="xs" c="dimmed">
                  {line.sku}
                </Text>
              </>
            ),
          },
          { id: "quantity", header: t`Quantity`, align: "right", cell: (line) => line.quantity },
          { id: "picked", header: t`Picked`, align: "right", cell: (line) => line.picked },
          { id: "packed", header: t`Packed`, align: "right", cell: (line) => line.packed },
        ]}
      />
      {part.shipments.length > 0 && (
        <DataTable
          dense
          label={t`Packages of ${part.number}`}
          rows={part.shipments}
          rowId={(row) => row.id}
          columns={[
            {
              id: "tracking",
              header: t`Package`,
              heading: true,
              cell: (row) =>
                row.trackingUrl ? (
                  <a href={row.trackingUrl} target="_blank" rel="noreferrer">
                    {row.trackingNumber}
                  </a>
                ) : (
                  (row.trackingNumber ?? "–")
                ),
            },
            { id: "carrier", header: t`Carrier`, cell: (row) => [row.carrier, row.service].filter(Boolean).join(" · ") },
            { id: "state", header: t`State`, cell: (row) => <StatusBadge of="ShipmentState" value={row.state} /> },
            { id: "lines", header: t`Contents`, cell: (row) => row.lines.map((line) => `${line.quantity} × ${line.sku}`).join(", ") },
            { id: "when", header: t`Shipped`, cell: (row) => (row.shippedAt ? <Ago at={row.shippedAt} /> : "–") },
          ]}
        />
      )}
    </Stack>
  );
  if (plain) return body;
  return (
    <Card title={part.number} aside={<StatusBadge of="ShippingOrderState" value={part.state} />}>
      {body}
    </Card>
  );
}
