import { useAction } from "@crossdock/api";
import { reasonOf } from "@crossdock/shell";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { JobProgress, useJob } from "../jobs/JobProgress";
import type { Job } from "../jobs/queries";
import { SimulationResult } from "../jobs/SimulationResult";
import { titleOf } from "../../lib/versions";
import { type RuleSet, SIMULATE } from "./queries";

const DAY = 86_400_000;
const day = (ago: number) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);

/** The orders of a period, at the stock of that time, through several rule sets; the others beside the first. */
export function Simulation({ sets, onClose }: { sets: RuleSet[]; onClose: () => void }) {
  const [chosen, setChosen] = useState(() => sets.slice(0, 2).map((set) => set.id));
  const [from, setFrom] = useState(day(30));
  const [to, setTo] = useState(day(0));
  const [withPrices, setWithPrices] = useState(false);
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { run, running } = useAction(SIMULATE);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    const end = new Date(new Date(`${to}T00:00:00`).getTime() + DAY);
    const until = end.getTime() > Date.now() ? new Date() : end;
    const ids = sets.map((set) => set.id).filter((id) => chosen.includes(id));
    const outcome = await run({ input: { ruleSetIds: ids, from: new Date(`${from}T00:00:00`).toISOString(), to: until.toISOString(), withPrices } });
    if (outcome.ok) setJob(outcome.payload.job);
    else setProblem(reasonOf(outcome));
  }

  return (
    <Dialog title={t`Compare on the past`} opened onClose={onClose} size="xl">
      {job ? (
        <Progressing begun={job} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text size="sm">{t`The orders that were placed in the period are decided again, one after the other, at the stock of that time. Nothing is allocated.`}</Text>
            {problem && <Notice tone="bad">{problem}</Notice>}
            <Group>
              <TextInput type="date" label={t`From`} required value={from} max={to} onChange={(event) => setFrom(event.currentTarget.value)} data-autofocus />
              <TextInput type="date" label={t`To`} required value={to} min={from} onChange={(event) => setTo(event.currentTarget.value)} />
            </Group>
            <Checkbox.Group label={t`Rule sets`} description={t`The others are compared with the first one.`} value={chosen} onChange={setChosen}>
              <Stack gap={6} mt={6}>
                {sets.map((set) => (
                  <Checkbox key={set.id} size="xs" value={set.id} label={set.active ? t`${titleOf(set)} (active)` : titleOf(set)} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Checkbox
              size="xs"
              label={t`Also with scarcity prices`}
              description={t`The first that looks for the least cost, with prices as they would have been learnt day by day.`}
              checked={withPrices}
              onChange={(event) => setWithPrices(event.currentTarget.checked)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t`Back`}
              </Button>
              <Button type="submit" loading={running} disabled={chosen.length === 0}>
                {t`Compare`}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

function Progressing({ begun }: { begun: Job }) {
  const job = useJob(begun);
  if (!job.finishedAt) {
    return (
      <Stack gap="md">
        <JobProgress job={job} />
        <Text size="sm">{t`It goes on when this is closed; Jobs has it.`}</Text>
      </Stack>
    );
  }
  if (job.state !== "SUCCEEDED" || !job.result) return <Notice tone="warn">{t`It was not finished.`}</Notice>;
  return <SimulationResult of={job.result} />;
}
