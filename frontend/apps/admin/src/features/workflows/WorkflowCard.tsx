import { formatNumber, label } from "@crossdock/i18n";
import { Badge, Card, DataTable, DateTime, Facts, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Text } from "@mantine/core";
import { titleOf } from "../../lib/versions";
import type { Workflow } from "./queries";
import { durationText, STEPS, stepOf } from "./steps";

export type Task = "write" | "compare" | "activate";

interface WorkflowCardProps {
  of: Workflow;
  may: boolean;
  /** Whether there is another one to compare it with. */
  others: boolean;
  onTask: (task: Task) => void;
}

/** One version: what it says of each step, and where the orders stand that were entered with it. */
export function WorkflowCard({ of, may, others, onTask }: WorkflowCardProps) {
  return (
    <Card
      flush
      title={
        <Group gap={8} component="span">
          {titleOf(of)}
          {of.active ? <Badge tone="good">{t`Active`}</Badge> : <Badge>{t`Not active`}</Badge>}
        </Group>
      }
      aside={
        <Group gap="xs">
          {others && (
            <Button size="xs" variant="default" onClick={() => onTask("compare")}>
              {t`Compare`}
            </Button>
          )}
          {may && !of.active && (
            <Button size="xs" variant="default" onClick={() => onTask("activate")}>
              {t`Make it active`}
            </Button>
          )}
          {may && (
            <Button size="xs" onClick={() => onTask("write")}>
              {t`A new version from this`}
            </Button>
          )}
        </Group>
      }
    >
      <div className="cd-card-body">
        <Facts
          of={[
            [t`Applies when`, of.appliesWhen ? <code key="when">{of.appliesWhen}</code> : t`always`],
            [t`Money is captured at`, label("LifecycleStep", of.captureOn)],
            [t`The invoice is made at`, label("LifecycleStep", of.invoiceOn)],
            [t`Made`, <DateTime key="made" at={of.createdAt} />],
            [t`Open orders`, <OpenOrders key="orders" of={of} />],
          ]}
        />
      </div>
      <DataTable
        dense
        label={t`Steps of ${titleOf(of)}`}
        rows={STEPS.map((step) => stepOf(of, step))}
        rowId={(step) => step.step}
        columns={[
          { id: "step", header: t`Step`, heading: true, nowrap: true, cell: (step) => `${STEPS.indexOf(step.step) + 1}. ${label("LifecycleStep", step.step)}` },
          { id: "mode", header: t`How`, nowrap: true, cell: (step) => <StatusBadge of="StepMode" value={step.mode} /> },
          { id: "when", header: t`By itself only when`, cell: (step) => (step.mode === "AUTOMATIC" && step.when ? <code>{step.when}</code> : "–") },
          { id: "delay", header: t`Delay`, align: "right", nowrap: true, cell: (step) => (step.mode === "AUTOMATIC" && step.delaySeconds > 0 ? durationText(step.delaySeconds) : "–") },
        ]}
      />
    </Card>
  );
}

function OpenOrders({ of }: { of: Workflow }) {
  if (of.openOrders.length === 0) return <Text size="sm">{t`none`}</Text>;
  return (
    <Group gap={12} role="list" aria-label={t`Open orders by state`}>
      {of.openOrders.map(({ state, count }) => (
        <Group key={state} gap={6} role="listitem">
          <b>{formatNumber(count)}</b> <StatusBadge of="OrderState" value={state} />
        </Group>
      ))}
    </Group>
  );
}
