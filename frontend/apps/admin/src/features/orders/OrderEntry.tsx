import { type Enum, useAction, useLive } from "@crossdock/api";
import { formatDate, formatMoney, label } from "@crossdock/i18n";
import { reasonOf } from "@crossdock/shell";
import { Card, Failed, Loading, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { ActionIcon, Button, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { total } from "../../lib/amounts";
import { tell } from "../../lib/tell";
import { useSites } from "../inventory/sites";
import { ENTRY_CHANNELS, ENTRY_LINE, type EntryLine, ORDER_CREATE } from "./entry";

/** Tenders that a person can take on the telephone; a card's number is never typed here. */
const METHODS = ["BANK_TRANSFER", "ON_ACCOUNT", "CASH"] as const;

/** An order that somebody says on the telephone. */
export function OrderEntry() {
  const { data, fault, loading, refresh } = useLive(ENTRY_CHANNELS, {});
  const channels = data?.channels.filter((channel) => channel.active) ?? [];
  return (
    <Page title={t`New order`}>
      {loading && <Loading />}
      {!data && fault && <Failed trouble={fault} retry={refresh} />}
      {data && channels.length === 0 && <Notice tone="warn">{t`There is no active channel to enter orders for.`}</Notice>}
      {channels.length > 0 && <Entry channels={channels.toSorted((one, other) => rank(one) - rank(other))} />}
    </Page>
  );
}

/** The call centre's channel is the first guess. */
function rank(channel: { kind: string }): number {
  return channel.kind === "CALL_CENTER" ? 0 : 1;
}

function Entry({ channels }: { channels: readonly { code: string; name: string; currency: string }[] }) {
  const navigate = useNavigate();
  const sites = useSites().filter((site) => site.active && site.capabilities.includes("PICKUP"));
  const { run, running } = useAction(ORDER_CREATE);
  const [code, setCode] = useState(channels[0]?.code ?? "");
  const [pickup, setPickup] = useState("");
  const [shipping, setShipping] = useState("0");
  const [lines, setLines] = useState<EntryLine[]>([{ id: 0, sku: "", quantity: 1, unitPrice: "" }]);
  const [problem, setProblem] = useState<string | null>(null);
  const nextId = useRef(1);
  const currency = channels.find((channel) => channel.code === code)?.currency ?? "EUR";
  const amount = total([...lines.map((line) => ({ amount: line.unitPrice, times: line.quantity })), { amount: shipping }]);

  function change(id: number, next: Partial<EntryLine>) {
    setLines((all) => all.map((line) => (line.id === id ? { ...line, ...next } : line)));
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const draft = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value") === "draft";
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const optional = (name: string) => text(name) || undefined;
    setProblem(null);
    if (amount === null) return setProblem(t`Prices are written like 12.50.`);
    const method = text("method") as Enum<"PaymentMethodKind">;
    const address = { name: text("name"), line1: text("line1"), line2: optional("line2"), postalCode: optional("postalCode"), city: text("city"), country: text("country").toUpperCase(), phone: optional("phone") };
    const outcome = await run({
      input: {
        channel: code,
        currency,
        customer: { name: text("name"), email: optional("email"), phone: optional("phone") },
        email: optional("email"),
        phone: optional("phone"),
        shippingAddress: address,
        lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku: sku.trim().toUpperCase(), quantity, unitPrice: unitPrice.trim(), deliveryMethod: pickup ? "PICKUP" : "SHIP", pickupSite: pickup || undefined })),
        shipping: shipping.trim(),
        payments: method && total([{ amount }]) !== "0" ? [{ gateway: "manual", method, amount }] : undefined,
        draft,
      },
    });
    const order = outcome.ok ? outcome.payload.order : null;
    if (!outcome.ok) setProblem(reasonOf(outcome));
    else if (order) {
      tell(t`Order ${order.number} is entered.`);
      void navigate({ to: "/orders/$number", params: { number: order.number } });
    }
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        {problem && <Notice tone="bad">{problem}</Notice>}
        <Card title={t`Customer`}>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput name="name" label={t`Name`} required data-autofocus autoComplete="off" />
            <TextInput name="email" label={t`E-mail`} type="email" autoComplete="off" />
            <TextInput name="phone" label={t`Phone`} autoComplete="off" />
            <TextInput name="line1" label={t`Street and number`} required autoComplete="off" />
            <TextInput name="line2" label={t`Further line`} autoComplete="off" />
            <TextInput name="postalCode" label={t`Postal code`} autoComplete="off" />
            <TextInput name="city" label={t`City`} required autoComplete="off" />
            <TextInput name="country" label={t`Country`} description={t`Two letters, like DE`} required pattern="[A-Za-z]{2}" autoComplete="off" />
          </SimpleGrid>
        </Card>
        <Card title={t`Lines`} count={lines.length}>
          <Stack gap="xs">
            {lines.map((line) => (
              <LineEntry key={line.id} line={line} channel={code} only={lines.length === 1} onChange={(next) => change(line.id, next)} onRemove={() => setLines((all) => all.filter((one) => one.id !== line.id))} />
            ))}
            <Group>
              <Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => setLines((all) => [...all, { id: nextId.current++, sku: "", quantity: 1, unitPrice: "" }])}>
                {t`Another line`}
              </Button>
            </Group>
          </Stack>
        </Card>
        <Card title={t`Delivery and payment`}>
          <SimpleGrid cols={{ base: 1, sm: 4 }}>
            <NativeSelect label={t`Channel`} value={code} onChange={(event) => setCode(event.currentTarget.value)} data={channels.map((channel) => ({ value: channel.code, label: channel.name }))} />
            <NativeSelect label={t`Delivery`} value={pickup} onChange={(event) => setPickup(event.currentTarget.value)} data={[{ value: "", label: t`Shipping` }, ...sites.map((site) => ({ value: site.code, label: t`Pick-up: ${site.name}` }))]} />
            <TextInput label={t`Shipping costs`} inputMode="decimal" value={shipping} onChange={(event) => setShipping(event.currentTarget.value)} required autoComplete="off" />
            <NativeSelect name="method" label={t`Payment`} data={[{ value: "", label: t`Later` }, ...METHODS.map((value) => ({ value, label: label("PaymentMethodKind", value) }))]} />
          </SimpleGrid>
        </Card>
        <Group justify="space-between">
          <Text fw={650} role="status">
            {t`Total`}: {amount === null ? "–" : formatMoney({ amount, currency })}
          </Text>
          <Group gap="xs">
            <Button type="submit" variant="default" value="draft" loading={running}>
              {t`Keep as a draft`}
            </Button>
            <Button type="submit" value="enter" loading={running}>
              {t`Enter the order`}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

