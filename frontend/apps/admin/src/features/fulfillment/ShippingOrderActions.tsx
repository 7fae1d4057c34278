import { type FragmentOf, type Outcome, readFragment, type ResultOf, shippingOrders as m, useAction } from "@crossdock/api";
import { label, values } from "@crossdock/i18n";
import { t } from "@lingui/core/macro";
import { Button, Group, Menu, Text } from "@mantine/core";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { type Field, FormDialog } from "../../lib/command";
import { report } from "../../lib/tell";
import { SHIPPING_ORDER_PARTS } from "./parts";
import { useStaff } from "../users/people";

type Part = ResultOf<typeof SHIPPING_ORDER_PARTS>;

const FORWARD = [
  "shippingOrderApprove",
  "shippingOrderClaim",
  "shippingOrderPick",
  "shippingOrderPack",
  "shippingOrderReady",
  "shippingOrderShip",
  "shippingOrderHandOver",
  "shipmentTrack",
];
const KNOWN = [...FORWARD, "shippingOrderAssign", "shippingOrderReject"];

/** What can be done to a shipping order: the next step as a button, the rest in a menu. */
export function ShippingOrderActions({ of, compact }: { of: FragmentOf<typeof SHIPPING_ORDER_PARTS>; compact?: boolean }) {
  const part = readFragment(SHIPPING_ORDER_PARTS, of);
  const [asking, setAsking] = useState<string | null>(null);
  const approve = useAction(m.APPROVE);
  const claim = useAction(m.CLAIM);
  const ready = useAction(m.READY);
  const plain = { shippingOrderApprove: approve, shippingOrderClaim: claim, shippingOrderReady: ready } as const;
  const enabled = part.availableActions.filter((action) => action.enabled && KNOWN.includes(action.action) && fits(action.action, part));
  const next = FORWARD.find((name) => enabled.some((action) => action.action === name) && !(name === "shippingOrderClaim" && part.assignee));
  const rest = enabled.filter((action) => action.action !== next);
  if (enabled.length === 0) return null;

  async function begin(name: string) {
    if (!(name in plain)) return setAsking(name);
    const what = label("Action", name);
    const outcome = await plain[name as keyof typeof plain].run({ input: { shippingOrderId: part.id, expectedVersion: part.version } });
    report(outcome as Outcome<unknown>, t`${part.number}: ${what}`);
  }

  const running = approve.running || claim.running || ready.running;
  return (
    <Group gap={6} wrap="nowrap">
      {next && (
        <Button size={compact ? "compact-xs" : "compact-sm"} variant={compact ? "default" : "filled"} loading={running} onClick={() => void begin(next)}>
          {label("Action", next)}
        </Button>
      )}
      {rest.length > 0 && (
        <Menu withinPortal position="bottom-end">
          <Menu.Target>
            <Button size={compact ? "compact-xs" : "compact-sm"} variant="default" px={6} aria-label={t`More for ${part.number}`}>
              <Ellipsis size={15} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((action) => (
              <Menu.Item key={action.action} onClick={() => void begin(action.action)}>
                {label("Action", action.action)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {asking && <Asked verb={asking} part={part} onClose={() => setAsking(null)} />}
    </Group>
  );
}

/** The table of verbs knows states alone: what is collected is not shipped, what is shipped is not collected. */
function fits(verb: string, part: Part): boolean {
  if (verb === "shippingOrderReady") return part.deliveryMethod === "PICKUP";
  if (verb === "shippingOrderShip") return part.deliveryMethod !== "PICKUP";
  if (verb === "shipmentTrack") return part.shipments.some((shipment) => shipment.state !== "DELIVERED" && shipment.state !== "VOIDED");
  return true;
}

interface Asking {
  part: Part;
  onClose: () => void;
}

function Asked({ verb, ...rest }: Asking & { verb: string }) {
  switch (verb) {
    case "shippingOrderAssign":
      return <Assign {...rest} />;
    case "shippingOrderReject":
      return <Reject {...rest} />;
    case "shippingOrderPick":
      return <Pick {...rest} />;
    case "shippingOrderPack":
      return <Pack {...rest} />;
    case "shippingOrderShip":
      return <Ship {...rest} />;
    case "shippingOrderHandOver":
      return <HandOver {...rest} />;
    case "shipmentTrack":
      return <Track {...rest} />;
    default:
      return null;
  }
}

function Assign({ part, onClose }: Asking) {
  const { run } = useAction(m.ASSIGN);
  const staff = useStaff().filter((user) => user.roles.some((role) => role === "FULFILLMENT" || role === "STORE_ASSOCIATE" || role === "MANAGER" || role === "ADMIN"));
  return (
    <FormDialog
      title={t`Assign ${part.number}`}
      fields={[{ name: "userId", label: t`To`, kind: "choice", required: true, options: staff.map((user) => ({ value: user.id, label: user.name })) }]}
      submit={t`Assign`}
      done={t`Assigned.`}
      onClose={onClose}
      send={(form) => run({ input: { shippingOrderId: part.id, userId: form.text("userId") } })}
    />
  );
}

function Reject({ part, onClose }: Asking) {
  const { run } = useAction(m.REJECT);
  return (
    <FormDialog
      title={t`Reject ${part.number}`}
      intro={<Text size="sm">{t`It goes back to allocation, and this site is not asked again for this order.`}</Text>}
      fields={[{ name: "reason", label: t`Reason`, required: true }]}
      submit={t`Reject`}
      danger
      done={t`Rejected. It is being allocated anew.`}
      onClose={onClose}
      send={(form) => run({ input: { shippingOrderId: part.id, reason: form.text("reason") } })}
    />
  );
}

function Pick({ part, onClose }: Asking) {
  const { run } = useAction(m.PICK);
  return (
    <FormDialog
      title={t`Pick ${part.number}`}
      size="lg"
      intro={<Text size="sm">{t`Less than asked for is a short pick: the rest goes back to allocation and the stock is corrected.`}</Text>}
      fields={[
        ...part.lines.map((line): Field => ({ name: line.id, label: `${line.name} (${line.sku})`, kind: "count", min: 0, max: line.quantity, initial: String(line.quantity), hint: t`${line.quantity} asked for` })),
        { name: "shortReason", label: t`Reason, if something is short` },
      ]}
      submit={t`Picked`}
      done={t`Picked.`}
      onClose={onClose}
      send={(form) =>
        run({
          input: {
            shippingOrderId: part.id,
            lines: part.lines.map((line) => ({ lineId: line.id, quantity: form.count(line.id) })),
            shortReason: form.optional("shortReason"),
          },
        })
      }
    />
  );
}

function Pack({ part, onClose }: Asking) {
  const { run } = useAction(m.PACK);
  const lines = part.lines.filter((line) => line.picked > 0).map((line) => ({ lineId: line.id, quantity: line.picked }));
  return (
    <FormDialog
      title={t`Pack ${part.number}`}
      intro={<Text size="sm">{t`Everything that was picked goes into one package. For several, pack in the store app.`}</Text>}
      fields={[{ name: "weight", label: t`Weight in grams`, kind: "count", min: 1 }]}
      submit={t`Close the package`}
      done={t`Packed.`}
      onClose={onClose}
      send={(form) => run({ input: { shippingOrderId: part.id, packages: [{ lines, weightGrams: form.optional("weight") ? form.count("weight") : undefined }] } })}
    />
  );
}

function Ship({ part, onClose }: Asking) {
  const { run } = useAction(m.SHIP);
  return (
    <FormDialog
      title={t`Ship ${part.number}`}
      fields={[
        { name: "carrier", label: t`Carrier`, required: true, initial: part.shipments[0]?.carrier ?? "" },
        { name: "service", label: t`Service`, initial: part.shippingMethod ?? "" },
        { name: "tracking", label: t`Tracking numbers`, kind: "long", hint: t`One a line, one for each package; empty where the carrier’s label gave them` },
      ]}
      submit={t`Handed to the carrier`}
      done={t`Shipped.`}
      onClose={onClose}
      send={(form) => {
        const numbers = form.text("tracking").split(/\s+/).filter(Boolean);
        return run({
          input: {
            shippingOrderId: part.id,
            carrier: form.text("carrier"),
            service: form.optional("service"),
            trackingNumbers: numbers.length > 0 ? numbers : undefined,
          },
        });
      }}
    />
  );
}

function HandOver({ part, onClose }: Asking) {
  const { run } = useAction(m.HAND_OVER);
  return (
    <FormDialog
      title={t`Hand over ${part.number}`}
      intro={<Text size="sm">{t`The customer was told a code. Ask for it.`}</Text>}
      fields={[{ name: "pickupCode", label: t`Pick-up code`, kind: "code", required: true }]}
      submit={t`Handed over`}
      done={t`Handed over.`}
      onClose={onClose}
      send={(form) => run({ input: { shippingOrderId: part.id, pickupCode: form.text("pickupCode") } })}
    />
  );
}

function Track({ part, onClose }: Asking) {
  const { run } = useAction(m.TRACK);
  const open = part.shipments.filter((shipment) => shipment.state !== "DELIVERED" && shipment.state !== "VOIDED");
  return (
    <FormDialog
      title={t`Track ${part.number}`}
      fields={[
        { name: "shipmentId", label: t`Package`, kind: "choice", options: open.map((one) => ({ value: one.id, label: one.trackingNumber ?? one.carrier })) },
        {
          name: "state",
          label: t`State`,
          kind: "choice",
          initial: "DELIVERED",
          options: values("ShipmentState").map((value) => ({ value, label: label("ShipmentState", value) })),
        },
        { name: "message", label: t`Note` },
      ]}
      submit={t`Save`}
      done={t`Saved.`}
      onClose={onClose}
      send={(form) => run({ input: { shipmentId: form.text("shipmentId"), state: form.text("state") as "DELIVERED", message: form.optional("message") } })}
    />
  );
}
