import { graphql, type ResultOf, useFeed, useLive, usePace, useSoon, type VariablesOf } from "@crossdock/api";
import { formatNumber, humanize, label, values } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Ago, DataTable, DateTime, Empty, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, NativeSelect, SegmentedControl, Switch, Text, UnstyledButton } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { X } from "lucide-react";
import { ALERT_FEED } from "../../lib/feeds";
import { ListCard } from "../../lib/ListCard";
import { Pager } from "../../lib/Pager";
import { compact } from "../../lib/search";
import { AlertActions } from "./AlertActions";

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
        snoozedUntil
        assignee {
          id
          name
        }
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

const GROUPS = graphql(`query AlertGroups($filter: AlertFilter) { alertGroups(filter: $filter) { kind severity count oldestAt newestAt } }`);

type Filter = NonNullable<VariablesOf<typeof ALERTS>["filter"]>;
type Alert = ResultOf<typeof ALERTS>["alerts"]["nodes"][number];
type Change = (next: Record<string, unknown>) => void;

export function Alerts() {
  const { after, before: _before, cleared = false, grouped = false, ...narrowing } = useSearch({ from: "/alerts" });
  const navigate = useNavigate({ from: "/alerts" });
  // What is snoozed is out of sight until it is asked for.
  const filter = compact({ ...narrowing, cleared, snoozed: narrowing.snoozed ?? (cleared ? undefined : false) }) as Filter;
  const change: Change = (next) => void navigate({ search: compact({ ...narrowing, cleared: cleared || undefined, grouped: grouped || undefined, ...next }) as never });
  return (
    <Page
      title={t`Alerts`}
      aside={
        <>
          <Link to="/alerts/rules">{t`Rules`}</Link>
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
        </>
      }
    >
      <Narrowing narrowing={narrowing} grouped={grouped} change={change} />
      {grouped ? <Groups filter={filter} change={change} /> : <List filter={filter} after={after} cleared={cleared} change={change} />}
    </Page>
  );
}

interface NarrowingProps {
  narrowing: { severity?: string[]; kind?: string[]; site?: string[]; sku?: string[]; assigneeId?: string; unassigned?: boolean; snoozed?: boolean };
  grouped: boolean;
  change: Change;
}

function Narrowing({ narrowing, grouped, change }: NarrowingProps) {
  const { me } = useSession();
  const whose = narrowing.unassigned ? "nobody" : narrowing.assigneeId ? "me" : "";
  return (
    <Group>
      <NativeSelect
        size="xs"
        aria-label={t`Severity`}
        value={narrowing.severity?.[0] ?? ""}
        onChange={(event) => change({ severity: event.currentTarget.value ? [event.currentTarget.value] : undefined })}
        data={[{ value: "", label: t`Any severity` }, ...values("AlertSeverity").map((value) => ({ value, label: label("AlertSeverity", value) }))]}
      />
      <NativeSelect
        size="xs"
        aria-label={t`Who sees to it`}
        value={whose}
        onChange={(event) => {
          const who = event.currentTarget.value;
          change({ assigneeId: who === "me" ? me.id : undefined, unassigned: who === "nobody" || undefined });
        }}
        data={[
          { value: "", label: t`Anybody's` },
          { value: "me", label: t`Mine` },
          { value: "nobody", label: t`Nobody's` },
        ]}
      />
      <Switch size="xs" label={t`Snoozed`} checked={narrowing.snoozed === true} onChange={(event) => change({ snoozed: event.currentTarget.checked || undefined })} />
      <Switch size="xs" label={t`By kind`} checked={grouped} onChange={(event) => change({ grouped: event.currentTarget.checked || undefined })} />
      {(["site", "sku"] as const).map((about) => {
        const held = narrowing[about];
        return (
          held && (
            <Button key={about} size="compact-xs" variant="default" onClick={() => change({ [about]: undefined })} rightSection={<X size={12} aria-hidden />}>
              {about === "site" ? t`Site` : t`SKU`}: {held.join(", ")}
              <span className="cd-hidden"> {t`Show those of all`}</span>
            </Button>
          )
        );
      })}
      {narrowing.kind && (
        <Button size="compact-xs" variant="default" onClick={() => change({ kind: undefined })} rightSection={<X size={12} aria-hidden />}>
          {narrowing.kind.map(humanize).join(", ")}
          <span className="cd-hidden"> {t`Show all kinds`}</span>
        </Button>
      )}
    </Group>
  );
}

function Groups({ filter, change }: { filter: Filter; change: Change }) {
  const { data, fault, loading, refresh } = useLive(GROUPS, { filter }, { every: usePace(), types: ["Alert"] });
  return (
    <ListCard live={{ fault, loading, refresh }} found={data && { nodes: data.alertGroups }} empty={<Empty title={t`No alert fits`} />}>
      {({ nodes }) => (
        <DataTable
          label={t`Alerts by kind`}
          rows={nodes}
          rowId={(row) => row.kind}
          columns={[
            { id: "severity", header: t`Severity`, nowrap: true, cell: (row) => <StatusBadge of="AlertSeverity" value={row.severity} /> },
            {
              id: "kind",
              header: t`Kind`,
              heading: true,
              cell: (row) => (
                <UnstyledButton className="board-item-name" onClick={() => change({ kind: [row.kind], grouped: undefined })}>
                  {humanize(row.kind)}
                </UnstyledButton>
              ),
            },
            { id: "count", header: t`Number`, align: "right", cell: (row) => formatNumber(row.count) },
            { id: "oldest", header: t`Oldest`, nowrap: true, cell: (row) => <Ago at={row.oldestAt} /> },
            { id: "newest", header: t`Newest`, nowrap: true, cell: (row) => <Ago at={row.newestAt} /> },
          ]}
        />
      )}
    </ListCard>
  );
}

interface ListProps {
  filter: Filter;
  after?: string;
  cleared: boolean;
  change: Change;
}

function List({ filter, after, cleared, change }: ListProps) {
  const { data, fault, loading, refresh } = useLive(ALERTS, { filter, first: 50, after: after ?? null }, { every: usePace(), types: ["Alert"] });
  const soon = useSoon(refresh, 1);
  useFeed(ALERT_FEED, {}, { next: soon, missed: soon, cursor: (message) => message.alerts.cursor });
  const nothing = <Empty title={cleared ? t`No alert was cleared yet` : t`No alert fits`} hint={cleared ? undefined : t`Nothing needs a person right now.`} />;
  return (
    <ListCard live={{ fault, loading, refresh }} found={data?.alerts} empty={nothing}>
      {(found) => (
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
              {
                id: "who",
                header: t`Who sees to it`,
                nowrap: true,
                cell: (row) => (
                  <>
                    {row.assignee?.name ?? "–"}
                    {!cleared && row.snoozedUntil && (
                      <Text size="xs" c="dimmed">
                        {t`Back:`} <DateTime at={row.snoozedUntil} />
                      </Text>
                    )}
                  </>
                ),
              },
              cleared
                ? { id: "cleared", header: t`Cleared`, nowrap: true, cell: (row) => row.clearedAt && <><Ago at={row.clearedAt} /> · {row.clearedBy}</> }
                : { id: "actions", header: t`Actions`, quiet: true, align: "right", nowrap: true, cell: (row) => <AlertActions alert={row} /> },
            ]}
          />
          <Pager info={found.pageInfo} at={{ after }} go={(cursors) => change({ ...cursors })} summary={t`${formatNumber(found.totalCount)} alerts`} />
        </>
      )}
    </ListCard>
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
