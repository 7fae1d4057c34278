import { Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Kept, useKept } from "../kept";
import { ScanField } from "../ScanField";
import { signal } from "../scan";
import { useStore } from "../state";
import { type Job } from "../work";
import { Footer } from "./Job";

/** Most sites have one carrier: the last one is the first guess. */
const lastCarrier = new Kept("crossdock.store.carrier", "");

/** Scan the label of each package while it goes to the carrier. */
export function Ship({ job }: { job: Job }) {
  const { outbox } = useStore();
  const carrier = useKept(lastCarrier);
  const [numbers, setNumbers] = useState<string[]>([]);
  const boxes = job.shipments.length;

  function read(code: string) {
    const fits = !numbers.includes(code) && numbers.length < boxes;
    signal(fits);
    if (fits) setNumbers([...numbers, code]);
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const chosen = String(new FormData(event.currentTarget).get("carrier")).trim();
    lastCarrier.set(chosen);
    const trackingNumbers = numbers.length > 0 ? numbers : undefined;
    void outbox.add({
      verb: "shippingOrderShip",
      input: { shippingOrderId: job.id, carrier: chosen, service: job.shippingMethod ?? undefined, trackingNumbers },
      number: job.number,
    });
  }

  return (
    <>
      <ScanField label={t`Scan the labels`} onScan={read} />
      <ul className="list" aria-label={t`Packages`}>
        {job.shipments.map((shipment, place) => (
          <li key={shipment.id} className="line" data-full={numbers[place] ? "" : undefined}>
            <span className="line-count">{place + 1}</span>
            <span className="line-name">
              {numbers[place] ?? shipment.trackingNumber ?? t`no label scanned`}
              <span className="line-sku">{shipment.lines.map((line) => `${line.quantity} × ${line.sku}`).join(", ")}</span>
            </span>
            {shipment.labelUrl && (
              <a href={shipment.labelUrl} target="_blank" rel="noreferrer">
                {t`Print the label`}
              </a>
            )}
          </li>
        ))}
      </ul>
      {numbers.length > 0 && (
        <Button variant="subtle" size="md" onClick={() => setNumbers([])}>
          {t`Scan the labels again`}
        </Button>
      )}
      <form onSubmit={submit}>
        <Stack>
          <TextInput name="carrier" label={t`Carrier`} size="md" required withAsterisk={false} defaultValue={job.shipments[0]?.carrier || carrier} autoComplete="off" />
          {numbers.length > 0 && numbers.length < boxes && <Notice tone="warn">{t`${boxes - numbers.length} packages have no label yet.`}</Notice>}
        </Stack>
        <Footer>
          <Button type="submit" size="lg" fullWidth disabled={numbers.length > 0 && numbers.length < boxes}>
            {boxes === 1 ? t`Handed to the carrier` : t`${boxes} packages handed to the carrier`}
          </Button>
        </Footer>
      </form>
    </>
  );
}
