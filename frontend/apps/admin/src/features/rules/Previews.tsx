import { graphql, type ResultOf } from "@crossdock/api";
import { DataTable, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { useState } from "react";
import { useClient } from "urql";
import { ASSIGNMENT, Assignments, sitesOf } from "../orders/Assignments";
import type { RuleSet } from "./queries";

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

export type Preview = ResultOf<typeof PREVIEW>["allocationPreview"] & { active: boolean };

/** What rule sets would decide now about the units of an order that no site gives yet. Nothing is allocated. */
export function usePreviews() {
  const client = useClient();
  const [tried, setTried] = useState<Preview[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [running, setRunning] = useState(false);

  async function compare(order: string, sets: readonly RuleSet[]) {
    setRunning(true);
    setProblem(null);
    try {
      const answers = await Promise.all(
        sets.map(async (set) => {
          const answer = await client.query(PREVIEW, { order, ruleSet: set.id }, { requestPolicy: "network-only" }).toPromise();
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

  return { tried, problem, running, compare };
}

export function Previews({ of }: { of: readonly Preview[] }) {
  return (
    <DataTable
      dense
      label={t`What each rule set would decide`}
      rows={of}
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
  );
}
