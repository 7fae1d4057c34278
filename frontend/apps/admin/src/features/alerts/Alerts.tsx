import { graphql, type ResultOf, useAction, useFeed, useLive, usePace, useSoon, type VariablesOf } from "@crossdock/api";
import { formatNumber, humanize, label, values } from "@crossdock/i18n";
import { Ago, Card, DataTable, Empty, Failed, Loading, Notice, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, NativeSelect, SegmentedControl, Text } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { Pager } from "../../lib/Pager";
import { compact } from "../../lib/search";
import { ALERT_FEED } from "../../lib/feeds";

const ALERTS = graphql(`
  query Alerts($filter: AlertFilter, $first: Int!, $after: String) {
    alerts(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        kind
        severity
        message
        raisedAt
        clearedAt
        clearedBy
        sku
        order {
          id
          number
        }
        shippingOrder {
          id
          number
        }
        return {
          id
          number
        }
        site {
          id
          code
          name
        }
      }
    }
  }
`);

const CLEAR = graphql(`mutation AlertClear($input: AlertClearInput!) { alertClear(input: $input) { alert { id clearedAt order { id } } userErrors { code message path } } }`);

type Filter = NonNullable<VariablesOf<typeof ALERTS>["filter"]>;
type Alert = ResultOf<typeof ALERTS>["alerts"]["nodes"][number];

export function Alerts() {
  const { after, before: _before, cleared = false, ...narrowing } = useSearch({ from: "/alerts" });
  const navigate = useNavigate({ from: "/alerts" });
  const [clearing, setClearing] = useState<Alert | null>(null);
  const { data, fault, loading, refresh } = useLive(ALERTS, { filter: compact({ ...narrowing, cleared }) as Filter, first: 50, after: after ?? null }, { every: usePace(), types: ["Alert"] });
  const soon = useSoon(refresh, 1);
  useFeed(ALERT_FEED, {}, { next: soon, missed: soon, cursor: (message) => message.alerts.cursor });
  const found = data?.alerts;
  const change = (next: Record<string, unknown>) => void navigate({ search: compact({ ...narrowing, cleared: cleared || undefined, ...next }) as never });
  return (
    <Page
      title={t`Alerts`}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t`Which alerts`}
          value={cleared ? "cleared" : "open"}
          onChange={(value) => change({ cleared: value === "cleared" || undefined })}
          data={[
            { value: "open", label: t({ message: "Open", context: "alerts that are not cleared" }) },
            { value: "cleared", label: t`Cleared` },
          ]}
        />
      }
    >
      <Group>
        <NativeSelect
          size="xs"
          aria-label={t`Severity`}
          value={narrowing.severity?.[0] ?? ""}
          onChange={(event) => change({ severity: event.currentTarget.value ? [event.currentTarget.value] : undefined })}
          data={[{ value: "", label: t`Any severity` }, ...values("AlertSeverity").map((value) => ({ value, label: label("AlertSeverity", value) }))]}
        />
      </Group>
      {fault && found && <Notice tone="warn">{t`This list is not up to date: the server does not answer.`}</Notice>}
      <Card flush>
        {loading ? (
          <Loading rows={8} />
        ) : !found ? (
          fault && <Failed trouble={fault} retry={refresh} />
        ) : found.nodes.length === 0 ? (
          <Empty title={cleared ? t`No alert was cleared yet` : t`No open alert`} hint={cleared ? undefined : t`Nothing needs a person right now.`} />
        ) : (
          <>
            <DataTable
              label={t`Alerts`}
              rows={found.nodes}
              rowId={(row) => row.id}
              columns={[
                { id: "severity", header: t`Severity`, nowrap: true, cell: (row) => <StatusBadge of="AlertSeverity" value={row.severity} /> },
                {
                  id: "message",
                  header: t`What`,
                  heading: true,
                  cell: (row) => (
                    <>
                      <Text size="sm">{row.message}</Text>
                      <Text size="xs" c="dimmed">
                        {humanize(row.kind)}
                      </Text>
                    </>
                  ),
                },
                { id: "about", header: t`About`, nowrap: true, cell: (row) => <About alert={row} /> },
                { id: "raised", header: t`Raised`, nowrap: true, cell: (row) => <Ago at={row.raisedAt} /> },
                cleared
                  ? { id: "cleared", header: t`Cleared`, nowrap: true, cell: (row) => row.clearedAt && <><Ago at={row.clearedAt} /> · {row.clearedBy}</> }
                  : {
                      id: "clear",
                      header: t`Actions`,
                      quiet: true,
                      align: "right",
                      cell: (row) => (
                        <Button size="compact-sm" variant="default" onClick={() => setClearing(row)}>
                          {t`Clear`}
                          <span className="cd-hidden"> {row.message}</span>
                        </Button>
                      ),
                    },
              ]}
            />
            <Pager info={found.pageInfo} at={{ after }} go={(cursors) => change({ ...cursors })} summary={t`${formatNumber(found.totalCount)} alerts`} />
          </>
        )}
      </Card>
      {clearing && <Clear alert={clearing} onClose={() => setClearing(null)} />}
    </Page>
  );
}

function About({ alert }: { alert: Alert }) {
  if (alert.return) return <Link to="/returns/$number" params={{ number: alert.return.number }}>{alert.return.number}</Link>;
  if (alert.order) {
    return (
      <Link to="/orders/$number" params={{ number: alert.order.number }} search={alert.shippingOrder ? { tab: "fulfillment" } : {}}>
        {alert.shippingOrder?.number ?? alert.order.number}
      </Link>
    );
  }
  if (alert.site) {
    return (
      <Link to="/inventory/$code" params={{ code: alert.site.code }} search={alert.sku ? { sku: alert.sku } : {}}>
        {[alert.site.name, alert.sku].filter(Boolean).join(" · ")}
      </Link>
    );
  }
  return alert.sku ?? "–";
}

function Clear({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const { run } = useAction(CLEAR);
  return (
    <FormDialog
      title={t`Clear the alert`}
      intro={<Text size="sm">{alert.message}</Text>}
      fields={[{ name: "note", label: t`Note`, kind: "long" }]}
      submit={t`Clear`}
      done={t`Cleared.`}
      onClose={onClose}
      send={(form) => run({ input: { alertId: alert.id, note: form.optional("note") } })}
    />
  );
}
