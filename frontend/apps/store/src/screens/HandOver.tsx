import { Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useStore } from "../state";
import type { Job } from "../work";
import { Footer, Lines } from "./Job";

/** The customer says the code that they were told. The server compares: the code is never shown here. */
export function HandOver({ job }: { job: Job }) {
  const { outbox, offline } = useStore();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const pickupCode = String(new FormData(event.currentTarget).get("code")).trim();
    void outbox.add({ verb: "shippingOrderHandOver", input: { shippingOrderId: job.id, pickupCode }, number: job.number });
  }
  return (
    <form onSubmit={submit}>
      <Lines job={job} />
      {offline && <Notice tone="warn">{t`The code cannot be checked without a connection. Ask for a document with the name ${job.order.customer?.name ?? "–"}, or wait.`}</Notice>}
      <TextInput name="code" label={t`The customer’s code`} size="lg" mt="md" required withAsterisk={false} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
      <Footer>
        <Button type="submit" size="lg" fullWidth>
          {t`Hand over`}
        </Button>
      </Footer>
    </form>
  );
}
