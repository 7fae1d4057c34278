import { useFeed, useLive, usePace, useSoon } from "@crossdock/api";
import { label } from "@crossdock/i18n";
import { Ago, Badge, Card, DateTime, Empty, Failed, Loading, Notice, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, Stack, Tabs, Text } from "@mantine/core";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { ORDER_FEED } from "../../lib/feeds";
import { AlertNotice } from "../alerts/AlertNotice";
import { Allocation } from "./Allocation";
import { Events } from "./Events";
import { OrderActions, type OrderDetailData } from "./OrderActions";
import { OrderClaim } from "./OrderClaim";
import { OrderPresence } from "./OrderPresence";
import { OrderPayments } from "./OrderPayments";
import { ORDER } from "./orderQuery";
import { ShippingOrders } from "./ShippingOrders";
import { StepRail } from "./StepRail";
import { Overview } from "./OrderOverview";
import { OrderReturns } from "./OrderReturns";
import { Side } from "./OrderSide";

export function OrderDetail() {
  const { number } = useParams({ from: "/orders/$number" });
  return <Known key={number} number={number} />;
}

function Known({ number }: { number: string }) {
  const { data, fault, loading, refresh } = useLive(ORDER, { number }, { every: usePace(4) });
  const order = data?.order;
  const soon = useSoon(refresh, 0.25);
  useFeed(ORDER_FEED, { orderId: order?.id }, { next: soon, missed: soon, cursor: (message) => message.orderEvents.cursor, pause: !order });
  const back = (
    <Link to="/orders" className="back">
      <ArrowLeft size={14} aria-hidden />
      {t`Orders`}
    </Link>
  );
  if (!order) {
    return (
      <Page title={number} back={back}>
        <Card>
          {loading ? (
            <Loading rows={10} />
          ) : fault ? (
            <Failed trouble={fault} retry={refresh} />
          ) : (
            <Empty title={t`There is no order ${number}`} hint={t`Or it belongs to a channel or site that you do not see.`} />
          )}
        </Card>
      </Page>
    );
  }
  return (
    <Page
      title={order.number}
      back={back}
      lead={
        <Group gap={6}>
          <StatusBadge of="OrderState" value={order.state} />
          <StatusBadge of="PaymentStatus" value={order.paymentStatus} />
          <StatusBadge of="FulfillmentStatus" value={order.fulfillmentStatus} />
          {order.suspended && <Badge tone="bad">{t`Suspended`}</Badge>}
        </Group>
      }
      aside={<OrderActions order={order} />}
    >
      <Text size="sm" c="dimmed" mt={-8}>
        {order.channel.name}
        {order.externalId && ` · ${order.externalId}`} · <DateTime at={order.placedAt} />
        {order.customer && ` · ${order.customer.name}`}
      </Text>
      <Group gap="md">
        <OrderClaim order={order} />
        <OrderPresence orderId={order.id} />
      </Group>
      {fault && <Notice tone="warn">{t`This page is not up to date: the server does not answer.`}</Notice>}
      <Card flush>
        <StepRail steps={order.steps} />
      </Card>
      <Waiting order={order} />
      <Body order={order} number={number} />
    </Page>
  );
}

function Waiting({ order }: { order: OrderDetailData }) {
  const alerts = order.alerts.filter((alert) => !alert.clearedAt);
  if (order.waitingFor.length === 0 && alerts.length === 0) return null;
  return (
    <Stack gap="xs">
      {order.waitingFor.map((wait) => (
        <Notice key={wait.step + wait.reason + wait.since + (wait.detail ?? "")} tone={wait.reason === "HELD" ? "bad" : wait.actors.includes("system") ? "busy" : "warn"}>
          <Text size="sm">
            <b>{label("WaitReason", wait.reason)}</b>
            {wait.detail && `: ${wait.detail}`}
          </Text>
          <Text size="xs" c="dimmed">
            {label("LifecycleStep", wait.step)} · {t`since`} <Ago at={wait.since} /> · {t`to act`}: {wait.actors.map((actor) => label("Role", actor)).join(", ")}
            {wait.nextAt && (
              <>
                {" "}
                · {t`goes on by itself`} <Ago at={wait.nextAt} />
              </>
            )}
          </Text>
        </Notice>
      ))}
      {alerts.map((alert) => (
        <AlertNotice key={alert.id} alert={alert} />
      ))}
    </Stack>
  );
}

function Body({ order, number }: { order: OrderDetailData; number: string }) {
  const { tab } = useSearch({ from: "/orders/$number" });
  const navigate = useNavigate({ from: "/orders/$number" });
  const shown = tab ?? "overview";
  const tabs: [string, string, number | undefined, () => ReactNode][] = [
    ["overview", t`Overview`, undefined, () => <Overview order={order} />],
    ["fulfillment", t`Fulfilment`, order.shippingOrders.length, () => <ShippingOrders order={order} />],
    ["allocation", t`Allocation`, order.allocationDecisions.length, () => <Allocation order={order} />],
    ["payments", t`Payments`, undefined, () => <OrderPayments order={order} />],
    ["returns", t`Returns`, order.returns.length, () => <OrderReturns order={order} />],
    ["timeline", t`Timeline`, undefined, () => <Events key={order.version} number={number} />],
  ];
  return (
    <div className="detail">
      <Tabs value={shown} onChange={(next) => void navigate({ search: { tab: next && next !== "overview" ? next : undefined }, replace: true })} keepMounted={false}>
        <Tabs.List mb="md" aria-label={t`Parts of the order`}>
          {tabs.map(([value, name, count]) => (
            <Tabs.Tab key={value} value={value}>
              {name}
              {count ? <span style={{ color: "var(--mantine-color-dimmed)" }}> {count}</span> : null}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(([value, , , body]) => (
          <Tabs.Panel key={value} value={value}>
            {shown === value && body()}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Side order={order} />
    </div>
  );
}
