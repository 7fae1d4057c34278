import { DataTable, Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { NativeSelect, Stack } from "@mantine/core";
import { useState } from "react";
import { titleOf } from "../../lib/versions";
import type { Workflow } from "./queries";
import { differences } from "./steps";

/** What a version says otherwise than another one: of its own name first. */
export function Differences({ of, all, onClose }: { of: Workflow; all: readonly Workflow[]; onClose: () => void }) {
  const others = all.filter((one) => one.id !== of.id).toSorted((one, other) => Number(other.name === of.name) - Number(one.name === of.name));
  const before = others.find((one) => one.name === of.name && (one.active || one.version === of.version - 1)) ?? others[0];
  const [chosen, setChosen] = useState(before?.id);
  const other = others.find((one) => one.id === chosen);
  const rows = other ? differences(other, of) : [];
  return (
    <Dialog title={t`What ${titleOf(of)} says otherwise`} opened onClose={onClose} size="xl">
      <Stack gap="md">
        <NativeSelect
          label={t`Beside`}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={others.map((one) => ({ value: one.id, label: one.active ? t`${titleOf(one)} (active)` : titleOf(one) }))}
          data-autofocus
        />
        {other && rows.length === 0 && <Notice>{t`They say the same.`}</Notice>}
        {other && rows.length > 0 && (
          <DataTable
            dense
            label={t`Differences`}
            rows={rows}
            rowId={(row) => row.what}
            columns={[
              { id: "what", header: t`What`, heading: true, nowrap: true, cell: (row) => row.what },
              { id: "other", header: titleOf(other), cell: (row) => row.one },
              { id: "this", header: titleOf(of), cell: (row) => row.other },
            ]}
          />
        )}
      </Stack>
    </Dialog>
  );
}
