import { useAction, useLive } from "@crossdock/api";
import { reasonOf, useSession } from "@crossdock/shell";
import { Card, Empty, Failed, Loading, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { complain, tell } from "../../lib/tell";
import { asked, chosen, type Draft, exchanged, type ReturnableOrder } from "./asking";
import { RETURN_APPROVE, RETURN_CREATE, RETURN_PREVIEW, RETURNABLE } from "./queries";
import { Instead, ReturnSums, useReturnSums, WayBack, WhatComesBack } from "./ReturnParts";

/** A return or an exchange: what comes back and why, how, what is given for it, and what that comes to. */
export function NewReturn() {
  const { order: number } = useSearch({ from: "/returns/new" });
  const back = number ? (
    <Link to="/orders/$number" params={{ number }} search={{ tab: "returns" }} className="back">
      <ArrowLeft size={14} aria-hidden />
      {number}
    </Link>
  ) : (
    <Link to="/returns" className="back">
      <ArrowLeft size={14} aria-hidden />
      {t`Returns`}
    </Link>
  );
  return (
    <Page title={t`New return`} back={back}>
      {number ? <OfOrder key={number} number={number} /> : <FindOrder />}
    </Page>
  );
}

function FindOrder({ missing = "" }: { missing?: string }) {
  const navigate = useNavigate();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const number = String(new FormData(event.currentTarget).get("number") ?? "").trim();
    if (number) void navigate({ to: "/returns/new", search: { order: number } });
  }
  return (
    <Card>
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput name="number" label={t`Order number`} required defaultValue={missing} error={missing && t`There is no order of this number.`} autoComplete="off" spellCheck={false} data-autofocus />
          <Button type="submit">{t`Go on`}</Button>
        </Group>
      </form>
    </Card>
  );
}

function OfOrder({ number }: { number: string }) {
  const { data, fault, refresh } = useLive(RETURNABLE, { number });
  if (!data && fault) return <Failed trouble={fault} retry={refresh} />;
  if (!data) return <Loading />;
  const { order } = data;
  if (!order) return <FindOrder missing={number} />;
  const may = order.availableActions.find((action) => action.action === "returnCreate");
  if (!may?.enabled || !order.lines.some((line) => line.returnable > 0)) {
    return (
      <Card>
        <Empty title={t`Nothing of this order can come back now`} hint={may?.reason || t`Only what was delivered and is not on its way back already.`} />
      </Card>
    );
  }
  return <Form order={order} />;
}

const EMPTY: Draft = { units: {}, reasons: {}, method: "SHIP", site: "", instead: "MONEY", other: [{ id: 0, sku: "", quantity: 1, unitPrice: "" }] };

function Form({ order }: { order: ReturnableOrder }) {
  const navigate = useNavigate();
  const mayApprove = useSession().can("ADMIN", "MANAGER", "CUSTOMER_SERVICE");
  const client = useClient();
  const create = useAction(RETURN_CREATE);
  const approve = useAction(RETURN_APPROVE);
  const [draft, setDraft] = useState(EMPTY);
  const [problem, setProblem] = useState<string | null>(null);
  const sums = useReturnSums(order, draft);
  const change = (next: Partial<Draft>) => setDraft((now) => ({ ...now, ...next }));
  const none = chosen(order, draft).length === 0;

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const approving = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value") === "approve";
    setProblem(null);
    // What stands on the page may be a key behind.
    const worth = draft.instead === "SAME" ? (await client.query(RETURN_PREVIEW, { input: asked(order, draft) }).toPromise()).data?.returnPreview.lines : undefined;
    const exchangeLines = exchanged(order, draft, worth);
    if (draft.instead !== "MONEY" && !exchangeLines?.length) return setProblem(t`It is not said yet which goods are given instead.`);
    const made = await create.run({ input: { ...asked(order, draft), exchangeLines } });
    if (!made.ok) return setProblem(reasonOf(made));
    const rma = made.payload.return;
    if (!rma) return;
    if (approving) {
      const approved = await approve.run({ input: { returnId: rma.id, expectedVersion: rma.version } });
      if (!approved.ok) complain(reasonOf(approved));
    }
    tell(t`Return ${rma.number} is made.`);
    void navigate({ to: "/returns/$number", params: { number: rma.number } });
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <WhatComesBack order={order} draft={draft} change={change} />
        <WayBack draft={draft} change={change} />
        <Instead channel={order.channel.code} draft={draft} change={change} />
        <ReturnSums sums={sums} none={none} />
        {problem && <Notice tone="bad">{problem}</Notice>}
        <Group justify="flex-end" gap="xs">
          <Button type="submit" variant={mayApprove ? "default" : "filled"} value="ask" disabled={none} loading={create.running}>
            {t`Ask for the return`}
          </Button>
          {mayApprove && (
            <Button type="submit" value="approve" disabled={none} loading={create.running || approve.running}>
              {t`Ask and approve`}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
