import { graphql } from "@crossdock/api";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { Previews, usePreviews } from "./Previews";
import type { RuleSet } from "./queries";

const ORDER_ID = graphql(`query OrderIdOf($number: String!) { order(number: $number) { id } }`);

/** What these sets would decide about an order, side by side. */
export function TryOut({ sets, onClose }: { sets: RuleSet[]; onClose: () => void }) {
  const client = useClient();
  const [number, setNumber] = useState("");
  const [missing, setMissing] = useState(false);
  const { tried, problem, running, compare } = usePreviews();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const answer = await client.query(ORDER_ID, { number: number.trim() }).toPromise();
    const order = answer.data?.order;
    setMissing(!order);
    if (order) await compare(order.id, sets);
  }

  return (
    <Dialog title={t`Try it on an order`} opened onClose={onClose} size="xl">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Group align="flex-end">
            <TextInput
              label={t`Order number`}
              description={t`Of what no site gives yet. Nothing is allocated.`}
              required
              value={number}
              error={missing && t`There is no order of this number.`}
              onChange={(event) => setNumber(event.currentTarget.value)}
              data-autofocus
            />
            <Button type="submit" loading={running}>
              {t`Decide`}
            </Button>
          </Group>
          {problem && <Notice tone="bad">{problem}</Notice>}
          {tried && <Previews of={tried} />}
        </Stack>
      </form>
    </Dialog>
  );
}
