import { useAction, useConnection, useFeed, useLive } from "@crossdock/api";
import { formatNumber } from "@crossdock/i18n";
import { Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { report } from "../../lib/tell";
import { type Job, JOB_CANCEL, JOB_FEED, ONE_JOB } from "./queries";

/** The job as it stands, told by the server, or asked for each second where there is no live connection. */
export function useJob(begun: Job): Job {
  const [told, setTold] = useState(begun);
  const now = told.id === begun.id ? told : begun;
  const over = now.finishedAt !== null;
  const live = useConnection() === "live";
  useFeed(JOB_FEED, { id: begun.id }, { next: ({ job }) => setTold(job), ends: true, pause: over });
  const asked = useLive(ONE_JOB, { id: begun.id }, { every: live ? 5 : 1, pause: over });
  const read = asked.data?.job;
  if (read && read.id === begun.id && !over && (read.done > now.done || read.finishedAt)) setTold(read);
  return now;
}

export function JobProgress({ job }: { job: Job }) {
  const { run, running } = useAction(JOB_CANCEL);
  const share = job.total === 0 ? 100 : (job.done / job.total) * 100;
  const [done, total] = [formatNumber(job.done), formatNumber(job.total)];
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" role="status">
          {t`${done} of ${total}`}
        </Text>
        {!job.finishedAt && (
          <Button size="compact-sm" variant="default" loading={running} onClick={async () => report(await run({ input: { jobId: job.id } }), t`It stops. What was done stays done.`)}>
            {t`Stop`}
          </Button>
        )}
      </Group>
      <Progress value={share} aria-label={t`Progress`} transitionDuration={0} />
    </Stack>
  );
}

/** What was refused, and why: one line for each reason, with the orders that it is about. */
export function Refusals({ job }: { job: Job }) {
  if (job.failed === 0) return null;
  const reasons = new Map<string, string[]>();
  for (const error of job.errors) reasons.set(error.message, [...(reasons.get(error.message) ?? []), error.reference]);
  const left = job.failed - job.errors.length;
  const more = formatNumber(left);
  return (
    <Stack gap={6} className="refusals">
      {[...reasons].map(([message, references]) => (
        <details key={message} open={reasons.size === 1 && references.length <= 20}>
          <summary>
            {message} <b>{formatNumber(references.length)}</b>
          </summary>
          <Text size="sm">
            {references.map((reference, place) => (
              <span key={reference}>
                {place > 0 && ", "}
                {job.kind === "ordersBulk" ? (
                  <Link to="/orders/$number" params={{ number: reference }}>
                    {reference}
                  </Link>
                ) : (
                  reference
                )}
              </span>
            ))}
          </Text>
        </details>
      ))}
      {left > 0 && <Notice>{t`${more} more were refused; the first hundred are listed.`}</Notice>}
    </Stack>
  );
}
