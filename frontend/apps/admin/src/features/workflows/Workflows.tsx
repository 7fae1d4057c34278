import { graphql, useLive } from "@crossdock/api";
import { label } from "@crossdock/i18n";
import { Badge, Card, DataTable, Empty, Facts, Failed, Loading, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Stack, Text } from "@mantine/core";

const WORKFLOWS = graphql(`
  query Workflows {
    workflows {
      id
      name
      version
      active
      appliesWhen
      captureOn
      invoiceOn
      steps {
        step
        mode
        when
        delaySeconds
      }
    }
  }
`);

export function Workflows() {
  const { data, fault, loading, refresh } = useLive(WORKFLOWS, {});
  const found = data?.workflows;
  return (
    <Page title={t`Workflows`}>
      <Text size="sm" c="dimmed" mt={-8}>
        {t`What happens by itself, what waits for a person and what is left out. The first active one that applies is pinned to an order when it comes in.`}
      </Text>
      {loading ? (
        <Card>
          <Loading rows={10} />
        </Card>
      ) : !found ? (
        <Card>{fault && <Failed trouble={fault} retry={refresh} />}</Card>
      ) : found.length === 0 ? (
        <Card>
          <Empty title={t`No workflow yet`} hint={t`The migration installs those that come with Crossdock.`} />
        </Card>
      ) : (
        <Stack>
          {found.map((workflow) => (
            <Card
              key={workflow.id}
              title={`${workflow.name} · ${t`version ${workflow.version}`}`}
              aside={workflow.active ? <Badge tone="good">{t`Active`}</Badge> : <Badge>{t`Not active`}</Badge>}
              flush
            >
              <div className="cd-card-body">
                <Facts
                  of={[
                    [t`Applies when`, workflow.appliesWhen ? <code key="w">{workflow.appliesWhen}</code> : t`always`],
                    [t`Money is captured at`, label("LifecycleStep", workflow.captureOn)],
                    [t`The invoice is made at`, label("LifecycleStep", workflow.invoiceOn)],
                  ]}
                />
              </div>
              <DataTable
                dense
                label={t`Steps of ${workflow.name}`}
                rows={workflow.steps}
                rowId={(step) => step.step}
                columns={[
                  { id: "step", header: t`Step`, heading: true, nowrap: true, cell: (step) => label("LifecycleStep", step.step) },
                  { id: "mode", header: t`How`, nowrap: true, cell: (step) => <StatusBadge of="StepMode" value={step.mode} /> },
                  { id: "when", header: t`By itself only when`, cell: (step) => (step.when ? <code>{step.when}</code> : "–") },
                  { id: "delay", header: t`Delay`, align: "right", cell: (step) => (step.delaySeconds > 0 ? duration(step.delaySeconds) : "–") },
                ]}
              />
            </Card>
          ))}
        </Stack>
      )}
    </Page>
  );
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return t`${seconds / 3600} h`;
  if (seconds % 60 === 0) return t`${seconds / 60} min`;
  return t`${seconds} s`;
}
