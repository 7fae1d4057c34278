import { type Outcome, useAction } from "@crossdock/api";
import { Ago, Card, DateTime, Facts } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { ActionIcon, Button, Group, Pill, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { report } from "../../lib/tell";
import { ORDER_NOTE_ADD, ORDER_RESUME, ORDER_TAGS_UPDATE } from "./mutations";
import type { OrderDetailData } from "./OrderActions";

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

/** Who it is for, and what people noted about it. */
export function Side({ order }: { order: OrderDetailData }) {
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
