import { graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { label } from "@crossdock/i18n";
import { Card, DataTable, Failed, Notice, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useClient } from "urql";
import { FormDialog } from "../../lib/command";
import { SITES } from "../inventory/sites";
import { ASSIGNMENT, Assignments, sitesOf } from "./Assignments";
import { ORDER_ALLOCATE_TO } from "./mutations";
import type { OrderDetailData } from "./OrderActions";

const RULE_SETS = graphql(`
  query RuleSets {
    allocationRuleSets {
      id
      name
      version
      active
    }
  }
`);

const PREVIEW = graphql(
  `
  query AllocationPreview($order: ID!, $ruleSet: ID!) {
    allocationPreview(orderId: $order, ruleSetId: $ruleSet) {
      id
      ruleSet
      outcome
      cost
      sentence
      chosen {
        ...Assignment
      }
    }
  }
`,
  [ASSIGNMENT],
);

type Preview = ResultOf<typeof PREVIEW>["allocationPreview"] & { active: boolean };

/** What each rule set would decide now about the units that no site gives yet, and giving them to a site by hand. */
export function WhatIf({ order }: { order: OrderDetailData }) {
  const client = useClient();
  const [tried, setTried] = useState<Preview[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [running, setRunning] = useState(false);
  const [giving, setGiving] = useState(false);

  async function compare() {
    setRunning(true);
    setProblem(null);
    try {
      const sets = newest((await client.query(RULE_SETS, {}).toPromise()).data?.allocationRuleSets ?? []);
      const answers = await Promise.all(
        sets.map(async (set) => {
          const answer = await client.query(PREVIEW, { order: order.id, ruleSet: set.id }, { requestPolicy: "network-only" }).toPromise();
          if (!answer.data) throw answer.error ?? new Error(t`There was no answer.`);
          return { ...answer.data.allocationPreview, active: set.active };
        }),
      );
      setTried(answers);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setRunning(false);
    }
  }

  return (
    <Card
      title={t`What if`}
      aside={
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => void compare()} loading={running}>
            {t`Compare rule sets`}
          </Button>
          <Button size="xs" variant="default" onClick={() => setGiving(true)}>
            {t`Give to a site …`}
          </Button>
        </Group>
      }
    >
      <Stack>
        {problem && <Notice tone="bad">{problem}</Notice>}
        {tried === null ? (
          <Text size="sm" c="dimmed">{t`What would be decided now about the units that no site gives yet, by each rule set. Nothing is allocated.`}</Text>
        ) : (
          <DataTable
            dense
            label={t`What each rule set would decide`}
            rows={tried}
            rowId={(row) => row.ruleSet}
            columns={[
              { id: "set", header: t`Rule set`, heading: true, cell: (row) => (row.active ? t`${row.ruleSet} (active)` : row.ruleSet) },
              { id: "outcome", header: t`Outcome`, cell: (row) => <StatusBadge of="AllocationOutcome" value={row.outcome} /> },
              { id: "chosen", header: t`Chosen`, cell: (row) => <Assignments of={row.chosen} /> },
              { id: "sites", header: t`Sites`, align: "right", cell: (row) => sitesOf(row.chosen) },
              { id: "cost", header: t`Cost`, align: "right", cell: (row) => row.cost ?? "–" },
              { id: "why", header: t`Why`, cell: (row) => row.sentence },
            ]}
          />
        )}
      </Stack>
      {giving && <GiveTo order={order} onClose={() => setGiving(false)} />}
    </Card>
  );
}

type RuleSet = ResultOf<typeof RULE_SETS>["allocationRuleSets"][number];

/** Of each name the active version, else the newest; the active one first. */
function newest(sets: readonly RuleSet[]): RuleSet[] {
  const kept = new Map<string, RuleSet>();
  for (const set of sets) {
    const known = kept.get(set.name);
    if (!known || set.active || (!known.active && set.version > known.version)) kept.set(set.name, set);
  }
  return [...kept.values()].toSorted((one, other) => Number(other.active) - Number(one.active));
}

function GiveTo({ order, onClose }: { order: OrderDetailData; onClose: () => void }) {
  const { run } = useAction(ORDER_ALLOCATE_TO);
  const sites = useLive(SITES, { first: 100 });
  if (sites.fault) return <Failed trouble={sites.fault} retry={sites.refresh} />;
  const options = (sites.data?.inventorySites.nodes ?? [])
    .filter((site) => site.active)
    .map((site) => ({ value: site.code, label: `${site.name} · ${label("SiteKind", site.kind)}` }));
  if (options.length === 0) return null;
  return (
    <FormDialog
      title={t`Give the rest to a site`}
      intro={<Text size="sm">{t`What the rules say is passed over. The site gives what it has in stock; it is written down who decided this, and why.`}</Text>}
      fields={[
        { name: "site", label: t`Site`, kind: "choice", options },
        { name: "reason", label: t`Reason`, required: true },
      ]}
      submit={t`Give it to this site`}
      done={t`Allocated by hand.`}
      onClose={onClose}
      send={(values) => run({ input: { orderId: order.id, expectedVersion: order.version, site: values.text("site"), reason: values.text("reason") } })}
    />
  );
}
