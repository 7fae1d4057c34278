import { graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { formatDate, formatNumber } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { DataTable, Empty } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { FormDialog, upTo } from "../../lib/command";
import { ListCard } from "../../lib/ListCard";
import { useSites } from "./sites";

const EXPECTED = graphql(`
  query ExpectedReceipts($site: String!, $skus: [String!]) {
    expectedReceipts(filter: { site: [$site], sku: $skus, state: [EXPECTED] }, first: 100) {
      nodes {
        id
        reference
        supplier
        expectedOn
        version
        source {
          id
          name
        }
        lines {
          id
          sku
          quantity
          received
        }
      }
    }
  }
`);
const CREATE = graphql(`mutation ExpectedReceiptCreate($input: ExpectedReceiptCreateInput!) { expectedReceiptCreate(input: $input) { receipt { id } userErrors { code message path } } }`);
const RECEIVE = graphql(`mutation ExpectedReceiptReceive($input: ExpectedReceiptReceiveInput!) { expectedReceiptReceive(input: $input) { receipt { id } userErrors { code message path } } }`);
const RESCHEDULE = graphql(`mutation ExpectedReceiptReschedule($input: ExpectedReceiptRescheduleInput!) { expectedReceiptReschedule(input: $input) { receipt { id } userErrors { code message path } } }`);
const CANCEL = graphql(`mutation ExpectedReceiptCancel($input: ExpectedReceiptCancelInput!) { expectedReceiptCancel(input: $input) { receipt { id } userErrors { code message path } } }`);

type Receipt = ResultOf<typeof EXPECTED>["expectedReceipts"]["nodes"][number];
type Verb = "receive" | "reschedule" | "cancel";

/** What is on its way to a site: from suppliers, and from other sites. */
export function ExpectedReceipts({ code, sku }: { code: string; sku?: string }) {
  const { data, fault, loading, refresh } = useLive(EXPECTED, { site: code, skus: sku ? [sku] : null }, { every: 5, types: ["ExpectedReceipt"] });
  const may = useSession().can("ADMIN", "MANAGER", "FULFILLMENT", "STORE_ASSOCIATE");
  const [announcing, setAnnouncing] = useState(false);
  const [asked, ask] = useState<{ verb: Verb; receipt: Receipt } | null>(null);
  const words: Record<Verb, string> = { receive: t`Receive`, reschedule: t`Another day`, cancel: t`Does not come` };
  const verbs = (receipt: Receipt) => (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {(["receive", "reschedule", "cancel"] as const).map((verb) => (
        <Button key={verb} size="compact-xs" variant="default" aria-label={`${words[verb]}: ${receipt.reference}`} onClick={() => ask({ verb, receipt })}>
          {words[verb]}
        </Button>
      ))}
    </Group>
  );
  return (
    <>
      {may && (
        <Group justify="flex-end" mb="xs">
          <Button size="xs" onClick={() => setAnnouncing(true)}>
            {t`Announce goods`}
          </Button>
        </Group>
      )}
      <ListCard live={{ fault, loading, refresh }} found={data?.expectedReceipts} empty={<Empty title={t`Nothing is expected`} />}>
        {(found) => (
          <DataTable
            dense
            label={t`Expected`}
            rows={found.nodes}
            rowId={(row) => row.id}
            columns={[
              { id: "on", header: t`Day`, nowrap: true, cell: (row) => formatDate(row.expectedOn) },
              { id: "reference", header: t`Reference`, heading: true, cell: (row) => row.reference },
              { id: "from", header: t`From`, cell: (row) => row.source?.name ?? row.supplier ?? "–" },
              { id: "goods", header: t`Goods`, cell: (row) => <Text size="sm">{goods(row)}</Text> },
              { id: "verbs", header: t`Actions`, align: "right", cell: (row) => may && verbs(row) },
            ]}
          />
        )}
      </ListCard>
      {announcing && <Announce code={code} onClose={() => setAnnouncing(false)} />}
      {asked?.verb === "receive" && <Receive receipt={asked.receipt} onClose={() => ask(null)} />}
      {asked?.verb === "reschedule" && <Reschedule receipt={asked.receipt} onClose={() => ask(null)} />}
      {asked?.verb === "cancel" && <Cancel receipt={asked.receipt} onClose={() => ask(null)} />}
    </>
  );
}

function goods(receipt: Receipt): string {
  const open = receipt.lines.filter((line) => line.received < line.quantity);
  const named = open.slice(0, 4).map((line) => `${line.sku} ${formatNumber(line.quantity - line.received)}`);
  return [...named, ...(open.length > 4 ? [t`and ${open.length - 4} more`] : [])].join(", ");
}

function Announce({ code, onClose }: { code: string; onClose: () => void }) {
  const { run } = useAction(CREATE);
  const sources = useSites().filter((site) => site.code !== code);
  return (
    <FormDialog
      title={t`Announce goods`}
      fields={[
        { name: "reference", label: t`Reference`, required: true, hint: t`The number of the purchase order or of the delivery note` },
        { name: "expectedOn", label: t`Day`, kind: "date", required: true },
        { name: "supplier", label: t`Supplier` },
        {
          name: "source",
          label: t`Sent by a site`,
          kind: "choice",
          hint: t`A transfer: its stock goes down now`,
          options: [{ value: "", label: t`No: by a supplier` }, ...sources.map((site) => ({ value: site.code, label: site.name }))],
        },
        { name: "lines", label: t`Goods`, kind: "long", required: true, hint: t`On each line a SKU and how many, like TR-1000 12` },
      ]}
      submit={t`Announce`}
      done={t`Announced.`}
      onClose={onClose}
      send={(form) =>
        run({
          input: {
            reference: form.text("reference"),
            site: code,
            source: form.optional("source"),
            supplier: form.optional("supplier"),
            expectedOn: form.text("expectedOn"),
            lines: form.text("lines").split("\n").filter((line) => line.trim()).map(unitsOf),
          },
        })
      }
    />
  );
}

/** "TR-1000 12" as a line; without a number the server says what is wrong with it. */
function unitsOf(line: string) {
  const [, sku = "", quantity = "0"] = /^\s*(.*?)[\s,;]+(\d{1,9})\s*$/.exec(line) ?? [null, line.trim()];
  return { sku, quantity: Number(quantity) };
}

interface Asking {
  receipt: Receipt;
  onClose: () => void;
}

function Receive({ receipt, onClose }: Asking) {
  const { run } = useAction(RECEIVE);
  const open = receipt.lines.filter((line) => line.received < line.quantity);
  return (
    <FormDialog
      title={t`Receive ${receipt.reference}`}
      intro={<Text size="sm">{t`What is here now. The rest may come later.`}</Text>}
      fields={[
        ...open.map((line) => upTo(line.id, line.sku, line.quantity - line.received)),
        { name: "complete", label: t`What is missing does not come any more`, kind: "check" },
      ]}
      submit={t`Received`}
      done={t`Received.`}
      onClose={onClose}
      send={(form) =>
        run({
          input: {
            expectedReceiptId: receipt.id,
            expectedVersion: receipt.version,
            complete: form.check("complete"),
            lines: open.map((line) => ({ sku: line.sku, quantity: form.count(line.id) })).filter((line) => line.quantity > 0),
          },
        })
      }
    />
  );
}

function Reschedule({ receipt, onClose }: Asking) {
  const { run } = useAction(RESCHEDULE);
  return (
    <FormDialog
      title={t`${receipt.reference} comes on another day`}
      fields={[{ name: "expectedOn", label: t`Day`, kind: "date", required: true, initial: receipt.expectedOn }]}
      submit={t`Save`}
      done={t`Saved.`}
      onClose={onClose}
      send={(form) => run({ input: { expectedReceiptId: receipt.id, expectedVersion: receipt.version, expectedOn: form.text("expectedOn") } })}
    />
  );
}

function Cancel({ receipt, onClose }: Asking) {
  const { run } = useAction(CANCEL);
  return (
    <FormDialog
      title={t`${receipt.reference} does not come`}
      intro={receipt.source && <Text size="sm">{t`What was sent and has not come goes back to ${receipt.source.name}.`}</Text>}
      fields={[{ name: "reason", label: t`Reason`, required: true }]}
      submit={t`Does not come`}
      danger
      done={t`Saved.`}
      onClose={onClose}
      send={(form) => run({ input: { expectedReceiptId: receipt.id, expectedVersion: receipt.version, reason: form.text("reason") } })}
    />
  );
}
