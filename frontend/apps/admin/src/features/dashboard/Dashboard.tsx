import { graphql, type ResultOf, useFeed, useLive, usePace, useSoon } from "@crossdock/api";
import { formatDay, formatMoney, formatNumber, label } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Ago, Card, Empty, Failed, Loading, Notice, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ALERT_FEED, QUEUE_FEED } from "../../lib/feeds";
import { CLAIMERS } from "../orders/claimers";
import { readOrderSearch } from "../orders/search";
import { queueTitle } from "./queues";
import { SalesChart } from "./SalesChart";

const QUEUES = graphql(`
  query Queues {
    dashboard {
      queues {
        name
        title
        count
        priority
        oldestAt
        list
        filter
      }
    }
  }
`);

const MY_CLAIMS = graphql(`query MyClaims { orders(filter: { claimedBy: ME }, first: 1) { totalCount } }`);

const SALES = graphql(`
  query Sales($days: Int!) {
    dashboard {
      sales(days: $days) {
        from
        to
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

const LATEST_ALERTS = graphql(`
  query LatestAlerts {
    alerts(filter: { cleared: false }, first: 8) {
      totalCount
      nodes {
        id
        kind
        severity
        message
        raisedAt
        order {
          id
          number
        }
      }
    }
  }
`);

type Queue = ResultOf<typeof QUEUES>["dashboard"]["queues"][number];

export function Dashboard() {
  const queues = useLive(QUEUES, {}, { every: usePace(), types: ["Order", "ShippingOrder", "Return", "Payment", "Alert"] });
  const all = useCurrent(queues.data?.dashboard.queues);
  const areas: [string, string][] = [
    ["orders", t`Orders`],
    ["shippingOrders", t`Shipping orders`],
    ["returns", t`Returns`],
    ["payments", t`Payments`],
  ];
  return (
    <Page title={t`Dashboard`}>
      {queues.fault && all && <Notice tone="warn">{t`These counts are not up to date: the server does not answer.`}</Notice>}
      {!all ? (
        <Card>{queues.fault ? <Failed trouble={queues.fault} retry={queues.refresh} /> : <Loading rows={6} height={64} />}</Card>
      ) : (
        areas.map(([list, name]) => {
          const here = all.filter((queue) => queue.list === list);
          if (here.length === 0) return null;
          return (
            <section key={list} aria-label={name}>
              <Title order={2} size="h3" mb="xs">
                {name}
              </Title>
              <ul className="queues">
                {list === "orders" && <MyClaims />}
                {here.map((queue) => (
                  <li key={queue.name}>
                    <QueueTile queue={queue} />
                  </li>
                ))}
              </ul>
            </section>
          );
        })
      )}
      <div className="halves">
        <Sales />
        <Alerts />
      </div>
    </Page>
  );
}

/** The queues as they were read, with what the server has told since then. */
function useCurrent(read: readonly Queue[] | undefined): readonly Queue[] | undefined {
  const [told, setTold] = useState<{ since: typeof read; queues: Map<string, Queue> }>({ since: read, queues: new Map() });
  if (told.since !== read) setTold({ since: read, queues: new Map() });
  useFeed(QUEUE_FEED, {}, {
    next: ({ queues }) => setTold((now) => ({ ...now, queues: new Map([...now.queues, ...queues.map((queue) => [queue.name, queue] as const)]) })),
  });
  return read?.map((queue) => told.queues.get(queue.name) ?? queue);
}

const LISTS = { orders: "/orders", shippingOrders: "/fulfillment", returns: "/returns", payments: "/payments" } as const;

function QueueTile({ queue }: { queue: Queue }) {
  const to = LISTS[queue.list as keyof typeof LISTS] ?? "/orders";
  const filter = (queue.filter ?? {}) as Record<string, unknown>;
  const search = to === "/orders" ? readOrderSearch({ ...filter, sort: "PLACED_AT_ASC" }) : filter;
  return (
    <Link to={to} search={search as never} className="queue" data-priority={queue.priority} data-some={queue.count > 0 || undefined}>
      <span className="queue-count">{formatNumber(queue.count)}</span>
      <Text span size="sm" fw={550}>
        {queueTitle(queue.name, queue.title)}
      </Text>
      <Text span size="xs" c="dimmed">
        {queue.count > 0 ? (
          <>
            {queue.oldestAt && (
              <>
                {t`oldest`} <Ago at={queue.oldestAt} />
              </>
            )}
            <span className="cd-hidden">
              , {t`priority`} {label("QueuePriority", queue.priority)}
            </span>
          </>
        ) : (
          t`nothing waits`
        )}
      </Text>
    </Link>
  );
}

/** What one sees to oneself: it changes by what one does, and by the clock. */
function MyClaims() {
  const { can } = useSession();
  const { data } = useLive(MY_CLAIMS, {}, { every: 15, types: ["Order"] });
  if (!data || !can(...CLAIMERS)) return null;
  const count = data.orders.totalCount;
  return (
    <li>
      <Link to="/orders" search={readOrderSearch({ claimedBy: "ME" })} className="queue" data-priority="MEDIUM" data-some={count > 0 || undefined}>
        <span className="queue-count">{formatNumber(count)}</span>
        <Text span size="sm" fw={550}>
          {t`My claimed orders`}
        </Text>
        <Text span size="xs" c="dimmed">
          {count > 0 ? t`claimed by you` : t`none claimed`}
        </Text>
      </Link>
    </li>
  );
}

function Sales() {
  const [days, setDays] = useState("14");
  const { data, fault, loading, refresh } = useLive(SALES, { days: Number(days) }, { every: 60 });
  const periods = data?.dashboard.sales ?? [];
  const currencies = [...new Set(periods.map((period) => period.revenue.currency))];
  return (
    <Card
      title={t`Sales`}
      aside={
        <Group gap="md">
          <SegmentedControl
            size="xs"
            aria-label={t`Period`}
            value={days}
            onChange={setDays}
            data={[
              { value: "7", label: t`7 days` },
              { value: "14", label: t`14 days` },
              { value: "30", label: t`30 days` },
            ]}
          />
          <Link to="/sales" search={{ days: Number(days) }} style={{ fontSize: 14 }}>{t`All figures`}</Link>
        </Group>
      }
    >
      {loading ? (
        <Loading rows={4} />
      ) : fault && !data ? (
        <Failed trouble={fault} retry={refresh} />
      ) : periods.every((period) => period.orders === 0) ? (
        <Empty title={t`No sales in this time`} />
      ) : (
        <Stack gap="lg">
          {currencies.map((currency) => (
            <SalesChart
              key={currency}
              currency={currency}
              bars={periods
                .filter((period) => period.revenue.currency === currency)
                .map((period) => ({
                  label: formatDay(period.from),
                  value: Number(period.revenue.amount),
                  shown: formatMoney(period.revenue),
                  orders: period.orders,
                  units: period.units,
                }))}
            />
          ))}
        </Stack>
      )}
    </Card>
  );
}

function Alerts() {
  const { data, fault, loading, refresh } = useLive(LATEST_ALERTS, {}, { every: usePace(), types: ["Alert"] });
  const [held, setHeld] = useState<typeof data>(undefined);
  const soon = useSoon(refresh, 0.5);
  useFeed(ALERT_FEED, {}, { next: soon, missed: soon, cursor: (message) => message.alerts.cursor });
  const open = (held ?? data)?.alerts;
  return (
    <Card
      title={t`Open alerts`}
      count={open?.totalCount}
      aside={
        <Group gap="md">
          <Button size="compact-xs" variant="default" aria-pressed={held !== undefined} onClick={() => setHeld(held ? undefined : data)}>
            {held ? t`Go on` : t`Pause`}
          </Button>
          <Link to="/alerts" style={{ fontSize: 14 }}>{t`All alerts`}</Link>
        </Group>
      }
    >
      {loading ? (
        <Loading rows={4} />
      ) : !open && fault ? (
        <Failed trouble={fault} retry={refresh} />
      ) : open?.nodes.length === 0 ? (
        <Empty title={t`No open alert`} hint={t`Nothing needs a person right now.`} />
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <Stack gap={10} role="log" aria-live="polite" aria-label={t`Open alerts`} tabIndex={0}>
          {open?.nodes.map((alert) => (
            <Group key={alert.id} gap="xs" wrap="nowrap" align="flex-start">
              <StatusBadge of="AlertSeverity" value={alert.severity} />
              <Text size="sm" style={{ flex: 1 }}>
                {alert.message}{" "}
                {alert.order && (
                  <Link to="/orders/$number" params={{ number: alert.order.number }}>
                    {alert.order.number}
                  </Link>
                )}
              </Text>
              <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }} pt={2}>
                <Ago at={alert.raisedAt} />
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Card>
  );
}
