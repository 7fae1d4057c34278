import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, NativeSelect, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Counter } from "../Counter";
import { useCounting } from "../counting";
import { ScanField } from "../ScanField";
import { count, useStore } from "../state";
import { type Job, units } from "../work";
import { Footer } from "./Job";

/** Scan what is taken from the shelves. What is not found goes back to allocation. */
export function Pick({ job }: { job: Job }) {
  const { outbox } = useStore();
  const { said, has, set, read } = useCounting(job, (line) => line.quantity);
  const [short, setShort] = useState(false);
  const missing = job.lines.map((line) => ({ ...line, quantity: line.quantity - has(line) })).filter((line) => line.quantity > 0);
  const left = units(missing);

  function finish(shortReason?: string) {
    const lines = job.lines.map((line) => ({ lineId: line.id, quantity: has(line) }));
    void outbox.add({ verb: "shippingOrderPick", input: { shippingOrderId: job.id, lines, shortReason }, number: job.number });
    count(job.id, null);
  }

  return (
    <>
      <ScanField label={t`Scan what you take`} onScan={read} />
      <div aria-live="assertive">{said && <Notice tone={said.tone}>{said.text}</Notice>}</div>
      <ul className="list" aria-label={t`Lines`}>
        {job.lines.map((line) => (
          <Counter key={line.id} line={line} has={has(line)} wants={line.quantity} last={said?.line === line.id} onCount={(next) => set(line, next)} />
        ))}
      </ul>
      <Footer>
        {left === 0 ? (
          <Button size="lg" fullWidth onClick={() => finish()}>
            {t`All picked`}
          </Button>
        ) : (
          <Button size="lg" fullWidth variant="default" onClick={() => setShort(true)}>
            {left === 1 ? t`1 unit is not there` : t`${left} units are not there`}
          </Button>
        )}
      </Footer>
      {short && <Short job={job} missing={missing} onClose={() => setShort(false)} onDone={finish} />}
    </>
  );
}

interface ShortProps {
  job: Job;
  missing: { id: string; name: string; sku: string; quantity: number }[];
  onClose: () => void;
  onDone: (reason: string) => void;
}

/** Says what will follow before it is done. */
function Short({ job, missing, onClose, onDone }: ShortProps) {
  const nothing = units(missing) === units(job.lines);
  const reasons = { NOT_FOUND: t`Not on the shelf`, DAMAGED: t`Damaged`, WRONG_GOODS: t`Something else was in its place` };
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onDone(String(new FormData(event.currentTarget).get("reason")));
    onClose();
  }
  return (
    <Dialog title={t`Not everything is there`} opened onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <ul className="plain">
            {missing.map((line) => (
              <li key={line.id}>
                {line.quantity} × {line.name} <Text span c="dimmed" size="sm">{line.sku}</Text>
              </li>
            ))}
          </ul>
          <Notice tone="warn">
            {nothing ? t`Nothing was found: the whole job goes to another site, or waits for stock.` : t`These go to another site, or wait for stock. The rest is packed here.`}{" "}
            {t`They are taken off this site’s stock, and this site is not asked again for this order.`}
          </Notice>
          <NativeSelect name="reason" label={t`Why?`} size="md" data={Object.entries(reasons).map(([value, label]) => ({ value, label }))} data-autofocus />
          <Button type="submit" size="lg" color="red.9">
            {t`Not there`}
          </Button>
          <Button variant="default" size="md" onClick={onClose}>
            {t`Look again`}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}
