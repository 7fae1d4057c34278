import { useLive, usePace } from "@crossdock/api";
import { formatNumber, humanize, label } from "@crossdock/i18n";
import { Ago, Badge, DataTable, Dialog, Empty, Facts, Failed, DateTime, Loading, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useSession } from "@crossdock/shell";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ListCard } from "../../lib/ListCard";
import { Pager } from "../../lib/Pager";
import { compact } from "../../lib/search";
import { ImportDialog, IMPORTERS } from "./ImportDialog";
import { JobProgress, Refusals, useJob } from "./JobProgress";
import { type Job, JOBS, ONE_JOB } from "./queries";
import { SimulationResult } from "./SimulationResult";

/** Long work that was asked for: how far it is, what became of it, and a way to stop it. */
export function Jobs() {
  const { after, open } = useSearch({ from: "/jobs" });
  const navigate = useNavigate({ from: "/jobs" });
  const pace = usePace(3);
  const [importing, setImporting] = useState(false);
  const mayImport = useSession().can(...IMPORTERS);
  const { data, fault, loading, refresh } = useLive(JOBS, { first: 50, after: after ?? null }, { every: Math.min(pace, 5), types: ["Job"] });
  const found = data?.jobs;
  const show = (id?: string) => void navigate({ search: compact({ after, open: id }) });
  return (
    <Page title={t`Jobs`} aside={mayImport && <Button onClick={() => setImporting(true)}>{t`Import a file`}</Button>}>
      <ListCard live={{ fault, loading, refresh }} found={found} empty={<Empty title={t`No jobs yet`} hint={t`Select orders in the list, and act on all of them at once.`} />}>
        {(found) => (
          <>
            <DataTable
              label={t`Jobs`}
              rows={found.nodes}
              rowId={(row) => row.id}
              active={open}
              onOpen={(row) => show(row.id)}
              columns={[
                {
                  id: "what",
                  header: t`What`,
                  heading: true,
                  cell: (row) => (
                    <Group gap={8}>
                      <UnstyledButton className="board-item-name" onClick={() => show(row.id)}>
                        {jobTitle(row)}
                      </UnstyledButton>
                      {row.dryRun && <Badge>{t`Trial`}</Badge>}
                    </Group>
                  ),
                },
                { id: "state", header: t`State`, nowrap: true, cell: (row) => <StatusBadge of="JobState" value={row.state} /> },
                { id: "done", header: t`Done`, align: "right", nowrap: true, cell: (row) => `${formatNumber(row.done)} / ${formatNumber(row.total)}` },
                { id: "failed", header: t`Refused`, align: "right", nowrap: true, cell: (row) => (row.failed > 0 ? formatNumber(row.failed) : "–") },
                { id: "begun", header: t`Begun`, nowrap: true, cell: (row) => <Ago at={row.createdAt} /> },
                { id: "own", header: t`By`, nowrap: true, cell: (row) => (row.own ? t`me` : t`somebody else`) },
              ]}
            />
            <Pager info={found.pageInfo} at={{ after }} go={(cursors) => void navigate({ search: compact(cursors) })} summary={t`${formatNumber(found.totalCount)} jobs`} />
          </>
        )}
      </ListCard>
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
      {open && <Opened key={open} id={open} known={found?.nodes.find((job) => job.id === open)} onClose={() => show()} />}
    </Page>
  );
}

export function jobTitle(job: Pick<Job, "kind" | "action">): string {
  if (job.action) return `${t`Orders`}: ${label("Action", job.action)}`;
  if (job.kind === "importStart") return t`Import of a file`;
  return job.kind === "allocationSimulate" ? t`Comparison of rule sets` : humanize(job.kind);
}

function Opened({ id, known, onClose }: { id: string; known?: Job; onClose: () => void }) {
  const { data, fault, refresh } = useLive(ONE_JOB, { id }, { pause: known !== undefined });
  const job = known ?? data?.job;
  return (
    <Dialog title={job ? jobTitle(job) : t`Job`} opened onClose={onClose} size={job?.kind === "allocationSimulate" ? "xl" : "lg"}>
      {job ? <Progressing begun={job} /> : fault ? <Failed trouble={fault} retry={refresh} /> : data ? <Text>{t`There is no such job.`}</Text> : <Loading rows={3} />}
    </Dialog>
  );
}

function Progressing({ begun }: { begun: Job }) {
  const job = useJob(begun);
  return (
    <Stack gap="md">
      <Facts
        of={[
          [t`State`, <StatusBadge key="s" of="JobState" value={job.state} />],
          [t`Trial`, job.dryRun && t`It says what would happen, and does nothing.`],
          [t`Reason`, job.reason],
          [t`Begun`, <DateTime key="b" at={job.createdAt} />],
          [t`Ended`, job.finishedAt && <DateTime key="e" at={job.finishedAt} />],
          [t`Refused`, job.failed > 0 && formatNumber(job.failed)],
        ]}
      />
      <JobProgress job={job} />
      <Refusals job={job} />
      {job.kind === "allocationSimulate" && job.result !== null && <SimulationResult of={job.result} />}
    </Stack>
  );
}
