import { type Outcome, useAction, useLive } from "@crossdock/api";
import { isZero, label } from "@crossdock/i18n";
import { Ago, Badge, Card, DataTable, DateTime, Empty, Facts, Failed, Loading, Money, Notice, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { ActionIcon, Button, Group, Pill, Stack, Tabs, Text, Textarea, TextInput } from "@mantine/core";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Plus } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { report } from "../../lib/tell";
import { Allocation } from "./Allocation";
import { Events } from "./Events";
import { ORDER_NOTE_ADD, ORDER_RESUME, ORDER_TAGS_UPDATE } from "./mutations";
import { OrderActions, type OrderDetailData } from "./OrderActions";
import { OrderPayments } from "./OrderPayments";
import { ORDER } from "./queries";
import { ShippingOrders } from "./ShippingOrders";
import { StepRail } from "./StepRail";

export function OrderDetail() {
  const { number } = useParams({ from: "/orders/$number" });
  return <Known key={number} number={number} />;
}

function Known({ number }: { number: string }) {
  const { data, fault, loading, refresh } = useLive(ORDER, { number }, { every: 4 });
  const order = data?.order;
  const back = (
    <Link to="/orders" className="back">
      <ArrowLeft size={14} aria-hidden />
      {t`Orders`}
    </Link>
  );
  if (!order) {
    return (
      <Page title={number} back={back}>
        <Card>
          {loading ? (
            <Loading rows={10} />
          ) : fault ? (
            <Failed trouble={fault} retry={refresh} />
          ) : (
            <Empty title={t`There is no order ${number}`} hint={t`Or it belongs to a channel or site that you do not see.`} />
          )}
        </Card>
      </Page>
    );
  }
  return (
    <Page
      title={order.number}
      back={back}
      lead={
        <Group gap={6}>
          <StatusBadge of="OrderState" value={order.state} />
          <StatusBadge of="PaymentStatus" value={order.paymentStatus} />
          <StatusBadge of="FulfillmentStatus" value={order.fulfillmentStatus} />
          {order.suspended && <Badge tone="bad">{t`Suspended`}</Badge>}
        </Group>
      }
      aside={<OrderActions order={order} />}
    >
      <Text size="sm" c="dimmed" mt={-8}>
        {order.channel.name}
        {order.externalId && ` · ${order.externalId}`} · <DateTime at={order.placedAt} />
        {order.customer && ` · ${order.customer.name}`}
      </Text>
      {fault && <Notice tone="warn">{t`This page is not up to date: the server does not answer.`}</Notice>}
      <Card flush>
        <StepRail steps={order.steps} />
      </Card>
      <Waiting order={order} />
      <Body order={order} number={number} />
    </Page>
  );
}

function Waiting({ order }: { order: OrderDetailData }) {
  const alerts = order.alerts.filter((alert) => !alert.clearedAt);
  if (order.waitingFor.length === 0 && alerts.length === 0) return null;
  return (
    <Stack gap="xs">
      {order.waitingFor.map((wait) => (
        <Notice key={wait.step + wait.reason + wait.since + (wait.detail ?? "")} tone={wait.reason === "HELD" ? "bad" : wait.actors.includes("system") ? "busy" : "warn"}>
          <Text size="sm">
            <b>{label("WaitReason", wait.reason)}</b>
            {wait.detail && `: ${wait.detail}`}
          </Text>
          <Text size="xs" c="dimmed">
            {label("LifecycleStep", wait.step)} · {t`since`} <Ago at={wait.since} /> · {t`to act`}: {wait.actors.map((actor) => label("Role", actor)).join(", ")}
            {wait.nextAt && (
              <>
                {" "}
                · {t`goes on by itself`} <Ago at={wait.nextAt} />
              </>
            )}
          </Text>
        </Notice>
      ))}
      {alerts.map((alert) => (
        <Notice key={alert.id} tone={alert.severity === "CRITICAL" ? "bad" : "warn"}>
          <Group gap="xs">
            <StatusBadge of="AlertSeverity" value={alert.severity} />
            <Text size="sm">{alert.message}</Text>
            <Text size="xs" c="dimmed">
              <Ago at={alert.raisedAt} />
            </Text>
          </Group>
        </Notice>
      ))}
    </Stack>
  );
}

