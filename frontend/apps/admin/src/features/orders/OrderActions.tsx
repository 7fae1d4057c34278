import { type Outcome, type ResultOf, useAction } from "@crossdock/api";
import { formatMoney, label, values } from "@crossdock/i18n";
import { Facts } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Menu, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { type Field, FormDialog, upTo } from "../../lib/command";
import { report } from "../../lib/tell";
import * as m from "./mutations";
import type { ORDER } from "./orderQuery";

export type OrderDetailData = NonNullable<ResultOf<typeof ORDER>["order"]>;

/** Those that move the order on, in the order of its life: the first possible one is the big button. */
const FORWARD = ["orderResume", "orderSubmit", "orderComplete", "orderApprove", "orderAllocate", "orderContinue", "orderFile"];
/** Those that stand where they belong on the page. */
const ELSEWHERE = ["orderNoteAdd", "orderTagsUpdate", "paymentAdd"];

export function OrderActions({ order }: { order: OrderDetailData }) {
  const [asking, setAsking] = useState<string | null>(null);
  const { act, running } = usePlainVerbs(order);
  const navigate = useNavigate();
  const actions = order.availableActions.filter((action) => !ELSEWHERE.includes(action.action));
  const next = FORWARD.map((name) => actions.find((action) => action.action === name && action.enabled)).find(Boolean);
  const rest = actions.filter((action) => action !== next);
  const enabled = rest.filter((action) => action.enabled);
  const disabled = rest.filter((action) => !action.enabled);

  function begin(action: string) {
    if (action in PLAIN) void act(action as PlainVerb);
    else if (action === "returnCreate") void navigate({ to: "/returns/new", search: { order: order.number } });
    else setAsking(action);
  }

  return (
    <Group gap="xs">
      {next && (
        <Button onClick={() => begin(next.action)} loading={running}>
          {label("Action", next.action)}
        </Button>
      )}
      {rest.length > 0 && (
      <Menu position="bottom-end" withinPortal width={270}>
        <Menu.Target>
          <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
            {t`Actions`}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {enabled.map((action) => (
            <Menu.Item key={action.action} onClick={() => begin(action.action)} color={action.action === "orderCancel" ? "var(--cd-bad)" : undefined}>
              {label("Action", action.action)}
            </Menu.Item>
          ))}
          {enabled.length > 0 && disabled.length > 0 && <Menu.Divider />}
          {disabled.map((action) => (
            <Menu.Item key={action.action} disabled>
              {label("Action", action.action)}
              <Text size="xs" c="dimmed" style={{ whiteSpace: "normal" }}>
                {whyNot(action.action, action.reason, order)}
              </Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      )}
      {asking && <Asked verb={asking} order={order} onClose={() => setAsking(null)} />}
    </Group>
  );
}

/** The server's reason names the verb and the state as the API spells them. */
function whyNot(action: string, reason: string | null, order: OrderDetailData): string {
  if (!reason) return "";
  const state = label("OrderState", order.state);
  if (reason.startsWith(`${action} is not possible in state`)) return t`Not while it is “${state}”.`;
  if (reason.startsWith(`${action} is not possible while`)) return t`Not while it is suspended.`;
  return reason;
}

const PLAIN = {
  orderSubmit: m.ORDER_SUBMIT,
  orderComplete: m.ORDER_COMPLETE,
  orderApprove: m.ORDER_APPROVE,
  orderAllocate: m.ORDER_ALLOCATE,
  orderContinue: m.ORDER_CONTINUE,
  orderFile: m.ORDER_FILE,
  orderResume: m.ORDER_RESUME,
} as const;
type PlainVerb = keyof typeof PLAIN;

/** Verbs that need to be told nothing. */
function usePlainVerbs(order: OrderDetailData) {
  const submit = useAction(m.ORDER_SUBMIT);
  const complete = useAction(m.ORDER_COMPLETE);
  const approve = useAction(m.ORDER_APPROVE);
  const allocate = useAction(m.ORDER_ALLOCATE);
  const goOn = useAction(m.ORDER_CONTINUE);
  const file = useAction(m.ORDER_FILE);
  const resume = useAction(m.ORDER_RESUME);
  const by = { orderSubmit: submit, orderComplete: complete, orderApprove: approve, orderAllocate: allocate, orderContinue: goOn, orderFile: file, orderResume: resume };
  const input = { orderId: order.id, expectedVersion: order.version };
  return {
    act: async (verb: PlainVerb) => {
      const what = label("Action", verb);
      report((await by[verb].run({ input })) as Outcome<unknown>, t`${what}: done.`);
    },
    running: Object.values(by).some((one) => one.running),
  };
}

function Asked({ verb, order, onClose }: { verb: string; order: OrderDetailData; onClose: () => void }) {
  switch (verb) {
    case "orderSuspend":
      return <Suspend order={order} onClose={onClose} />;
    case "orderCancel":
      return <Cancel order={order} onClose={onClose} />;
    case "orderAppease":
      return <Appease order={order} onClose={onClose} />;
    case "orderEdit":
      return <Edit order={order} onClose={onClose} />;
    default:
      return null;
  }
}

interface Asking {
  order: OrderDetailData;
  onClose: () => void;
}

function Suspend({ order, onClose }: Asking) {
  const { run } = useAction(m.ORDER_SUSPEND);
  return (
    <FormDialog
      title={t`Suspend the order`}
      intro={<Text size="sm">{t`Nothing happens to it by itself until it is resumed.`}</Text>}
      fields={[
        { name: "reason", label: t`Reason`, required: true },
        { name: "note", label: t`Note`, kind: "long" },
      ]}
      submit={t`Suspend`}
      done={t`The order is suspended.`}
      onClose={onClose}
      send={(values) => run({ input: { orderId: order.id, expectedVersion: order.version, reason: values.text("reason"), note: values.optional("note") } })}
    />
  );
}

function Cancel({ order, onClose }: Asking) {
  const { run } = useAction(m.ORDER_CANCEL);
  const open = order.lines.filter((line) => line.quantity - line.cancelled - line.fulfilled > 0);
  return (
    <FormDialog
      title={t`Cancel the order`}
      size="lg"
      intro={<Text size="sm">{t`How many of each line are cancelled. What was paid for them is given back. What has left the building cannot be cancelled.`}</Text>}
      fields={[
        { name: "reason", label: t`Reason`, required: true },
        ...open.map((line) => upTo(line.id, `${line.name} (${line.sku})`, line.quantity - line.cancelled - line.fulfilled)),
      ]}
      submit={t`Cancel order`}
      danger
      done={t`Cancelled.`}
      onClose={onClose}
      send={(values) => {
        const lines = open.map((line) => ({ lineId: line.id, quantity: values.count(line.id) })).filter((line) => line.quantity > 0);
        const everything = open.every((line) => values.count(line.id) === line.quantity - line.cancelled - line.fulfilled);
        return run({
          input: { orderId: order.id, expectedVersion: order.version, reason: values.text("reason"), lines: everything ? undefined : lines },
        });
      }}
    />
  );
}

function Appease({ order, onClose }: Asking) {
  const { run } = useAction(m.ORDER_APPEASE);
  return (
    <FormDialog
      title={t`Appease the customer`}
      intro={<Text size="sm">{t`Gives money back without goods coming back. Larger amounts need a manager.`}</Text>}
      fields={[
        { name: "amount", label: t`Amount in ${order.currency}`, kind: "amount", required: true },
        { name: "reason", label: t`Reason`, required: true },
      ]}
      submit={t`Give back`}
      done={t`The refund is on its way.`}
      onClose={onClose}
      send={(values) => run({ input: { orderId: order.id, amount: values.text("amount"), reason: values.text("reason") } })}
    />
  );
}

function Edit({ order, onClose }: Asking) {
  const { run } = useAction(m.ORDER_EDIT);
  const address = order.shippingAddress;
  return (
    <FormDialog
      title={t`Edit the order`}
      size="lg"
      fields={[
        ...order.lines.map((line): Field => ({ name: line.id, label: `${line.name} (${line.sku})`, kind: "count", min: 0, initial: String(line.quantity) })),
        { name: "email", label: t`E-mail`, kind: "email", initial: order.email ?? "" },
        { name: "phone", label: t`Phone`, initial: order.phone ?? "" },
        ...(address
          ? ([
              { name: "line1", label: t`Street`, initial: address.line1, required: true },
              { name: "postalCode", label: t`Postal code`, initial: address.postalCode ?? "" },
              { name: "city", label: t`City`, initial: address.city, required: true },
              { name: "country", label: t`Country`, initial: address.country, required: true, kind: "code" },
            ] satisfies Field[])
          : []),
      ]}
      submit={t`Save`}
      done={t`Saved.`}
      onClose={onClose}
      send={(values) => {
        const quantities = order.lines.filter((line) => values.count(line.id) !== line.quantity).map((line) => ({ lineId: line.id, quantity: values.count(line.id) }));
        const moved =
          address &&
          (values.text("line1") !== address.line1 ||
            values.text("postalCode") !== (address.postalCode ?? "") ||
            values.text("city") !== address.city ||
            values.text("country") !== address.country);
        return run({
          input: {
            orderId: order.id,
            expectedVersion: order.version,
            setQuantities: quantities.length > 0 ? quantities : undefined,
            email: values.text("email") !== (order.email ?? "") ? values.text("email") : undefined,
            phone: values.text("phone") !== (order.phone ?? "") ? values.text("phone") : undefined,
            shippingAddress: moved
              ? { ...address, line1: values.text("line1"), postalCode: values.optional("postalCode"), city: values.text("city"), country: values.text("country") }
              : undefined,
          },
        });
      }}
    />
  );
}

/** Add a payment: a token of the gateway's client, money that a person has seen, or a gift card. */
export function AddPayment({ order, onClose }: Asking) {
  const { run } = useAction(m.PAYMENT_ADD);
  return (
    <FormDialog
      title={t`Add payment`}
      intro={<Facts of={[[t`Due`, formatMoney(order.totals.due)]]} />}
      fields={[
        { name: "method", label: t`Method`, kind: "choice", options: values("PaymentMethodKind").map((value) => ({ value, label: label("PaymentMethodKind", value) })) },
        { name: "gateway", label: t`Gateway`, required: true, initial: "manual", hint: t`manual: a person has seen the money` },
        { name: "amount", label: t`Amount in ${order.currency}`, kind: "amount", required: true, initial: order.totals.due.amount },
        { name: "token", label: t`Token`, kind: "code", hint: t`From the gateway’s own page; never a card number` },
      ]}
      submit={t`Add payment`}
      done={t`The payment was added.`}
      onClose={onClose}
      send={(values) =>
        run({
          input: {
            orderId: order.id,
            payment: {
              gateway: values.text("gateway"),
              method: values.text("method") as "CARD",
              amount: values.text("amount"),
              token: values.optional("token"),
            },
          },
        })
      }
    />
  );
}
