import { formatNumber } from "@crossdock/i18n";
import { Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Text } from "@mantine/core";
import { JobProgress, Refusals, useJob } from "./JobProgress";
import type { Job } from "./queries";

/** What one most likely wants next, when it appears. */
const focus = (element: HTMLElement | null) => element?.focus();

interface TrialProps {
  begun: Job;
  title: string;
  danger?: boolean;
  running: boolean;
  onBack: () => void;
  onGo: () => void;
}

/** What was found out about a trial, and the way on. */
export function Trial({ begun, title, danger, running, onBack, onGo }: TrialProps) {
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
        <b>{title}</b>: {t`possible for ${can}.`} {job.failed > 0 && t`Not for ${cannot}:`}
      </Text>
      <Refusals job={job} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack} data-autofocus={possible === 0 || undefined}>
          {t`Back`}
        </Button>
        {possible > 0 && (
          <Button loading={running} onClick={onGo} ref={focus} color={danger ? "red.9" : undefined}>
            {t`Do it for ${can}`}
          </Button>
        )}
      </Group>
    </>
  );
}

/** How far it is, and what became of it. */
export function InEarnest({ begun, onClose }: { begun: Job; onClose: () => void }) {
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
