import { type Outcome, type ResultOf, useAction, useLive } from "@crossdock/api";
import { formatMoney, isZero, label } from "@crossdock/i18n";
import { Ago, Card, DataTable, DateTime, Empty, Facts, Failed, Loading, Money, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { useSession } from "@crossdock/shell";
import { PAYMENT_AUTHORIZE, PAYMENT_CAPTURE, PAYMENT_REFUND, PAYMENT_VOID } from "./mutations";
import { AddPayment, type OrderDetailData } from "./OrderActions";
import { ORDER_PAYMENTS } from "./orderQuery";

type Payment = NonNullable<ResultOf<typeof ORDER_PAYMENTS>["order"]>["payments"][number];

export function OrderPayments({ order }: { order: OrderDetailData }) {
  const { can } = useSession();
  const may = can("ADMIN", "MANAGER", "CUSTOMER_SERVICE", "FINANCE", "CHANNEL");
  const { data, fault, refresh } = useLive(ORDER_PAYMENTS, { number: order.number }, { every: 4, pause: !may });
  const [adding, setAdding] = useState(false);
  const addable = order.availableActions.some((action) => action.action === "paymentAdd" && action.enabled);
  const payments = data?.order?.payments;
  return (
    <Stack>
      {!may ? (
        <Card title={t`Payments`}>
          <Failed trouble={{ kind: "forbidden", message: "" }} />
        </Card>
      ) : !payments ? (
        <Card title={t`Payments`}>{fault ? <Failed trouble={fault} retry={refresh} /> : <Loading rows={4} />}</Card>
      ) : payments.length === 0 ? (
        <Card title={t`Payments`}>
          <Empty title={t`No payment yet`} />
        </Card>
      ) : (
        payments.map((payment) => <Tender key={payment.id} payment={payment} />)
      )}
      {may && addable && (
        <Button variant="default" style={{ alignSelf: "flex-start" }} onClick={() => setAdding(true)}>
          {t`Add payment`}
        </Button>
      )}
      {adding && <AddPayment order={order} onClose={() => setAdding(false)} />}
      <Card title={t`Invoices`} count={order.invoices.length} flush>
        {order.invoices.length === 0 ? (
          <Empty title={t`No invoice yet`} />
        ) : (
          <DataTable
            label={t`Invoices`}
            rows={order.invoices}
            rowId={(row) => row.id}
            columns={[
              {
                id: "number",
                header: t`Number`,
                heading: true,
                cell: (row) => (
                  <a href={ownPath(row.documentUrl)} target="_blank" rel="noreferrer">
                    {row.number}
                  </a>
                ),
              },
              { id: "kind", header: t`Kind`, cell: (row) => label("InvoiceKind", row.kind) },
              { id: "at", header: t`Issued`, cell: (row) => <DateTime at={row.issuedAt} /> },
              { id: "total", header: t`Total`, align: "right", cell: (row) => <Money of={row.total} /> },
            ]}
          />
        )}
      </Card>
    </Stack>
  );
}

/** Documents come from this very server, whatever name it gives itself. */
function ownPath(url: string): string {
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

function Tender({ payment }: { payment: Payment }) {
  const [verb, setVerb] = useState<Verb | null>(null);
  const possible = verbsOf(payment);
  return (
    <Card
      title={`${label("PaymentMethodKind", payment.method)} · ${formatMoney(payment.amount)}`}
      aside={
        <Group gap="xs">
          <StatusBadge of="PaymentStatus" value={payment.status} />
          {possible.map((one) => (
            <Button key={one} size="compact-sm" variant="default" onClick={() => setVerb(one)}>
              {words(one)}
            </Button>
          ))}
        </Group>
      }
      flush
    >
      <div className="cd-card-body">
        <Facts
          of={[
            [t`Gateway`, payment.gateway],
            [t`Authorized`, !isZero(payment.authorized) && <Money of={payment.authorized} />],
            [t`Captured`, !isZero(payment.captured) && <Money of={payment.captured} />],
            [t`Refunded`, !isZero(payment.refunded) && <Money of={payment.refunded} />],
            [t`Authorization ends`, payment.authorizationExpiresAt && <Ago at={payment.authorizationExpiresAt} />],
          ].map(([name, value]) => [name as string, value || null])}
        />
      </div>
      {payment.transactions.length > 0 && (
        <DataTable
          dense
          label={t`Transactions`}
          rows={payment.transactions}
          rowId={(row) => row.id}
          columns={[
            { id: "kind", header: t`Transaction`, heading: true, cell: (row) => label("TransactionKind", row.kind) },
            {
              id: "state",
              header: t`State`,
              cell: (row) => (
                <>
                  <StatusBadge of="TransactionState" value={row.state} />
                  {row.failure && (
                    <Text size="xs" c="dimmed" mt={2}>
                      {row.failure}
                    </Text>
                  )}
                </>
              ),
            },
            { id: "at", header: t`When`, cell: (row) => <DateTime at={row.at} /> },
            { id: "reference", header: t`Gateway’s reference`, cell: (row) => <code>{row.gatewayReference ?? "–"}</code> },
            { id: "amount", header: t`Amount`, align: "right", cell: (row) => <Money of={row.amount} /> },
          ]}
        />
      )}
      {verb && <Ask verb={verb} payment={payment} onClose={() => setVerb(null)} />}
    </Card>
  );
}

type Verb = "authorize" | "capture" | "void" | "refund";

function verbsOf({ status }: Payment): Verb[] {
  switch (status) {
    case "UNPAID":
    case "FAILED":
      return ["authorize"];
    case "AUTHORIZED":
      return ["capture", "void"];
    case "PARTIALLY_CAPTURED":
      return ["capture", "refund"];
    case "CAPTURED":
    case "PARTIALLY_REFUNDED":
      return ["refund"];
    default:
      return [];
  }
}

function words(verb: Verb): string {
  return { authorize: t`Authorize`, capture: t`Capture`, void: t`Void`, refund: t`Refund` }[verb];
}

function Ask({ verb, payment, onClose }: { verb: Verb; payment: Payment; onClose: () => void }) {
  const authorize = useAction(PAYMENT_AUTHORIZE);
  const capture = useAction(PAYMENT_CAPTURE);
  const cancel = useAction(PAYMENT_VOID);
  const refund = useAction(PAYMENT_REFUND);
  const run = { authorize: authorize.run, capture: capture.run, void: cancel.run, refund: refund.run }[verb];
  return (
    <FormDialog
      title={words(verb)}
      intro={<Text size="sm">{`${label("PaymentMethodKind", payment.method)} · ${formatMoney(payment.amount)} · ${payment.gateway}`}</Text>}
      fields={verb === "void" ? [] : [{ name: "amount", label: t`Amount in ${payment.amount.currency}`, kind: "amount", hint: t`Empty for all that is possible` }]}
      submit={words(verb)}
      danger={verb === "void" || verb === "refund"}
      done={t`Asked of the gateway.`}
      onClose={onClose}
      send={async (values) => (await run({ input: { paymentId: payment.id, amount: values.optional("amount") } })) as Outcome<unknown>}
    />
  );
}
