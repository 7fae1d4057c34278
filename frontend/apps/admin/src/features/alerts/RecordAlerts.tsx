import { graphql, useFeed, useLive, usePace, useSoon, type VariablesOf } from "@crossdock/api";
import { t } from "@lingui/core/macro";
import { Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ALERT_FEED } from "../../lib/feeds";
import { AlertNotice } from "./AlertNotice";

const RECORD_ALERTS = graphql(`
  query RecordAlerts($filter: AlertFilter!) {
    alerts(filter: $filter, first: 5) {
      totalCount
      nodes {
        id
        severity
        message
        raisedAt
        snoozedUntil
        assignee {
          id
          name
        }
        order {
          id
          number
        }
      }
    }
  }
`);

type Filter = Omit<VariablesOf<typeof RECORD_ALERTS>["filter"], "cleared" | "snoozed">;

interface RecordAlertsProps {
  filter: Filter;
  /** Where the rest of them is found. */
  rest?: { site?: string[]; sku?: string[] };
}

/** The newest open alerts about what a page shows; nothing where there are none. */
export function RecordAlerts({ filter, rest }: RecordAlertsProps) {
  const { data, refresh } = useLive(RECORD_ALERTS, { filter: { ...filter, cleared: false, snoozed: false } }, { every: usePace(), types: ["Alert"] });
  const soon = useSoon(refresh, 1);
  useFeed(ALERT_FEED, {}, { next: soon, missed: soon, cursor: (message) => message.alerts.cursor });
  const found = data?.alerts;
  if (!found || found.nodes.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label={t`Open alerts`}>
      {found.nodes.map((alert) => (
        <AlertNotice key={alert.id} alert={alert} order={alert.order?.number} />
      ))}
      {rest && found.totalCount > found.nodes.length && (
        <Link to="/alerts" search={rest as never} style={{ fontSize: 14 }}>
          {t`All ${found.totalCount} alerts`}
        </Link>
      )}
    </Stack>
  );
}
