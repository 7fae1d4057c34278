import { graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { formatMoney, label, values } from "@crossdock/i18n";
import { reasonOf } from "@crossdock/shell";
import { Empty, Failed, Loading, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Counter } from "../Counter";
import { go } from "../route";
import { ScanField } from "../ScanField";
import { type Counts, scan, signal } from "../scan";
import { useStore } from "../state";
import { Footer } from "./Job";

const ORDER = graphql(`
  query StoreReturnable($number: String!) {
    order(number: $number) {
      id
      number
      customer {
        id
        name
      }
      lines {
        id
        sku
        name
        fulfilled
        returned
        total {
          amount
          currency
        }
      }
    }
  }
`);

const CREATE = graphql(`
  mutation StoreReturnCreate($input: ReturnCreateInput!) {
    returnCreate(input: $input) {
      return {
        id
        number
        lines {
          id
          quantity
        }
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

const RECEIVE = graphql(`
  mutation StoreReturnReceive($input: ReturnReceiveInput!) {
    returnReceive(input: $input) {
      return {
        id
        number
        state
        refund {
          amount
          currency
        }
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

/** How many of a line can come back. */
const most = (line: { fulfilled: number; returned: number }) => line.fulfilled - line.returned;

/** A customer brings something back: it is taken in here at once. Money is given back by the office's rules. */
export function TakeBack({ number }: { number?: string }) {
  const { offline } = useStore();
  return (
    <Page title={t`Returns`}>
      <ScanField label={t`Scan or type the order`} onScan={(code) => go("returns", code.toUpperCase())} />
      {offline && <Notice tone="warn">{t`Returns need a connection: the order must be read first.`}</Notice>}
      {number ? <Found key={number} number={number} /> : <Empty title={t`Which order is it from?`} hint={t`It is on the receipt and on the delivery note.`} />}
    </Page>
  );
}

function Found({ number }: { number: string }) {
  const { data, fault, loading, refresh } = useLive(ORDER, { number });
  if (loading) return <Loading />;
  if (!data) return fault ? <Failed trouble={fault} retry={refresh} /> : null;
  if (!data.order) return <Empty title={t`No order ${number} is known at this site`} hint={t`For orders that other sites sent, ask customer service to start the return.`} />;
  return <Lines order={data.order} />;
}

type Order = NonNullable<ResultOf<typeof ORDER>["order"]>;

function Lines({ order }: { order: Order }) {
  const { site } = useStore();
  const create = useAction(CREATE);
  const receive = useAction(RECEIVE);
  const [counts, setCounts] = useState<Counts>({});
  const [reason, setReason] = useState("DOES_NOT_FIT");
  const [disposition, setDisposition] = useState("RESTOCK");
  const [problem, setProblem] = useState<string | null>(null);
  /** Made, but not taken in: asking again goes on from here. */
  const [announced, setAnnounced] = useState<ResultOf<typeof CREATE>["returnCreate"]["return"]>(null);
  const [done, setDone] = useState<string | null>(null);
  const lines = order.lines.filter((line) => most(line) > 0).map((line) => ({ ...line, barcodes: [] }));
  const chosen = lines.filter((line) => (counts[line.id] ?? 0) > 0);
  const reasons = { DOES_NOT_FIT: t`Does not fit`, NOT_AS_EXPECTED: t`Not as expected`, DAMAGED: t`Damaged or faulty`, WRONG_ITEM: t`Wrong item`, CHANGED_MIND: t`Changed their mind` };

  async function take() {
    setProblem(null);
    const asked = chosen.map((line) => ({ orderLineId: line.id, quantity: counts[line.id] ?? 0, reason }));
    let rma = announced;
    if (!rma) {
      const made = await create.run({ input: { orderId: order.id, method: "IN_STORE", site: site.code, lines: asked } });
      if (!made.ok) return setProblem(reasonOf(made));
      rma = made.payload.return;
      setAnnounced(rma);
    }
    if (!rma) return;
    const back = rma.lines.map((line) => ({ lineId: line.id, quantity: line.quantity, disposition: disposition as "RESTOCK" }));
    const taken = await receive.run({ input: { returnId: rma.id, site: site.code, lines: back } });
    if (!taken.ok) return setProblem(`${t`Return ${rma.number} was made, but not taken in.`} ${reasonOf(taken)}`);
    const refund = taken.payload.return?.refund;
    setDone(refund ? t`Return ${rma.number}: ${formatMoney(refund)} is to be given back.` : t`Return ${rma.number} was taken in.`);
  }

  if (done) {
    return (
      <>
        <Notice tone="good">{done}</Notice>
        <Button size="lg" onClick={() => go("returns")}>
          {t`Next customer`}
        </Button>
      </>
    );
  }
  if (lines.length === 0) return <Empty title={t`Nothing of this order can come back`} />;
  return (
    <>
      <Text fw={600}>
        {order.number} {order.customer && `· ${order.customer.name}`}
      </Text>
      <ScanField
        label={t`Scan what comes back`}
        onScan={(code) => {
          const result = scan(code, lines, counts, most);
          signal(result.found === "counted");
          if (result.found === "counted") setCounts(result.counts);
        }}
      />
      <ul className="list" aria-label={t`Lines`}>
        {lines.map((line) => (
          <Counter key={line.id} line={line} has={counts[line.id] ?? 0} wants={announced ? (counts[line.id] ?? 0) : most(line)} last={false} onCount={(now) => setCounts({ ...counts, [line.id]: now })} />
        ))}
      </ul>
      <Stack>
        <NativeSelect label={t`Why?`} size="md" value={reason} onChange={(event) => setReason(event.currentTarget.value)} data={Object.entries(reasons).map(([value, name]) => ({ value, label: name }))} />
        <NativeSelect
          label={t`What becomes of it?`}
          size="md"
          value={disposition}
          onChange={(event) => setDisposition(event.currentTarget.value)}
          data={values("Disposition").map((value) => ({ value, label: label("Disposition", value) }))}
        />
        {problem && <Notice tone="bad">{problem}</Notice>}
      </Stack>
      <Footer>
        <Button size="lg" fullWidth disabled={chosen.length === 0} loading={create.running || receive.running} onClick={() => void take()}>
          {t`Take it back`}
        </Button>
      </Footer>
    </>
  );
}
