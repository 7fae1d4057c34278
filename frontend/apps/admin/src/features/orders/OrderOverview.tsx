import { formatDate, isZero, label } from "@crossdock/i18n";
import { Card, DataTable, Money } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Stack, Text } from "@mantine/core";
import type { OrderDetailData } from "./OrderActions";

/** The lines, where their units are, and what they come to. */
export function Overview({ order }: { order: OrderDetailData }) {
  const { totals } = order;
  const sums: [string, typeof totals.total][] = [
    [t`Lines`, totals.subtotal],
    [t`Discount`, totals.discount],
    [t`Shipping`, totals.shipping],
    [order.pricesIncludeTax ? t`Tax (included)` : t`Tax`, totals.tax],
  ];
  const money: [string, typeof totals.total][] = [
    [t`Authorized`, totals.authorized],
    [t`Captured`, totals.captured],
    [t`Refunded`, totals.refunded],
    [t`Due`, totals.due],
  ];
  return (
    <Stack>
      <Card title={t`Lines`} count={order.lines.length} flush>
        <DataTable
          label={t`Lines`}
          rows={order.lines}
          rowId={(line) => line.id}
          columns={[
            {
              id: "name",
              header: t`Product`,
              heading: true,
              cell: (line) => (
                <>
                  <Text size="sm" fw={550}>
                    {line.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {line.sku}
                    {line.kind !== "PHYSICAL" && ` · ${label("LineKind", line.kind)}`}
                    {line.deliveryMethod === "PICKUP" && ` · ${label("DeliveryMethod", line.deliveryMethod)}`}
                    {line.pickupSite && ` · ${line.pickupSite.name}`}
                  </Text>
                </>
              ),
            },
            { id: "quantity", header: t`Quantity`, align: "right", cell: (line) => line.quantity },
            { id: "progress", header: t`Where they are`, cell: (line) => <Progress line={line} /> },
            { id: "price", header: t`Price`, align: "right", nowrap: true, cell: (line) => <Money of={line.unitPrice} /> },
            { id: "total", header: t`Total`, align: "right", nowrap: true, cell: (line) => <Money of={line.total} /> },
          ]}
        />
      </Card>
      <Card>
        <div className="sums">
          <Sums of={sums} total={[t`Total`, totals.total]} />
          <Sums of={money.slice(0, 3)} total={money[3]} />
        </div>
      </Card>
    </Stack>
  );
}

function Progress({ line }: { line: OrderDetailData["lines"][number] }) {
  const parts: [number, string][] = [
    [line.backordered, line.expectedAt ? t`back-ordered, expected on ${formatDate(line.expectedAt)}` : t`back-ordered`],
    [line.allocated, t`allocated`],
    [line.picked, t`picked`],
    [line.fulfilled, t`fulfilled`],
    [line.returned, t`returned`],
    [line.cancelled, t`cancelled`],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return (
    <Text size="sm" c={told.length > 0 ? undefined : "dimmed"}>
      {told.join(" · ") || t`nothing yet`}
    </Text>
  );
}

function Sums({ of, total }: { of: [string, { amount: string; currency: string }][]; total?: [string, { amount: string; currency: string }] }) {
  return (
    <dl className="cd-facts" style={{ gridTemplateColumns: "1fr max-content" }}>
      {of.map(([name, value], place) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd style={{ textAlign: "right" }}>{isZero(value) && place > 0 ? "–" : <Money of={value} />}</dd>
        </div>
      ))}
      {total && (
        <>
          <dt style={{ color: "inherit", fontWeight: 650 }}>{total[0]}</dt>
          <dd style={{ textAlign: "right", fontWeight: 650 }}>
            <Money of={total[1]} />
          </dd>
        </>
      )}
    </dl>
  );
}