interface LineEntryProps {
  line: EntryLine;
  channel: string;
  only: boolean;
  onChange: (next: Partial<EntryLine>) => void;
  onRemove: () => void;
}

/** One product with how many and for how much, and what stock there is of it. */
export function LineEntry({ line, channel, only, onChange, onRemove }: LineEntryProps) {
  const [sku] = useDebouncedValue(line.sku.trim().toUpperCase(), 300);
  const { data } = useLive(ENTRY_LINE, { sku, channel }, { pause: sku.length < 2 || channel === "" });
  const known = data && sku.length >= 2 ? data : undefined;
  return (
    <div>
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput label="SKU" value={line.sku} onChange={(event) => onChange({ sku: event.currentTarget.value })} required autoComplete="off" spellCheck={false} style={{ flex: 2 }} />
        <TextInput label={t`Quantity`} type="number" min={1} step={1} value={line.quantity} onChange={(event) => onChange({ quantity: event.currentTarget.valueAsNumber || 1 })} required style={{ flex: 1 }} />
        <TextInput label={t`Price of one`} inputMode="decimal" value={line.unitPrice} onChange={(event) => onChange({ unitPrice: event.currentTarget.value })} required autoComplete="off" style={{ flex: 1 }} />
        <ActionIcon variant="default" size={36} disabled={only} aria-label={t`Remove the line ${line.sku}`} onClick={onRemove}>
          <Trash2 size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <Text size="sm" c="dimmed" mt={4} role="status">
        {known && (known.product ? `${known.product.name} · ${stockWords(known.availability[0], line.quantity)}` : t`There is no product ${sku}`)}
      </Text>
    </div>
  );
}

interface Stock {
  total: number;
  backorderable: boolean;
  expectedAt: string | null;
  sites: readonly { available: number; site: { name: string } }[];
}

function stockWords(stock: Stock | undefined, wanted: number): string {
  if (!stock || stock.total < wanted) {
    const free = stock?.total ?? 0;
    return stock?.expectedAt ? t`${free} free, more expected on ${formatDate(stock.expectedAt)}` : t`${free} free: the rest would be back-ordered`;
  }
  const places = stock.sites.filter((one) => one.available > 0).map((one) => `${one.site.name} ${one.available}`);
  return t`${stock.total} free (${places.slice(0, 3).join(", ")})`;
}
