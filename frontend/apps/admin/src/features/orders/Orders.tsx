import { type Enum, type ResultOf, useLive } from "@crossdock/api";
import { formatNumber, label, type Vocabulary, values } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Ago, Card, type Column, DataTable, DateTime, Empty, Failed, isTyping, Loading, Money, Notice, Page, StatusBadge, Badge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Checkbox, CloseButton, Group, Menu, NativeSelect, Pill, Popover, ScrollArea, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedCallback, useLocalStorage } from "@mantine/hooks";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Columns3, ListFilter, Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { pageArguments, Pager } from "../../lib/Pager";
import { OrderPeek } from "./OrderPeek";
import { ORDER_COUNTS, ORDERS } from "./queries";
import { type Chip, chipsOf, type Criterion, filterOf, having, type OrderSearch, sortOf, toggled, without } from "./search";

type Row = ResultOf<typeof ORDERS>["orders"]["nodes"][number];
type Facets = ResultOf<typeof ORDER_COUNTS>["orders"]["facets"];
const PAGE = 50;

export function Orders() {
  const search = useSearch({ from: "/orders" });
  const navigate = useNavigate({ from: "/orders" });
  const go = (next: OrderSearch) => void navigate({ to: "/orders", search: next });
  const filter = filterOf(search);
  const sort = sortOf(search);
  const query = search.q ?? null;
  const orders = useLive(ORDERS, { query, filter, sort, ...pageArguments(search, PAGE) }, { every: 5, types: ["Order"] });
  const counts = useLive(ORDER_COUNTS, { query, filter, facets: FACETS }, { every: 30, types: ["Order"] });
  const rows = orders.data?.orders.nodes ?? [];
  const chips = chipsOf(search);
  const [shown, setShown] = useLocalStorage<string[]>({ key: "crossdock.orders.columns", defaultValue: USUAL, getInitialValueInEffect: false });
  const { can } = useSession();
  const all = columns();
  const narrowed = chips.length > 0 || search.q !== undefined;

  // o: peek at the row where the focus is; Escape: no longer.
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (isTyping(event.target) || document.querySelector("[role=dialog]")) return;
      const number = document.activeElement?.closest("tr")?.querySelector<HTMLElement>("[data-number]")?.dataset.number;
      if (event.key === "o" && number && !event.ctrlKey && !event.metaKey) go({ ...search, peek: search.peek === number ? undefined : number });
      if (event.key === "Escape" && search.peek) go({ ...search, peek: undefined });
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });

  return (
    <Page
      title={t`Orders`}
      aside={
        <>
          <ColumnChooser all={all} shown={shown} choose={setShown} />
          {can("ADMIN", "MANAGER", "CUSTOMER_SERVICE") && (
            <Button component={Link} to="/orders/new" size="xs">
              {t`New order`}
            </Button>
          )}
        </>
      }
    >
      <Group gap="xs" align="center">
        <SearchBox key={search.q ?? ""} value={search.q ?? ""} onSearch={(q) => go(having(search, { q }))} />
        <FilterMenu search={search} facets={counts.data?.orders.facets ?? []} go={go} />
        <NativeSelect
          aria-label={t`Sort by`}
          value={sort}
          onChange={(event) => go(having(search, { sort: event.currentTarget.value }))}
          data={values("OrderSort")
            .filter((value) => value !== "RELEVANCE" || search.q)
            .map((value) => ({ value, label: label("OrderSort", value) }))}
        />
      </Group>
      {narrowed && (
        <Group gap={6} role="group" aria-label={t`Filters in use`}>
          {chips.map((chip) => (
            <FilterChip key={`${chip.criterion}${chip.value ?? ""}`} chip={chip} search={search} onRemove={() => go(without(search, chip))} />
          ))}
          <Button size="compact-xs" variant="subtle" onClick={() => go({ sort: search.sort })}>
            {t`Clear all`}
          </Button>
        </Group>
      )}
      {orders.data?.orders.degraded && (
        <Notice tone="warn">{t`The search engine does not answer. The database searches instead: typing mistakes are not forgiven.`}</Notice>
      )}
      {orders.fault && orders.data && <Notice tone="warn">{t`This list is not up to date: the server does not answer.`}</Notice>}
      <div className={search.peek ? "with-peek" : undefined}>
        <Card flush>
          {orders.loading ? (
            <Loading rows={12} height={26} />
          ) : !orders.data && orders.fault ? (
            <Failed trouble={orders.fault} retry={orders.refresh} />
          ) : rows.length === 0 ? (
            narrowed ? (
              <Empty
                title={t`No order fits`}
                hint={t`Take a filter away, or look for something shorter.`}
                action={
                  <Button variant="default" size="xs" onClick={() => go({})}>
                    {t`Show all orders`}
                  </Button>
                }
              />
            ) : (
              <Empty title={t`No orders yet`} hint={t`They come from your channels through the API, or from an import.`} />
            )
          ) : (
            <>
              <DataTable
                label={t`Orders`}
                columns={all.filter((column) => column.heading || (shown.includes(column.id) && (!search.peek || BESIDE_PEEK.includes(column.id))))}
                rows={rows}
                rowId={(row) => row.number}
                active={search.peek}
                onOpen={(row) => void navigate({ to: "/orders/$number", params: { number: row.number } })}
              />
              {orders.data && (
                <Pager
                  info={orders.data.orders.pageInfo}
                  at={search}
                  go={(cursors) => go({ ...having(search, {}), ...cursors })}
                  summary={counts.data && total(counts.data.orders.totalCount, counts.data.orders.totalIsCapped)}
                />
              )}
            </>
          )}
        </Card>
        {search.peek && <OrderPeek number={search.peek} onClose={() => go({ ...search, peek: undefined })} />}
      </div>
    </Page>
  );
}