function Body({ order, number }: { order: OrderDetailData; number: string }) {
  const { tab } = useSearch({ from: "/orders/$number" });
  const navigate = useNavigate({ from: "/orders/$number" });
  const shown = tab ?? "overview";
  const tabs: [string, string, number | undefined, () => ReactNode][] = [
    ["overview", t`Overview`, undefined, () => <Overview order={order} />],
    ["fulfillment", t`Fulfilment`, order.shippingOrders.length, () => <ShippingOrders order={order} />],
    ["allocation", t`Allocation`, order.allocationDecisions.length, () => <Allocation decisions={order.allocationDecisions} />],
    ["payments", t`Payments`, undefined, () => <OrderPayments order={order} />],
    ["returns", t`Returns`, order.returns.length, () => <OrderReturns order={order} />],
    ["timeline", t`Timeline`, undefined, () => <Events key={order.version} number={number} />],
  ];
  return (
    <div className="detail">
      <Tabs value={shown} onChange={(next) => void navigate({ search: { tab: next && next !== "overview" ? next : undefined }, replace: true })} keepMounted={false}>
        <Tabs.List mb="md" aria-label={t`Parts of the order`}>
          {tabs.map(([value, name, count]) => (
            <Tabs.Tab key={value} value={value}>
              {name}
              {count ? <span style={{ color: "var(--mantine-color-dimmed)" }}> {count}</span> : null}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(([value, , , body]) => (
          <Tabs.Panel key={value} value={value}>
            {shown === value && body()}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Side order={order} />
    </div>
  );
}

function Overview({ order }: { order: OrderDetailData }) {
  const { totals } = order;
  const sums: [string, typeof totals.total][] = [
    [t`Lines`, totals.subtotal],
    [t`Discount`, totals.discount],
    [t`Shipping`, totals.shipping],
    [order.pricesIncludeTax ? t`Tax (included)` : t`Tax`, totals.tax],
  ];
  const money: [string, typeof totals.total][] = [
    [t`Authorized`, totals.authorized],
    [t`Captured`, totals.captured],
    [t`Refunded`, totals.refunded],
    [t`Due`, totals.due],
  ];
  return (
    <Stack>
      <Card title={t`Lines`} count={order.lines.length} flush>
        <DataTable
          label={t`Lines`}
          rows={order.lines}
          rowId={(line) => line.id}
          columns={[
            {
              id: "name",
              header: t`Product`,
              heading: true,
              cell: (line) => (
                <>
                  <Text size="sm" fw={550}>
                    {line.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {line.sku}
                    {line.kind !== "PHYSICAL" && ` · ${label("LineKind", line.kind)}`}
                    {line.deliveryMethod === "PICKUP" && ` · ${label("DeliveryMethod", line.deliveryMethod)}`}
                    {line.pickupSite && ` · ${line.pickupSite.name}`}
                  </Text>
                </>
              ),
            },
            { id: "quantity", header: t`Quantity`, align: "right", cell: (line) => line.quantity },
            { id: "progress", header: t`Where they are`, cell: (line) => <Progress line={line} /> },
            { id: "price", header: t`Price`, align: "right", nowrap: true, cell: (line) => <Money of={line.unitPrice} /> },
            { id: "total", header: t`Total`, align: "right", nowrap: true, cell: (line) => <Money of={line.total} /> },
          ]}
        />
      </Card>
      <Card>
        <div className="sums">
          <Sums of={sums} total={[t`Total`, totals.total]} />
          <Sums of={money.slice(0, 3)} total={money[3]} />
        </div>
      </Card>
    </Stack>
  );
}

function Progress({ line }: { line: OrderDetailData["lines"][number] }) {
  const parts: [number, string][] = [
    [line.backordered, t`back-ordered`],
    [line.allocated, t`allocated`],
    [line.picked, t`picked`],
    [line.fulfilled, t`fulfilled`],
    [line.returned, t`returned`],
    [line.cancelled, t`cancelled`],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return (
    <Text size="sm" c={told.length > 0 ? undefined : "dimmed"}>
      {told.join(" · ") || t`nothing yet`}
    </Text>
  );
}

function Sums({ of, total }: { of: [string, { amount: string; currency: string }][]; total?: [string, { amount: string; currency: string }] }) {
  return (
    <dl className="cd-facts" style={{ gridTemplateColumns: "1fr max-content" }}>
      {of.map(([name, value], place) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd style={{ textAlign: "right" }}>{isZero(value) && place > 0 ? "–" : <Money of={value} />}</dd>
        </div>
      ))}
      {total && (
        <>
          <dt style={{ color: "inherit", fontWeight: 650 }}>{total[0]}</dt>
          <dd style={{ textAlign: "right", fontWeight: 650 }}>
            <Money of={total[1]} />
          </dd>
        </>
      )}
    </dl>
  );
}

function OrderReturns({ order }: { order: OrderDetailData }) {
  return (
    <Card title={t`Returns`} count={order.returns.length} flush>
      {order.returns.length === 0 ? (
        <Empty title={t`Nothing has come back`} hint={t`“New return” is among the actions as soon as something was delivered.`} />
      ) : (
        <DataTable
          label={t`Returns`}
          rows={order.returns}
          rowId={(row) => row.id}
          columns={[
            { id: "number", header: t`Return`, heading: true, cell: (row) => <Link to="/returns/$number" params={{ number: row.number }}>{row.number}</Link> },
            { id: "state", header: t`State`, cell: (row) => <StatusBadge of="ReturnState" value={row.state} /> },
            { id: "method", header: t`How`, cell: (row) => label("ReturnMethod", row.method) },
            { id: "units", header: t`Received`, align: "right", cell: (row) => `${sum(row.lines.map((line) => line.received))} / ${sum(row.lines.map((line) => line.quantity))}` },
            { id: "created", header: t`Asked for`, cell: (row) => <Ago at={row.createdAt} /> },
            { id: "refund", header: t`Refund`, align: "right", cell: (row) => <Money of={row.refund} /> },
          ]}
        />
      )}
    </Card>
  );
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

type AddressData = NonNullable<OrderDetailData["shippingAddress"]>;

function AddressBlock({ of }: { of: AddressData }) {
  const lines = [of.name, of.company, of.line1, of.line2, [of.postalCode, of.city].filter(Boolean).join(" "), [of.subdivision, of.country].filter(Boolean).join(", "), of.phone];
  return (
    <address style={{ fontStyle: "normal" }}>
      {lines.filter(Boolean).map((line) => (
        <div key={line}>{line}</div>
      ))}
    </address>
  );
}

function Side({ order }: { order: OrderDetailData }) {
  const held = order.holds.filter((hold) => !hold.releasedAt);
  const sameAddress = JSON.stringify(order.billingAddress) === JSON.stringify(order.shippingAddress);
  return (
    <Stack>
      {held.length > 0 && <Holds order={order} />}
      <Card title={t`Customer`}>
        <Facts
          of={[
            [t`Name`, order.customer?.name],
            [t`E-mail`, order.email && <a href={`mailto:${order.email}`}>{order.email}</a>],
            [t`Phone`, order.phone],
            [t`Deliver to`, order.shippingAddress && <AddressBlock of={order.shippingAddress} />],
            [t`Bill to`, order.billingAddress && (sameAddress ? t`the same address` : <AddressBlock of={order.billingAddress} />)],
            [t`Shipping`, order.shippingMethod],
            [t`Promised`, order.promisedAt && <DateTime at={order.promisedAt} />],
            [t`Priority`, order.priority > 0 ? String(order.priority) : null],
            [t`Replaces`, order.exchangeFor && <Link to="/returns/$number" params={{ number: order.exchangeFor.number }}>{order.exchangeFor.number}</Link>],
          ]}
        />
      </Card>
      <Tags order={order} />
      <Notes order={order} />
    </Stack>
  );
}

function Holds({ order }: { order: OrderDetailData }) {
  const { run, running } = useAction(ORDER_RESUME);
  const held = order.holds.filter((hold) => !hold.releasedAt);
  const may = order.availableActions.some((action) => action.action === "orderResume" && action.enabled);
  return (
    <Card title={t`Holds`}>
      <Stack gap="sm">
        {held.map((hold) => (
          <div key={hold.id}>
            <Text size="sm" fw={550}>
              {hold.reason}
            </Text>
            {hold.note && <Text size="sm">{hold.note}</Text>}
            <Text size="xs" c="dimmed">
              {hold.heldBy} · <Ago at={hold.at} />
            </Text>
            {may && (
              <Button
                size="compact-xs"
                variant="default"
                mt={6}
                loading={running}
                onClick={async () => report((await run({ input: { orderId: order.id, holdId: hold.id, expectedVersion: order.version } })) as Outcome<unknown>, t`The hold was released.`)}
              >
                {t`Release`}
              </Button>
            )}
          </div>
        ))}
      </Stack>
    </Card>
  );
}

function Tags({ order }: { order: OrderDetailData }) {
  const { run } = useAction(ORDER_TAGS_UPDATE);
  const [text, setText] = useState("");
  const may = order.availableActions.some((action) => action.action === "orderTagsUpdate" && action.enabled);
  async function change(add: string[], remove: string[]) {
    if (report(await run({ input: { orderId: order.id, add, remove } }), t`Tags changed.`)) setText("");
  }
  return (
    <Card title={t`Tags`}>
      <Stack gap="sm">
        {order.tags.length > 0 ? (
          <Group gap={6}>
            {order.tags.map((tag) => (
              <Pill
                key={tag}
                withRemoveButton={may}
                onRemove={() => void change([], [tag])}
                removeButtonProps={{ "aria-label": t`Remove the tag ${tag}`, "aria-hidden": false, tabIndex: 0 }}
              >
                {tag}
              </Pill>
            ))}
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {t`None`}
          </Text>
        )}
        {may && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (text.trim()) void change([text.trim()], []);
            }}
          >
            <TextInput
              size="xs"
              aria-label={t`Add a tag`}
              placeholder={t`Add a tag`}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              rightSection={
                <ActionIcon type="submit" size="sm" variant="subtle" aria-label={t`Add`}>
                  <Plus size={14} aria-hidden />
                </ActionIcon>
              }
            />
          </form>
        )}
      </Stack>
    </Card>
  );
}

function Notes({ order }: { order: OrderDetailData }) {
  const { run, running } = useAction(ORDER_NOTE_ADD);
  const [text, setText] = useState("");
  const may = order.availableActions.some((action) => action.action === "orderNoteAdd" && action.enabled);
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key !== "n" || typing || event.ctrlKey || event.metaKey || document.querySelector("[role=dialog]")) return;
      const box = document.querySelector<HTMLTextAreaElement>("[data-note]");
      if (box) {
        event.preventDefault();
        box.focus();
      }
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  async function add(event: FormEvent) {
    event.preventDefault();
    if (text.trim() && report(await run({ input: { orderId: order.id, body: text.trim() } }), t`The note was added.`)) setText("");
  }
  return (
    <Card title={t`Notes`} count={order.notes.length || undefined}>
      <Stack gap="sm">
        {order.notes.map((note) => (
          <div key={note.at + note.author}>
            <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
              {note.body}
            </Text>
            <Text size="xs" c="dimmed">
              {note.author} · <Ago at={note.at} />
            </Text>
          </div>
        ))}
        {may ? (
          <form onSubmit={add}>
            <Stack gap={6}>
              <Textarea data-note aria-label={t`New note`} placeholder={t`New note, for colleagues`} autosize minRows={2} size="sm" value={text} onChange={(event) => setText(event.currentTarget.value)} />
              <Button type="submit" size="xs" variant="default" loading={running} disabled={!text.trim()} style={{ alignSelf: "flex-end" }}>
                {t`Add note`}
              </Button>
            </Stack>
          </form>
        ) : (
          order.notes.length === 0 && (
            <Text size="sm" c="dimmed">
              {t`None`}
            </Text>
          )
        )}
      </Stack>
    </Card>
  );
}
