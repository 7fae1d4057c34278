import { type Enum, upload, UPLOADABLE, useAction } from "@crossdock/api";
import { formatNumber, label, values } from "@crossdock/i18n";
import { reasonOf, useSession } from "@crossdock/shell";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, FileInput, Group, NativeSelect, Progress, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { IMPORT_START, type Job } from "./queries";
import { InEarnest, Trial } from "./Trial";

type Kind = Enum<"ImportKind">;
type Role = Enum<"Role">;

/** Who may import what; the server says so, too. */
const ROLES: Record<Kind, Role[]> = {
  ORDERS: ["ADMIN", "MANAGER", "CUSTOMER_SERVICE"],
  PRODUCTS: ["ADMIN", "MANAGER"],
  INVENTORY: ["ADMIN", "MANAGER", "FULFILLMENT"],
  SITES: ["ADMIN", "MANAGER"],
};
export const IMPORTERS = [...new Set(Object.values(ROLES).flat())];

/** A file is sent, its rows are tried without a change, then taken in; what is refused is named row by row. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { can } = useSession();
  const kinds = values("ImportKind").filter((one) => can(...ROLES[one as Kind]));
  const [kind, setKind] = useState(kinds[0] as Kind);
  const [file, setFile] = useState<File | null>(null);
  const [fileId, setFileId] = useState<string | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [trial, setTrial] = useState<Job | null>(null);
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { run, running } = useAction(IMPORT_START);

  async function begin(id: string, dryRun: boolean) {
    const outcome = await run({ input: { kind, fileId: id, dryRun } });
    if (!outcome.ok) setProblem(reasonOf(outcome));
    else (dryRun ? setTrial : setJob)(outcome.payload.job);
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!file) return;
    setProblem(null);
    setShare(0);
    const sent = await upload(file, setShare);
    setShare(null);
    if (!sent.ok) return setProblem(sent.message || t`The server cannot be reached. Asking again does nothing twice.`);
    setFileId(sent.id);
    await begin(sent.id, true);
  }

  const title = `${label("ImportKind", kind)}: ${file?.name ?? ""}`;
  return (
    <Dialog title={t`Import a file`} opened onClose={onClose} size="lg">
      <Stack gap="md">
        {problem && <Notice tone="bad">{problem}</Notice>}
        {job ? (
          <InEarnest begun={job} onClose={onClose} />
        ) : trial ? (
          <Trial begun={trial} title={title} running={running} onBack={onClose} onGo={() => fileId && void begin(fileId, false)} />
        ) : (
          <form onSubmit={submit}>
            <Stack gap="md">
              <NativeSelect
                label={t`What is in it`}
                value={kind}
                onChange={(event) => setKind(event.currentTarget.value as Kind)}
                data={kinds.map((value) => ({ value, label: label("ImportKind", value) }))}
                data-autofocus
              />
              <FileInput
                label={t`File`}
                description={t`JSON, JSON lines or CSV, gzipped or not. What is there already is not doubled.`}
                placeholder={t`Choose a file`}
                required
                accept={UPLOADABLE}
                value={file}
                onChange={setFile}
              />
              {share !== null && <Progress value={share * 100} aria-label={t`Sent`} transitionDuration={0} />}
              {share !== null && (
                <Text size="sm" role="status">
                  {t`${formatNumber(Math.round(share * 100))} % sent`}
                </Text>
              )}
              <Text size="sm">{t`First each row is tried. Nothing is changed yet.`}</Text>
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  {t`Back`}
                </Button>
                <Button type="submit" loading={running || share !== null} disabled={!file}>
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