function total(count: number, capped: boolean): string {
  const shown = formatNumber(count);
  if (capped) return t`More than ${shown} orders`;
  return count === 1 ? t`1 order` : t`${shown} orders`;
}

/** What there is room for while an order is peeked at. */
const BESIDE_PEEK = ["placedAt", "customer", "state", "total"];
const USUAL = ["placedAt", "customer", "channel", "state", "paymentStatus", "fulfillmentStatus", "total"];

function columns(): Column<Row>[] {
  return [
    {
      id: "number",
      header: t`Order`,
      heading: true,
      nowrap: true,
      cell: (row) => (
        <Group gap={8} wrap="nowrap">
          <Link to="/orders/$number" params={{ number: row.number }} data-number={row.number}>
            {row.number}
          </Link>
          {row.suspended && <Badge tone="bad">{t`Suspended`}</Badge>}
        </Group>
      ),
    },
    { id: "placedAt", header: t`Placed`, nowrap: true, cell: (row) => <Ago at={row.placedAt} /> },
    { id: "customer", header: t`Customer`, nowrap: true, cell: (row) => row.customer?.name ?? "–" },
    { id: "channel", header: t`Channel`, nowrap: true, cell: (row) => row.channel.name },
    { id: "state", header: t`State`, nowrap: true, cell: (row) => <StatusBadge of="OrderState" value={row.state} /> },
    { id: "paymentStatus", header: t`Payment`, nowrap: true, cell: (row) => <StatusBadge of="PaymentStatus" value={row.paymentStatus} /> },
    { id: "fulfillmentStatus", header: t`Fulfilment`, nowrap: true, cell: (row) => <StatusBadge of="FulfillmentStatus" value={row.fulfillmentStatus} /> },
    { id: "city", header: t`To`, cell: (row) => (row.shippingAddress ? `${row.shippingAddress.city}, ${row.shippingAddress.country}` : "–") },
    { id: "promisedAt", header: t`Promised`, nowrap: true, cell: (row) => (row.promisedAt ? <DateTime at={row.promisedAt} /> : "–") },
    { id: "updatedAt", header: t`Changed`, nowrap: true, cell: (row) => <Ago at={row.updatedAt} /> },
    { id: "priority", header: t`Priority`, align: "right", cell: (row) => row.priority },
    { id: "externalId", header: t`Channel’s number`, nowrap: true, cell: (row) => row.externalId ?? "–" },
    { id: "tags", header: t`Tags`, cell: (row) => row.tags.join(", ") },
    { id: "total", header: t`Total`, align: "right", nowrap: true, cell: (row) => <Money of={row.totals.total} /> },
  ];
}

