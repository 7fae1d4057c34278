import { type Enum, graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { formatMoney, label, values } from "@crossdock/i18n";
import { reasonOf } from "@crossdock/shell";
import { Empty, Failed, Loading, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, NativeSelect, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
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
      }
    }
    return(number: $number) {
      id
      number
      state
      order {
        id
        number
        customer {
          id
          name
        }
      }
      lines {
        id
        quantity
        received
        orderLine {
          id
          sku
          name
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

/** A customer brings something back: it is taken in here at once. Money is given back by the office's rules. */
export function TakeBack({ number }: { number?: string }) {
  const { offline } = useStore();
  return (
    <Page title={t`Returns`}>
      <ScanField label={t`Scan or type the order`} onScan={(code) => go("returns", code.toUpperCase())} />
      {offline && <Notice tone="warn">{t`Returns need a connection: the order must be read first.`}</Notice>}
      {number ? <Lookup key={number} number={number} /> : <Empty title={t`Which order is it from?`} hint={t`It is on the receipt and on the delivery note.`} />}
    </Page>
  );
}

function Lookup({ number }: { number: string }) {
  const { data, fault, loading, refresh } = useLive(ORDER, { number });
  if (loading) return <Loading />;
  if (!data) return fault ? <Failed trouble={fault} retry={refresh} /> : null;
  if (data.return) return <Announced rma={data.return} />;
  if (!data.order) return <Empty title={t`No order ${number} is known at this site`} hint={t`For orders that other sites sent, ask customer service to start the return.`} />;
  return <Lines order={data.order} />;
}

type Found = ResultOf<typeof ORDER>;

/** Brought to the counter: the return is made and, where one may approve it, taken in at once. */
function Lines({ order }: { order: NonNullable<Found["order"]> }) {
  const { site } = useStore();
  const create = useAction(CREATE);
  const receive = useReceive();
  const [reason, setReason] = useState("DOES_NOT_FIT");
  const [made, setMade] = useState<ResultOf<typeof CREATE>["returnCreate"]["return"]>(null);
  const reasons = { DOES_NOT_FIT: t`Does not fit`, NOT_AS_EXPECTED: t`Not as expected`, DAMAGED: t`Damaged or faulty`, WRONG_ITEM: t`Wrong item`, CHANGED_MIND: t`Changed their mind` };

  async function take(chosen: Chosen[], disposition: Disposition): Promise<Told> {
    let rma = made;
    if (!rma) {
      const lines = chosen.map(({ id, quantity }) => ({ orderLineId: id, quantity, reason }));
      const outcome = await create.run({ input: { orderId: order.id, method: "IN_STORE", site: site.code, lines } });
      if (!outcome.ok) return { tone: "bad", text: reasonOf(outcome) };
      rma = outcome.payload.return;
      setMade(rma);
    }
    return rma ? receive(rma, rma.lines, disposition) : { tone: "bad", text: "" };
  }

  const lines = order.lines.map((line) => ({ ...line, barcodes: [], most: line.fulfilled - line.returned }));
  return (
    <Counting title={order.number} customer={order.customer?.name} lines={lines} take={take}>
      <NativeSelect label={t`Why?`} size="md" value={reason} onChange={(event) => setReason(event.currentTarget.value)} data={Object.entries(reasons).map(([value, name]) => ({ value, label: name }))} />
    </Counting>
  );
}

/** Asked for before, and approved: what comes back of it is taken in. */
function Announced({ rma }: { rma: NonNullable<Found["return"]> }) {
  const receive = useReceive();
  if (rma.state === "WAITING_APPROVAL") return <Notice tone="warn">{t`Return ${rma.number} waits for the office to approve it. Keep the goods aside.`}</Notice>;
  const lines = rma.lines.map((line) => ({ ...line.orderLine, id: line.id, barcodes: [], most: line.quantity - line.received }));
  return <Counting title={rma.number} customer={rma.order.customer?.name} lines={lines} take={(chosen, disposition) => receive(rma, chosen, disposition)} />;
}

type Disposition = Enum<"Disposition">;
type Chosen = { id: string; quantity: number };
type Told = { tone: "good" | "warn" | "bad"; text: string };

function useReceive() {
  const { site } = useStore();
  const { run } = useAction(RECEIVE);
  return async (rma: { id: string; number: string }, chosen: readonly Chosen[], disposition: Disposition): Promise<Told> => {
    const lines = chosen.map(({ id, quantity }) => ({ lineId: id, quantity, disposition }));
    const outcome = await run({ input: { returnId: rma.id, site: site.code, lines } });
    if (outcome.ok) {
      const refund = outcome.payload.return?.refund;
      return { tone: "good", text: refund ? t`Return ${rma.number}: ${formatMoney(refund)} is to be given back.` : t`Return ${rma.number} was taken in.` };
    }
    if (outcome.errors.some((error) => error.code === "NOT_PERMITTED")) {
      return { tone: "warn", text: t`Return ${rma.number} waits for the office to approve it. Keep the goods aside.` };
    }
    return { tone: "bad", text: reasonOf(outcome) };
  };
}

interface CountingProps {
  title: string;
  customer?: string;
  lines: { id: string; sku: string; name: string; barcodes: string[]; most: number }[];
  take: (chosen: Chosen[], disposition: Disposition) => Promise<Told>;
  children?: ReactNode;
}

function Counting({ title, customer, lines: all, take, children }: CountingProps) {
  const [counts, setCounts] = useState<Counts>({});
  const [disposition, setDisposition] = useState<Disposition>("RESTOCK");
  const [told, setTold] = useState<Told | null>(null);
  const [running, setRunning] = useState(false);
  const lines = all.filter((line) => line.most > 0);
  const chosen = lines.map(({ id }) => ({ id, quantity: counts[id] ?? 0 })).filter((line) => line.quantity > 0);

  async function submit() {
    setRunning(true);
    setTold(await take(chosen, disposition));
    setRunning(false);
  }

  if (told && told.tone !== "bad") {
    return (
      <>
        <Notice tone={told.tone}>{told.text}</Notice>
        <Button size="lg" onClick={() => go("returns")}>
          {t`Next customer`}
        </Button>
      </>
    );
  }
  if (lines.length === 0) return <Empty title={t`Nothing of this order can come back`} />;
  return (
    <>
      <Text fw={600}>{[title, customer].filter(Boolean).join(" · ")}</Text>
      <ScanField
        label={t`Scan what comes back`}
        onScan={(code) => {
          const result = scan(code, lines, counts, (line) => line.most);
          signal(result.found === "counted");
          if (result.found === "counted") setCounts(result.counts);
        }}
      />
      <ul className="list" aria-label={t`Lines`}>
        {lines.map((line) => (
          <Counter key={line.id} line={line} has={counts[line.id] ?? 0} wants={line.most} last={false} onCount={(now) => setCounts({ ...counts, [line.id]: now })} />
        ))}
      </ul>
      <Stack>
        {children}
        <NativeSelect
          label={t`What becomes of it?`}
          size="md"
          value={disposition}
          onChange={(event) => setDisposition(event.currentTarget.value as Disposition)}
          data={values("Disposition").map((value) => ({ value, label: label("Disposition", value) }))}
        />
        {told && <Notice tone="bad">{told.text}</Notice>}
      </Stack>
      <Footer>
        <Button size="lg" fullWidth disabled={chosen.length === 0} loading={running} onClick={() => void submit()}>
          {t`Take it back`}
        </Button>
      </Footer>
    </>
  );
}
