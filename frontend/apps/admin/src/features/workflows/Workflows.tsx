import { useAction, useLive, usePace } from "@crossdock/api";
import { formatNumber } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Badge, DataTable, Empty, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, Switch, Text } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { ListCard } from "../../lib/ListCard";
import { newest, titleOf } from "../../lib/versions";
import { Differences } from "./Differences";
import { WORKFLOW_ACTIVATE, WORKFLOWS, type Workflow } from "./queries";
import { type Task, WorkflowCard } from "./WorkflowCard";
import { WorkflowEditor } from "./WorkflowEditor";

const route = getRouteApi("/workflows");

/** What happens to an order by itself, and what waits for a person: versions, and a new one from any of them. */
export function Workflows() {
  const { open, earlier } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useSession().can("ADMIN", "MANAGER");
  const { data, fault, loading, refresh } = useLive(WORKFLOWS, {}, { every: usePace(), types: ["Workflow"] });
  const [task, setTask] = useState<{ is: Task; of: Workflow } | null>(null);
  const all = data?.workflows ?? [];
  const nodes = earlier ? all : newest(all);
  const shown = all.find((one) => one.id === open) ?? nodes[0];
  const close = () => setTask(null);
  return (
    <Page
      title={t`Workflows`}
      aside={
        <Switch
          size="xs"
          label={t`Earlier versions, too`}
          checked={earlier ?? false}
          onChange={(event) => void navigate({ search: { open, earlier: event.currentTarget.checked || undefined }, replace: true })}
        />
      }
    >
      <Text size="sm" c="dimmed">
        {t`What happens by itself, what waits for a person and what is left out. The first active one that applies is pinned to an order when it comes in. A version is never changed: what you write becomes the next one.`}
      </Text>
      <ListCard live={{ fault, loading, refresh }} found={data && { nodes }} empty={<Empty title={t`No workflow yet`} hint={t`The migration installs those that come with Crossdock.`} />}>
        {() => (
          <DataTable
            label={t`Workflows`}
            rows={nodes}
            rowId={(row) => row.id}
            active={shown?.id}
            onOpen={(row) => void navigate({ search: { open: row.id, earlier }, resetScroll: false })}
            columns={[
              {
                id: "name",
                header: t`Workflow`,
                heading: true,
                cell: (row) => (
                  <Group gap={8}>
                    <Link to="/workflows" search={{ open: row.id, earlier }} resetScroll={false} aria-current={shown?.id === row.id || undefined}>
                      {row.name}
                    </Link>
                    {row.active && <Badge tone="good">{t`Active`}</Badge>}
                  </Group>
                ),
              },
              { id: "version", header: t`Version`, align: "right", cell: (row) => row.version },
              { id: "when", header: t`Applies when`, cell: (row) => (row.appliesWhen ? <code>{row.appliesWhen}</code> : t`always`) },
              { id: "manual", header: t`Steps by hand`, align: "right", cell: (row) => row.steps.filter((step) => step.mode === "MANUAL").length },
              { id: "orders", header: t`Open orders`, align: "right", cell: (row) => formatNumber(row.openOrders.reduce((sum, { count }) => sum + count, 0)) },
            ]}
          />
        )}
      </ListCard>
      {shown && <WorkflowCard of={shown} may={may} others={all.length > 1} onTask={(is) => setTask({ is, of: shown })} />}
      {task?.is === "write" && <WorkflowEditor of={task.of} onClose={close} />}
      {task?.is === "compare" && <Differences of={task.of} all={all} onClose={close} />}
      {task?.is === "activate" && <Activate of={task.of} inPlaceOf={all.find((one) => one.active && one.name === task.of.name)} onClose={close} />}
    </Page>
  );
}

function Activate({ of, inPlaceOf, onClose }: { of: Workflow; inPlaceOf?: Workflow; onClose: () => void }) {
  const { run } = useAction(WORKFLOW_ACTIVATE);
  return (
    <FormDialog
      title={t`Make ${titleOf(of)} active`}
      intro={
        <Text size="sm">
          {inPlaceOf && t`It takes the place of ${titleOf(inPlaceOf)}.`} {t`New orders go by it from now on. Orders under way keep the version with which they were entered.`}
        </Text>
      }
      fields={[]}
      submit={t`Make it active`}
      done={t`New orders go by it from now on.`}
      onClose={onClose}
      send={() => run({ input: { workflowId: of.id } })}
    />
  );
}