function ColumnChooser({ all, shown, choose }: { all: Column<Row>[]; shown: string[]; choose: (ids: string[]) => void }) {
  return (
    <Popover position="bottom-end" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<Columns3 size={15} aria-hidden />}>
          {t`Columns`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t`Columns`}>
        <Checkbox.Group value={shown} onChange={choose} label={t`Columns`}>
          <Stack gap={8} mt="xs">
            {all
              .filter((column) => !column.heading)
              .map((column) => (
                <Checkbox key={column.id} size="xs" value={column.id} label={column.header} />
              ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (query: string) => void }) {
  const [text, setText] = useState(value);
  const box = useRef<HTMLInputElement>(null);
  const later = useDebouncedCallback(onSearch, 250);
  // The box is made anew when the address changes; whoever was typing in it goes on.
  useEffect(() => {
    if (document.activeElement === document.body && value) box.current?.focus();
  }, [value]);
  return (
    <form
      role="search"
      style={{ flex: 1, minWidth: 220 }}
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(text);
      }}
    >
      <TextInput
        ref={box}
        data-screen-search
        aria-label={t`Search orders`}
        placeholder={t`Number, customer, e-mail, product, tracking number`}
        leftSection={<Search size={15} aria-hidden />}
        rightSection={text ? <CloseButton size="sm" aria-label={t`Clear the search`} onClick={() => onSearch("")} /> : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          later(event.currentTarget.value);
        }}
      />
    </form>
  );
}

type Facet = Enum<"OrderFacet">;
const FACETS: Facet[] = ["STATE", "PAYMENT_STATUS", "FULFILLMENT_STATUS", "CHANNEL", "SITE", "DELIVERY_METHOD", "TAG", "COUNTRY", "ALERT_KIND"];
const OF_FACET: Record<Facet, { criterion: Criterion; words?: Vocabulary }> = {
  STATE: { criterion: "state", words: "OrderState" },
  PAYMENT_STATUS: { criterion: "paymentStatus", words: "PaymentStatus" },
  FULFILLMENT_STATUS: { criterion: "fulfillmentStatus", words: "FulfillmentStatus" },
  CHANNEL: { criterion: "channel" },
  SITE: { criterion: "site" },
  DELIVERY_METHOD: { criterion: "deliveryMethod", words: "DeliveryMethod" },
  TAG: { criterion: "tag" },
  COUNTRY: { criterion: "country" },
  ALERT_KIND: { criterion: "alertKind" },
  SUSPENDED: { criterion: "suspended" },
};

