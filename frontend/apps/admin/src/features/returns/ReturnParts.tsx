import { type Fault, useLive } from "@crossdock/api";
import { isZero, label, values } from "@crossdock/i18n";
import { Card, DataTable, Facts, Money, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, NativeSelect, Radio, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Plus } from "lucide-react";
import { useMemo } from "react";
import { useSites } from "../inventory/sites";
import { LineEntry } from "../orders/OrderEntry";
import { asked, chosen, type Draft, exchanged, type Instead as InsteadOf, type Preview, type ReturnableOrder, type ReturnInput } from "./asking";
import { RETURN_PREVIEW } from "./queries";

interface Part {
  draft: Draft;
  change: (next: Partial<Draft>) => void;
}

/** Units and a reason for each line that can come back. */
export function WhatComesBack({ order, draft, change }: Part & { order: ReturnableOrder }) {
  const lines = order.lines.filter((line) => line.returnable > 0);
  const set = (id: string, units: number) => change({ units: { ...draft.units, [id]: units } });
  return (
    <Card
      title={t`What comes back`}
      flush
      aside={
        <Button variant="default" size="xs" onClick={() => change({ units: Object.fromEntries(lines.map((line) => [line.id, line.returnable])) })}>
          {t`All of it`}
        </Button>
      }
    >
      <DataTable
        label={t`Lines that can come back`}
        rows={lines}
        rowId={(line) => line.id}
        columns={[
          {
            id: "name",
            header: t`Product`,
            heading: true,
            cell: (line) => (
              <>
                <Text size="sm" fw={550}>
                  {line.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {line.sku} · {t`up to ${line.returnable}`}
                </Text>
              </>
            ),
          },
          {
            id: "units",
            header: t`Quantity`,
            cell: (line) => (
              <TextInput
                type="number"
                min={0}
                max={line.returnable}
                step={1}
                w={90}
                aria-label={t`Quantity of ${line.sku}`}
                value={draft.units[line.id] ?? 0}
                onChange={(event) => set(line.id, event.currentTarget.valueAsNumber || 0)}
              />
            ),
          },
          {
            id: "reason",
            header: t`Reason`,
            cell: (line) => (
              <TextInput
                list="return-reasons"
                aria-label={t`Reason for ${line.sku}`}
                maxLength={500}
                required={(draft.units[line.id] ?? 0) > 0}
                disabled={!draft.units[line.id]}
                value={draft.reasons[line.id] ?? ""}
                onChange={(event) => change({ reasons: { ...draft.reasons, [line.id]: event.currentTarget.value } })}
                autoComplete="off"
              />
            ),
          },
        ]}
      />
      <datalist id="return-reasons">
        {[t`Too small`, t`Too large`, t`Damaged`, t`Not as described`, t`Wrong product`, t`No longer wanted`].map((reason) => (
          <option key={reason} value={reason}>
            {reason}
          </option>
        ))}
      </datalist>
    </Card>
  );
}

export function WayBack({ draft, change }: Part) {
  const sites = useSites().filter((site) => site.active && site.capabilities.includes("RETURNS"));
  return (
    <Card title={t`How`}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NativeSelect
          label={t`How it comes back`}
          value={draft.method}
          onChange={(event) => change({ method: event.currentTarget.value as Draft["method"] })}
          data={values("ReturnMethod").map((value) => ({ value, label: label("ReturnMethod", value) }))}
        />
        <NativeSelect
          label={t`Site that takes it`}
          value={draft.site}
          onChange={(event) => change({ site: event.currentTarget.value })}
          data={[{ value: "", label: t`Where it is handed in` }, ...sites.map((site) => ({ value: site.code, label: site.name }))]}
        />
      </SimpleGrid>
    </Card>
  );
}

/** Money, the same goods again, or others. */
export function Instead({ channel, draft, change }: Part & { channel: string }) {
  const kinds: [InsteadOf, string][] = [
    ["MONEY", t`Money back`],
    ["SAME", t`The same again`],
    ["OTHER", t`Other goods`],
  ];
  const next = Math.max(...draft.other.map((line) => line.id)) + 1;
  return (
    <Card title={t`What the customer gets`}>
      <Stack gap="sm">
        <Radio.Group value={draft.instead} onChange={(value) => change({ instead: value as InsteadOf })} aria-label={t`What the customer gets`}>
          <Group>
            {kinds.map(([value, name]) => (
              <Radio key={value} value={value} label={name} />
            ))}
          </Group>
        </Radio.Group>
        {draft.instead === "OTHER" && (
          <>
            {draft.other.map((line) => (
              <LineEntry
                key={line.id}
                line={line}
                channel={channel}
                only={draft.other.length === 1}
                onChange={(part) => change({ other: draft.other.map((one) => (one.id === line.id ? { ...one, ...part } : one)) })}
                onRemove={() => change({ other: draft.other.filter((one) => one.id !== line.id) })}
              />
            ))}
            <Group>
              <Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => change({ other: [...draft.other, { id: next, sku: "", quantity: 1, unitPrice: "" }] })}>
                {t`Another line`}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Card>
  );
}

interface Sums {
  preview: Preview | undefined;
  fault: Fault | undefined;
}

/** What the draft comes to, asked of the server a moment after the last key. */
export function useReturnSums(order: ReturnableOrder, draft: Draft): Sums {
  const none = chosen(order, draft).length === 0;
  const [alone] = useSettled(asked(order, draft));
  const first = useLive(RETURN_PREVIEW, { input: alone }, { pause: none });
  const worth = none ? undefined : first.data?.returnPreview.lines;
  const exchangeLines = exchanged(order, draft, worth);
  const [whole] = useSettled({ ...alone, exchangeLines });
  const second = useLive(RETURN_PREVIEW, { input: whole }, { pause: none || !exchangeLines?.length });
  const shown = exchangeLines?.length ? second : first;
  return { preview: none ? undefined : shown.data?.returnPreview, fault: none ? undefined : shown.fault };
}

function useSettled(input: ReturnInput): [ReturnInput] {
  const [text] = useDebouncedValue(JSON.stringify(input), 250);
  return useMemo(() => [JSON.parse(text) as ReturnInput], [text]);
}

export function ReturnSums({ sums, none }: { sums: Sums; none: boolean }) {
  const { preview, fault } = sums;
  return (
    <Card title={t`What it comes to`}>
      <div role="status">
        {none && <Text c="dimmed">{t`Nothing is chosen yet.`}</Text>}
        {!preview && fault && <Notice tone="warn">{fault.message}</Notice>}
        {preview && (
          <Facts
            of={[
              [t`Worth of what comes back`, <Money key="c" of={preview.credit} />],
              [t`Goods given instead`, isZero(preview.exchange) ? null : <Money key="e" of={preview.exchange} />],
              [t`To be refunded`, <b key="r"><Money of={preview.toRefund} /></b>],
              [t`To be paid by the customer`, isZero(preview.toPay) ? null : <b key="p"><Money of={preview.toPay} /></b>],
            ]}
          />
        )}
      </div>
    </Card>
  );
}
