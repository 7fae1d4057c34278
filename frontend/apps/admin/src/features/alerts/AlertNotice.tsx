import { useSession } from "@crossdock/shell";
import { Ago, Notice, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CLAIMERS } from "../orders/claimers";
import { AlertActions, type Handled } from "./AlertActions";

interface AlertNoticeProps {
  alert: Handled & { severity: "INFO" | "WARNING" | "CRITICAL"; raisedAt: string };
  /** The number of the order that it is about, where the page is not that order's. */
  order?: string;
}

/** An open alert on the page of what it is about, with what can be done with it. */
export function AlertNotice({ alert, order }: AlertNoticeProps) {
  const { can } = useSession();
  return (
    <Notice tone={alert.severity === "CRITICAL" ? "bad" : "warn"}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Group gap="xs">
          <StatusBadge of="AlertSeverity" value={alert.severity} />
          <Text size="sm">{alert.message}</Text>
          {order && (
            <Link to="/orders/$number" params={{ number: order }}>
              {order}
            </Link>
          )}
          <Text size="xs" c="dimmed">
            <Ago at={alert.raisedAt} />
            {alert.assignee && ` · ${t`seen to by ${alert.assignee.name}`}`}
          </Text>
        </Group>
        {can(...CLAIMERS) && <AlertActions alert={alert} />}
      </Group>
    </Notice>
  );
}