function FilterMenu({ search, facets, go }: { search: OrderSearch; facets: Facets; go: (search: OrderSearch) => void }) {
  const [field, setField] = useState<Facet>("STATE");
  const { criterion, words } = OF_FACET[field];
  const buckets = facets.find((facet) => facet.field === field)?.buckets ?? [];
  const counted = new Map(buckets.map((bucket) => [bucket.value, bucket.count]));
  const held = search[criterion];
  const chosen = Array.isArray(held) ? held : [];
  const offered = [...new Set([...(words ? values(words) : []), ...chosen, ...counted.keys()])];
  return (
    <Popover position="bottom-start" withinPortal trapFocus returnFocus width={440} shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<ListFilter size={15} aria-hidden />}>
          {t`Filter`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t`Filter`}>
        <Group align="stretch" gap={0} wrap="nowrap">
          <div style={{ width: 150, borderRight: "1px solid var(--cd-line)", padding: 6 }} role="tablist" aria-orientation="vertical" aria-label={t`Filter by`}>
            {FACETS.map((facet) => (
              <UnstyledButton
                key={facet}
                role="tab"
                aria-selected={facet === field}
                data-selected={facet === field || undefined}
                className="cd-option"
                onClick={() => setField(facet)}
              >
                {label("OrderFacet", facet)}
              </UnstyledButton>
            ))}
          </div>
          <div style={{ flex: 1, minWidth: 0 }}>
            <ScrollArea.Autosize mah={320} p="sm">
              <Checkbox.Group value={chosen} onChange={(next) => {
                const changed = [...next.filter((value) => !chosen.includes(value)), ...chosen.filter((value) => !next.includes(value))][0];
                if (changed) go(toggled(search, criterion, changed));
              }} aria-label={label("OrderFacet", field)}>
                <Stack gap={8}>
                  {offered.map((value) => (
                    <Checkbox
                      key={value}
                      size="xs"
                      value={value}
                      label={
                        <>
                          {words ? label(words, value) : value}
                          {counted.has(value) && <Text span c="dimmed" size="xs">{` ${formatNumber(counted.get(value) ?? 0)}`}</Text>}
                        </>
                      }
                    />
                  ))}
                  {offered.length === 0 && <Text size="sm" c="dimmed">{t`None of these orders has one.`}</Text>}
                </Stack>
              </Checkbox.Group>
            </ScrollArea.Autosize>
          </div>
        </Group>
        <Group gap="md" p="sm" style={{ borderTop: "1px solid var(--cd-line)" }}>
          <Checkbox size="xs" label={t`With an open alert`} checked={search.hasAlert === true} onChange={(event) => go(having(search, { hasAlert: event.currentTarget.checked || undefined }))} />
          <Checkbox size="xs" label={t`Suspended`} checked={search.suspended === true} onChange={(event) => go(having(search, { suspended: event.currentTarget.checked || undefined }))} />
          <DateRange search={search} go={go} />
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function DateRange({ search, go }: { search: OrderSearch; go: (search: OrderSearch) => void }) {
  const days: [string, number][] = [
    [t`Today`, 0],
    [t`Last 7 days`, 7],
    [t`Last 30 days`, 30],
  ];
  return (
    <Menu withinPortal>
      <Menu.Target>
        <Button size="compact-xs" variant="default">
          {t`Placed …`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {days.map(([name, back]) => (
          <Menu.Item
            key={name}
            onClick={() => {
              const start = new Date();
              start.setHours(0, 0, 0, 0);
              start.setDate(start.getDate() - back);
              go(having(search, { placedAt: { from: start.toISOString() } }));
            }}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => go(having(search, { placedAt: undefined }))}>{t`Any time`}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function FilterChip({ chip, search, onRemove }: { chip: Chip; search: OrderSearch; onRemove: () => void }) {
  const text = chipText(chip, search);
  return (
    <Pill withRemoveButton onRemove={onRemove} size="md" removeButtonProps={{ "aria-label": t`Remove the filter ${text}`, "aria-hidden": false, tabIndex: 0 }}>
      {text}
    </Pill>
  );
}

function chipText({ criterion, value }: Chip, search: OrderSearch): string {
  const facet = FACETS.find((one) => OF_FACET[one].criterion === criterion);
  const name = facet ? label("OrderFacet", facet) : label("OrderFacet", criterion);
  if (value !== undefined) {
    const words = facet && OF_FACET[facet].words;
    return `${name}: ${words ? label(words, value) : value}`;
  }
  if (criterion === "hasAlert") return search.hasAlert ? t`With an open alert` : t`Without an open alert`;
  if (criterion === "suspended") return search.suspended ? t`Suspended` : t`Not suspended`;
  if (criterion === "not") return t`Except: ${chipsOf((search.not ?? {}) as OrderSearch).map((chip) => chipText(chip, search.not as OrderSearch)).join(", ")}`;
  const held = search[criterion];
  if (typeof held === "object" && held !== null) {
    const range = held as Record<string, string | undefined>;
    const from = (range.from ?? range.min)?.slice(0, 10) ?? "";
    const to = (range.to ?? range.max)?.slice(0, 10) ?? "";
    return `${name}: ${from} – ${to}`;
  }
  return `${name}: ${String(held)}`;
}
