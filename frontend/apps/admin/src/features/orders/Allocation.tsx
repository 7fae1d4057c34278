import { label } from "@crossdock/i18n";
import { Card, DataTable, DateTime, Empty, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Assignments } from "./Assignments";
import type { OrderDetailData } from "./OrderActions";
import { WhatIf } from "./WhatIf";

/** Why here: what each run chose, what else was possible at which cost, and which sites were out of the question. */
export function Allocation({ order }: { order: OrderDetailData }) {
  const decisions = order.allocationDecisions;
  const open = order.availableActions.some((action) => action.action === "orderAllocate" && action.enabled);
  return (
    <Stack>
      {open && <WhatIf order={order} />}
      {decisions.length === 0 && (
        <Card>
          <Empty title={t`Not allocated yet`} hint={t`When it is, each decision is kept here with what else was possible.`} />
        </Card>
      )}
      {decisions.toReversed().map((decision) => (
        <Card
          key={decision.id}
          title={t`Why here`}
          aside={
            <Group gap="sm">
              <StatusBadge of="AllocationOutcome" value={decision.outcome} />
              <Text size="xs" c="dimmed">
                {decision.ruleSet} · <DateTime at={decision.at} />
              </Text>
            </Group>
          }
        >
          <Stack gap="lg">
            <Text size="sm">{decision.sentence}</Text>
            <section>
              <Title order={3} mb={6}>
                {t`Chosen`}
                {decision.cost !== null && <Cost of={decision.cost} />}
              </Title>
              {decision.chosen.length === 0 ? <Text size="sm" c="dimmed">{t`No site could take anything.`}</Text> : <Assignments of={decision.chosen} />}
            </section>
            {decision.alternatives.length > 0 && (
              <section>
                <Title order={3} mb={6}>
                  {t`What else was possible`}
                </Title>
                <DataTable
                  dense
                  label={t`What else was possible`}
                  rows={decision.alternatives}
                  rowId={(row) => JSON.stringify(row)}
                  columns={[
                    { id: "what", header: t`Assignment`, heading: true, cell: (row) => <Assignments of={row.assignments} /> },
                    { id: "why", header: t`Why not`, cell: (row) => row.whyNot },
                    { id: "cost", header: t`Cost`, align: "right", cell: (row) => row.cost },
                  ]}
                />
              </section>
            )}
            {decision.excludedSites.length > 0 && (
              <section>
                <Title order={3} mb={6}>
                  {t`Sites out of the question`}
                </Title>
                <DataTable
                  dense
                  label={t`Sites out of the question`}
                  rows={decision.excludedSites}
                  rowId={(row) => row.site.id + row.reason}
                  columns={[
                    { id: "site", header: t`Site`, heading: true, cell: (row) => <Link to="/inventory/$code" params={{ code: row.site.code }}>{row.site.name}</Link> },
                    { id: "reason", header: t`Reason`, cell: (row) => label("Exclusion", row.reason) },
                  ]}
                />
              </section>
            )}
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}

function Cost({ of }: { of: string }) {
  return (
    <Text span size="sm" c="dimmed" fw={400}>
      {" "}
      · {t`cost ${of}`}
    </Text>
  );
}
