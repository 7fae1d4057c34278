import { useAction, type VariablesOf } from "@crossdock/api";
import { label } from "@crossdock/i18n";
import { reasonOf } from "@crossdock/shell";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Job, ORDERS_BULK } from "../jobs/queries";
import { InEarnest, Trial } from "../jobs/Trial";

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
          <Trial begun={trial} title={label("Action", action)} danger={action === "orderCancel"} running={running} onBack={() => onClose(false)} onGo={() => void begin(false)} />
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
