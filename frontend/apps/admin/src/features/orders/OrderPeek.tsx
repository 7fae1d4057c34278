import { useFeed, useLive, usePace, useSoon } from "@crossdock/api";
import { label } from "@crossdock/i18n";
import { Ago, Badge, DateTime, Facts, Failed, Loading, Money, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, CloseButton, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ORDER_FEED } from "../../lib/feeds";
import { ORDER_PEEK } from "./queries";

/** The order beside the list, without leaving it. */
export function OrderPeek({ number, onClose }: { number: string; onClose: () => void }) {
  const { data, fault, loading, refresh } = useLive(ORDER_PEEK, { number }, { every: usePace() });
  const order = data?.order?.number === number ? data.order : undefined;
  const soon = useSoon(refresh, 0.25);
  useFeed(ORDER_FEED, { orderId: order?.id }, { next: soon, missed: soon, cursor: (message) => message.orderEvents.cursor, pause: !order });
  return (
    <aside className="cd-card peek" aria-label={t`Peek at order ${number}`}>
      <div className="cd-card-head">
        <Title order={2} size="h3">
          {number}
        </Title>
        <Group gap="xs">
          <Button component={Link} to="/orders/$number" params={{ number } as never} size="compact-sm" variant="default">
            {t`Open`}
          </Button>
          <CloseButton aria-label={t`Close the peek`} onClick={onClose} />
        </Group>
      </div>
      {!order ? (
        fault ? <Failed trouble={fault} retry={refresh} /> : data && !loading && data.order === null ? <Text p="md">{t`There is no such order.`}</Text> : <Loading />
      ) : (
        <Stack className="cd-card-body" gap="md">
          <Group gap={6}>
            <StatusBadge of="OrderState" value={order.state} />
            <StatusBadge of="PaymentStatus" value={order.paymentStatus} />
            <StatusBadge of="FulfillmentStatus" value={order.fulfillmentStatus} />
            {order.suspended && <Badge tone="bad">{t`Suspended`}</Badge>}
          </Group>
          {order.waitingFor.map((wait) => (
            <Text key={wait.step + wait.reason + wait.since} size="sm">
              <b>{label("WaitReason", wait.reason)}</b> · <Ago at={wait.since} />
            </Text>
          ))}
          <Facts
            of={[
              [t`Customer`, order.customer?.name],
              [t`Placed`, <DateTime key="p" at={order.placedAt} />],
              [t`Promised`, order.promisedAt && <DateTime key="q" at={order.promisedAt} />],
              [t`To`, order.shippingAddress && `${order.shippingAddress.line1}, ${order.shippingAddress.postalCode ?? ""} ${order.shippingAddress.city}, ${order.shippingAddress.country}`],
              [t`Shipping`, order.shippingMethod],
              [t`Total`, <Money key="t" of={order.totals.total} />],
              [t`Due`, <Money key="d" of={order.totals.due} />],
            ]}
          />
          <Stack gap={6}>
            {order.lines.map((line) => (
              <Group key={line.id} justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
                <Text size="sm">
                  {line.quantity} × {line.name}{" "}
                  <Text span size="xs" c="dimmed">
                    {line.sku}
                  </Text>
                </Text>
                <Text size="sm" style={{ whiteSpace: "nowrap" }}>
                  <Money of={line.total} />
                </Text>
              </Group>
            ))}
          </Stack>
        </Stack>
      )}
    </aside>
  );
}
