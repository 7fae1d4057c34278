import { useAction, type VariablesOf } from "@crossdock/api";
import { formatNumber, label } from "@crossdock/i18n";
import { reasonOf } from "@crossdock/shell";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { JobProgress, Refusals, useJob } from "../jobs/JobProgress";
import { type Job, ORDERS_BULK } from "../jobs/queries";

type Input = VariablesOf<typeof ORDERS_BULK>["input"];

const WITH_REASON = ["orderSuspend", "orderCancel"];

interface BulkDialogProps {
  action: string;
  /** `orderIds`, or `query` and `filter`. */
  wanted: Partial<Input>;
  /** With whether anything was asked for that changes orders. */
  onClose: (done: boolean) => void;
}

/** A reason where one is needed, a trial that changes nothing, then the same in earnest. */
export function BulkDialog({ action, wanted, onClose }: BulkDialogProps) {
  const [reason, setReason] = useState("");
  const [trial, setTrial] = useState<Job | null>(null);
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { run, running } = useAction(ORDERS_BULK);
  const needsReason = WITH_REASON.includes(action);

  async function begin(dryRun: boolean) {
    setProblem(null);
    const outcome = await run({ input: { ...wanted, action, reason: needsReason ? reason.trim() : undefined, dryRun } });
    if (!outcome.ok) setProblem(reasonOf(outcome));
    else (dryRun ? setTrial : setJob)(outcome.payload.job);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void begin(true);
  }

  return (
    <Dialog title={label("Action", action)} opened onClose={() => onClose(job !== null)} size="lg">
      <Stack gap="md">
        {problem && <Notice tone="bad">{problem}</Notice>}
        {job ? (
          <InEarnest begun={job} onClose={() => onClose(true)} />
        ) : trial ? (
          <Trial begun={trial} action={action} running={running} onBack={() => onClose(false)} onGo={() => void begin(false)} />
        ) : (
          <form onSubmit={submit}>
            <Stack gap="md">
              {needsReason && <TextInput label={t`Reason`} required maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />}
              <Text size="sm">{t`First it is found out for which of them it is possible. Nothing is changed yet.`}</Text>
              <Group justify="flex-end">
                <Button variant="default" onClick={() => onClose(false)}>
                  {t`Back`}
                </Button>
                <Button type="submit" loading={running} data-autofocus={!needsReason || undefined}>
                  {t`See what would happen`}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Stack>
    </Dialog>
  );
}

/** What one most likely wants next, when it appears. */
const focus = (element: HTMLElement | null) => element?.focus();

interface TrialProps {
  begun: Job;
  action: string;
  running: boolean;
  onBack: () => void;
  onGo: () => void;
}

function Trial({ begun, action, running, onBack, onGo }: TrialProps) {
  const job = useJob(begun);
  const possible = job.done - job.failed;
  const [can, cannot] = [formatNumber(possible), formatNumber(job.failed)];
  if (!job.finishedAt) {
    return (
      <>
        <Text size="sm">{t`Finding out what would happen. Nothing is changed yet.`}</Text>
        <JobProgress job={job} />
      </>
    );
  }
  return (
    <>
      {job.state !== "SUCCEEDED" && <Notice tone="warn">{t`The trial was not finished.`}</Notice>}
      <Text role="status">
        <b>{label("Action", action)}</b>: {t`possible for ${can}.`} {job.failed > 0 && t`Not for ${cannot}:`}
      </Text>
      <Refusals job={job} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack} data-autofocus={possible === 0 || undefined}>
          {t`Back`}
        </Button>
        {possible > 0 && (
          <Button loading={running} onClick={onGo} ref={focus} color={action === "orderCancel" ? "red.9" : undefined}>
            {t`Do it for ${can}`}
          </Button>
        )}
      </Group>
    </>
  );
}

function InEarnest({ begun, onClose }: { begun: Job; onClose: () => void }) {
  const job = useJob(begun);
  const [done, failed] = [formatNumber(job.done - job.failed), formatNumber(job.failed)];
  return (
    <>
      <JobProgress job={job} />
      {job.finishedAt ? (
        <>
          {job.state === "CANCELLED" && <Notice tone="warn">{t`It was stopped. What was done stays done.`}</Notice>}
          <Text role="status">
            {t`Done for ${done}.`} {job.failed > 0 && t`Refused for ${failed}:`}
          </Text>
          <Refusals job={job} />
        </>
      ) : (
        <Text size="sm">{t`It goes on when this is closed; Jobs has it.`}</Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t`Close`}
        </Button>
      </Group>
    </>
  );
}
