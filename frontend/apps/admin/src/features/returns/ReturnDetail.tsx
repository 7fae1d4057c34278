import { type Outcome, type ResultOf, useAction, useLive } from "@crossdock/api";
import { isZero, label, values } from "@crossdock/i18n";
import { Card, DataTable, DateTime, Empty, Facts, Failed, Loading, Money, Notice, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Text } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { type Field, FormDialog, upTo } from "../../lib/command";
import { report } from "../../lib/tell";
import { RecordAlerts } from "../alerts/RecordAlerts";
import { useSites } from "../inventory/sites";
import { RETURN, RETURN_APPROVE, RETURN_CANCEL, RETURN_RECEIVE, RETURN_REFUND, RETURN_REJECT } from "./queries";

type ReturnData = NonNullable<ResultOf<typeof RETURN>["return"]>;

export function ReturnDetail() {
  const { number } = useParams({ from: "/returns/$number" });
  return <Known key={number} number={number} />;
}

function Known({ number }: { number: string }) {
  const { data, fault, loading, refresh } = useLive(RETURN, { number }, { every: 4 });
  const rma = data?.return;
  const back = (
    <Link to="/returns" className="back">
      <ArrowLeft size={14} aria-hidden />
      {t`Returns`}
    </Link>
  );
  if (!rma) {
    return (
      <Page title={number} back={back}>
        <Card>{loading ? <Loading /> : fault ? <Failed trouble={fault} retry={refresh} /> : <Empty title={t`There is no return ${number}`} />}</Card>
      </Page>
    );
  }
  return (
    <Page title={rma.number} back={back} lead={<StatusBadge of="ReturnState" value={rma.state} />} aside={<Actions rma={rma} />}>
      {fault && <Notice tone="warn">{t`This page is not up to date: the server does not answer.`}</Notice>}
      <RecordAlerts filter={{ returnId: rma.id }} />
      <Card>
        <div className="sums">
          <Facts
            of={[
              [t`Order`, <Link key="o" to="/orders/$number" params={{ number: rma.order.number }}>{rma.order.number}</Link>],
              [t`Customer`, rma.order.customer?.name ?? rma.order.email],
              [t`How`, label("ReturnMethod", rma.method)],
              [t`Site`, rma.site?.name],
              [t`Asked for`, <DateTime key="d" at={rma.createdAt} />],
            ]}
          />
          <Facts
            of={[
              [t`Refund`, <b key="r"><Money of={rma.refund} /></b>],
              [
                t`Credit note`,
                rma.creditNote && (
                  <a href={new URL(rma.creditNote.documentUrl, location.origin).pathname} target="_blank" rel="noreferrer">
                    {rma.creditNote.number}
                  </a>
                ),
              ],
              [t`Exchange`, rma.exchangeOrder && <Link to="/orders/$number" params={{ number: rma.exchangeOrder.number }}>{rma.exchangeOrder.number}</Link>],
            ]}
          />
        </div>
      </Card>
      <Card title={t`Lines`} count={rma.lines.length} flush>
        <DataTable
          label={t`Lines`}
          rows={rma.lines}
          rowId={(line) => line.id}
          columns={[
            {
              id: "name",
              header: t`Product`,
              heading: true,
              cell: (line) => (
                <>
                  <Text size="sm" fw={550}>
                    {line.orderLine.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {line.orderLine.sku}
                  </Text>
                </>
              ),
            },
            { id: "reason", header: t`Reason`, cell: (line) => line.reason },
            { id: "quantity", header: t`Announced`, align: "right", cell: (line) => line.quantity },
            { id: "received", header: t`Received`, align: "right", cell: (line) => line.received },
            { id: "disposition", header: t`What becomes of it`, cell: (line) => (line.disposition ? label("Disposition", line.disposition) : "–") },
            { id: "refund", header: t`Refund`, align: "right", cell: (line) => (isZero(line.refund) ? "–" : <Money of={line.refund} />) },
          ]}
        />
      </Card>
    </Page>
  );
}

type Verb = "returnApprove" | "returnReject" | "returnReceive" | "returnRefund" | "returnCancel";
const VERBS: Verb[] = ["returnApprove", "returnReceive", "returnRefund", "returnReject", "returnCancel"];

function Actions({ rma }: { rma: ReturnData }) {
  const approve = useAction(RETURN_APPROVE);
  const [asking, setAsking] = useState<Verb | null>(null);
  const possible = VERBS.filter((verb) => rma.availableActions.some((action) => action.action === verb && action.enabled) && (verb !== "returnReceive" || rma.lines.some((line) => line.received < line.quantity)));
  async function begin(verb: Verb) {
    if (verb !== "returnApprove") return setAsking(verb);
    report((await approve.run({ input: { returnId: rma.id, expectedVersion: rma.version } })) as Outcome<unknown>, t`The return was approved.`);
  }
  return (
    <Group gap="xs">
      {possible.map((verb, place) => (
        <Button key={verb} variant={place === 0 && verb !== "returnCancel" ? "filled" : "default"} loading={verb === "returnApprove" && approve.running} onClick={() => void begin(verb)}>
          {label("Action", verb)}
        </Button>
      ))}
      {asking === "returnReceive" && <Receive rma={rma} onClose={() => setAsking(null)} />}
      {asking === "returnRefund" && <Refund rma={rma} onClose={() => setAsking(null)} />}
      {asking === "returnReject" && <WithReason verb={asking} rma={rma} onClose={() => setAsking(null)} />}
      {asking === "returnCancel" && <WithReason verb={asking} rma={rma} onClose={() => setAsking(null)} />}
    </Group>
  );
}

interface Asking {
  rma: ReturnData;
  onClose: () => void;
}

function Receive({ rma, onClose }: Asking) {
  const { run } = useAction(RETURN_RECEIVE);
  const sites = useSites().filter((site) => site.capabilities.includes("RETURNS"));
  const open = rma.lines.filter((line) => line.received < line.quantity);
  if (sites.length === 0) return null;
  return (
    <FormDialog
      title={t`Receive ${rma.number}`}
      size="lg"
      intro={<Text size="sm">{t`What is here now. The rest may come later.`}</Text>}
      fields={[
        { name: "site", label: t`Here`, kind: "choice", required: true, initial: rma.site?.code, options: sites.map((site) => ({ value: site.code, label: site.name })) },
        ...open.flatMap((line): Field[] => {
          return [
            upTo(line.id, `${line.orderLine.name} (${line.orderLine.sku})`, line.quantity - line.received),
            {
              name: `${line.id}.disposition`,
              label: t`What becomes of it`,
              kind: "choice",
              options: values("Disposition").map((value) => ({ value, label: label("Disposition", value) })),
            },
          ];
        }),
      ]}
      submit={t`Received`}
      done={t`Received.`}
      onClose={onClose}
      send={(form) =>
        run({
          input: {
            returnId: rma.id,
            site: form.text("site"),
            lines: open
              .map((line) => ({ lineId: line.id, quantity: form.count(line.id), disposition: form.text(`${line.id}.disposition`) as "RESTOCK" }))
              .filter((line) => line.quantity > 0),
          },
        })
      }
    />
  );
}

function Refund({ rma, onClose }: Asking) {
  const { run } = useAction(RETURN_REFUND);
  return (
    <FormDialog
      title={t`Refund ${rma.number}`}
      intro={
        <Text size="sm">
          {t`Due for what was received`}: <Money of={rma.refund} />
        </Text>
      }
      fields={[{ name: "amount", label: t`Amount in ${rma.refund.currency}`, kind: "amount", hint: t`Empty for all that is due` }]}
      submit={t`Refund`}
      done={t`The refund is on its way.`}
      onClose={onClose}
      send={(form) => run({ input: { returnId: rma.id, amount: form.optional("amount") } })}
    />
  );
}

function WithReason({ rma, verb, onClose }: Asking & { verb: "returnReject" | "returnCancel" }) {
  const reject = useAction(RETURN_REJECT);
  const cancel = useAction(RETURN_CANCEL);
  const rejecting = verb === "returnReject";
  return (
    <FormDialog
      title={rejecting ? t`Reject ${rma.number}` : t`Cancel ${rma.number}`}
      fields={[{ name: "reason", label: t`Reason`, required: true }]}
      submit={rejecting ? t`Reject` : t`Cancel the return`}
      danger
      done={rejecting ? t`Rejected.` : t`Cancelled.`}
      onClose={onClose}
      send={async (form) => (await (rejecting ? reject : cancel).run({ input: { returnId: rma.id, reason: form.text("reason") } })) as Outcome<unknown>}
    />
  );
}
