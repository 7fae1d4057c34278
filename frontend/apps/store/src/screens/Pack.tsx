import { Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Counter } from "../Counter";
import { useCounting } from "../counting";
import { ScanField } from "../ScanField";
import { count, useStore } from "../state";
import { type Job, type Line, units } from "../work";
import { Footer } from "./Job";

interface Box {
  lines: { lineId: string; quantity: number }[];
  weightGrams?: number;
}

/** Scan everything into boxes, one after the other: each becomes a package with a label of its own. */
export function Pack({ job }: { job: Job }) {
  const { outbox } = useStore();
  const [closed, setClosed] = useState<Box[]>([]);
  const [weight, setWeight] = useState("");
  const boxed = (line: Line) => closed.flatMap((box) => box.lines).filter((one) => one.lineId === line.id).reduce((sum, one) => sum + one.quantity, 0);
  const wanted = (line: Line) => line.picked - boxed(line);
  const { said, has, set, read } = useCounting(job, wanted);
  const open = job.lines.filter((line) => wanted(line) > 0);
  const left = units(open.map((line) => ({ quantity: wanted(line) - has(line) })));
  const inside = units(open.map((line) => ({ quantity: has(line) })));

  function close(): Box[] {
    const grams = Number.parseInt(weight, 10);
    const lines = open.map((line) => ({ lineId: line.id, quantity: has(line) })).filter((line) => line.quantity > 0);
    return [...closed, { lines, weightGrams: grams > 0 ? grams : undefined }];
  }

  function next() {
    setClosed(close());
    setWeight("");
    count(job.id, null);
  }

  function everything() {
    count(job.id, Object.fromEntries(open.map((line) => [line.id, wanted(line)])));
  }

  function finish() {
    void outbox.add({ verb: "shippingOrderPack", input: { shippingOrderId: job.id, packages: close() }, number: job.number });
    count(job.id, null);
  }

  return (
    <>
      <ScanField label={t`Scan what goes into the box`} onScan={read} />
      <div aria-live="assertive">{said && <Notice tone={said.tone}>{said.text}</Notice>}</div>
      <Group justify="space-between">
        <Text fw={600}>{t`Box ${closed.length + 1}`}</Text>
        {left > 0 && (
          <Button variant="subtle" size="md" onClick={everything}>
            {t`Everything into this box`}
          </Button>
        )}
      </Group>
      <ul className="list" aria-label={t`Lines`}>
        {open.map((line) => (
          <Counter key={line.id} line={line} has={has(line)} wants={wanted(line)} last={said?.line === line.id} onCount={(now) => set(line, now)} />
        ))}
      </ul>
      <TextInput label={t`Weight in grams`} size="md" inputMode="numeric" pattern="[0-9]*" value={weight} onChange={(event) => setWeight(event.currentTarget.value)} />
      <Footer>
        {left > 0 && inside > 0 && (
          <Button size="lg" variant="default" fullWidth onClick={next}>
            {t`Next box`}
          </Button>
        )}
        <Button size="lg" fullWidth disabled={left > 0} onClick={finish}>
          {left === 0 ? (closed.length === 0 ? t`Packed in 1 box` : t`Packed in ${closed.length + 1} boxes`) : left === 1 ? t`1 unit to pack` : t`${left} units to pack`}
        </Button>
      </Footer>
    </>
  );
}
