import { type FragmentOf, graphql, readFragment, useLive, type VariablesOf } from "@crossdock/api";
import { formatNumber, label } from "@crossdock/i18n";
import { Ago, Card, DataTable, Empty, Failed, Loading, Notice, Page, StatusBadge, useNow } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, CloseButton, Group, NativeSelect, Pill, SegmentedControl, Text, Title } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { compact } from "../../lib/search";
import { type Cursors, Pager } from "../../lib/Pager";
import { SHIPPING_ORDER_PARTS } from "./parts";
import { ShippingOrderCard } from "../orders/ShippingOrders";
import { useSites } from "../inventory/sites";
import { ShippingOrderActions } from "./ShippingOrderActions";

const SHIPPING_ORDERS = graphql(
  `
  query ShippingOrders($filter: ShippingOrderFilter, $first: Int!, $after: String) {
    shippingOrders(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        ...ShippingOrderParts
      }
    }
  }
`,
  [SHIPPING_ORDER_PARTS],
);

type Filter = NonNullable<VariablesOf<typeof SHIPPING_ORDERS>["filter"]>;

/** What is still in the building, in the order of the work. */
const COLUMNS = ["WAITING_APPROVAL", "WAITING_ASSIGNMENT", "WAITING_PICK", "WAITING_PACK", "WAITING_SHIPMENT", "READY_FOR_PICKUP"] as const;
const REST = ["SHIPPED", "DELIVERED", "PICKED_UP", "REJECTED", "CANCELLED"] as const;

export function Fulfillment() {
  const search = useSearch({ from: "/fulfillment" });
  const navigate = useNavigate({ from: "/fulfillment" });
  const sites = useSites();
  const change = (next: Partial<typeof search>) => void navigate({ search: compact({ ...search, after: undefined, before: undefined, ...next }) as typeof search });
  const { state, open, after, before: _before, ...narrowing } = search;
  const base = compact(narrowing) as Filter;
  const board = state === undefined;
  const chips: [string, keyof typeof search][] = [];
  if (search.late) chips.push([t`Late`, "late"]);
  if (search.hasAlert) chips.push([t`With an open alert`, "hasAlert"]);
  if (search.unassigned) chips.push([t`Nobody’s yet`, "unassigned"]);
  if (search.assigneeId) chips.push([t`Of one person`, "assigneeId"]);

  return (
    <Page
      title={t`Fulfilment`}
      aside={
        <SegmentedControl
          size="xs"
          value={board ? "board" : "list"}
          onChange={(view) => change({ state: view === "board" ? undefined : [...COLUMNS], open: undefined })}
          data={[
            { value: "board", label: t`Board` },
            { value: "list", label: t`List` },
          ]}
          aria-label={t`View`}
        />
      }
    >
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={t`Site`}
          value={search.site?.[0] ?? ""}
          onChange={(event) => change({ site: event.currentTarget.value ? [event.currentTarget.value] : undefined })}
          data={[{ value: "", label: t`All sites` }, ...sites.map((site) => ({ value: site.code, label: site.name }))]}
        />
        <NativeSelect
          size="xs"
          aria-label={t`Delivery`}
          value={search.deliveryMethod?.[0] ?? ""}
          onChange={(event) => change({ deliveryMethod: event.currentTarget.value ? [event.currentTarget.value] : undefined })}
          data={[{ value: "", label: t`Shipping and pick-up` }, { value: "SHIP", label: t`Shipping` }, { value: "PICKUP", label: t`Pick-up` }]}
        />
        {!board && (
          <NativeSelect
            size="xs"
            aria-label={t`State`}
            value={state.length === 1 ? state[0] : ""}
            onChange={(event) => change({ state: event.currentTarget.value ? [event.currentTarget.value] : [...COLUMNS] })}
            data={[{ value: "", label: t`Everything open` }, ...[...COLUMNS, ...REST].map((value) => ({ value, label: label("ShippingOrderState", value) }))]}
          />
        )}
        {chips.map(([name, key]) => (
          <Pill key={key} withRemoveButton size="md" onRemove={() => change({ [key]: undefined })} removeButtonProps={{ "aria-label": t`Remove the filter ${name}`, "aria-hidden": false, tabIndex: 0 }}>
            {name}
          </Pill>
        ))}
      </Group>
      {board ? (
        <div className="with-peek" data-open={open || undefined} style={open ? undefined : { display: "block" }}>
          <div className="board">
            {COLUMNS.map((column) => (
              <BoardColumn key={column} state={column} base={base} open={open} onOpen={(number) => change({ open: number === open ? undefined : number })} onAll={() => change({ state: [column] })} />
            ))}
          </div>
          {open && <Opened number={open} onClose={() => change({ open: undefined })} />}
        </div>
      ) : (
        <List filter={{ ...base, state: state as Filter["state"] }} at={{ after }} go={(cursors) => change(cursors)} />
      )}
    </Page>
  );
}

interface BoardColumnProps {
  state: (typeof COLUMNS)[number];
  base: Filter;
  open?: string;
  onOpen: (number: string) => void;
  onAll: () => void;
}

function BoardColumn({ state, base, open, onOpen, onAll }: BoardColumnProps) {
  const { data, fault, loading, refresh } = useLive(SHIPPING_ORDERS, { filter: { ...base, state: [state] }, first: 20, after: null }, { every: 5, types: ["ShippingOrder"] });
  const found = data?.shippingOrders;
  const name = label("ShippingOrderState", state);
  return (
    <section className="board-column" aria-label={name}>
      <Group justify="space-between" px={4} pb={8} wrap="nowrap">
        <Title order={2} size="h3">
          {name}
        </Title>
        {found && (
          <Text size="sm" c="dimmed" className="cd-num">
            {formatNumber(found.totalCount)}
          </Text>
        )}
      </Group>
      {loading && <Loading rows={3} height={60} />}
      {!found && fault && <Failed trouble={fault} retry={refresh} />}
      {found?.nodes.length === 0 && (
        <Text size="sm" c="dimmed" ta="center" py="md">
          {t`Nothing here`}
        </Text>
      )}
      <ul className="board-list">
        {found?.nodes.map((node) => (
          <li key={node.id}>
            <BoardItem of={node} open={open} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {found?.pageInfo.hasNextPage && (
        <Button size="compact-sm" variant="subtle" fullWidth onClick={onAll}>
          {t`Show all ${formatNumber(found.totalCount)}`}
        </Button>
      )}
    </section>
  );
}

function BoardItem({ of, open, onOpen }: { of: FragmentOf<typeof SHIPPING_ORDER_PARTS>; open?: string; onOpen: (number: string) => void }) {
  const part = readFragment(SHIPPING_ORDER_PARTS, of);
  const now = useNow();
  const units = part.lines.reduce((sum, line) => sum + line.quantity, 0);
  const late = part.shipBy !== null && new Date(part.shipBy).getTime() < now;
  return (
    <div className="board-item" data-open={open === part.number || undefined} data-late={late || undefined}>
      <button type="button" className="board-item-name" aria-expanded={open === part.number} onClick={() => onOpen(part.number)}>
        {part.number}
      </button>
      <Text size="xs" c="dimmed" truncate>
        {part.site.name}
      </Text>
      <Text size="xs" c="dimmed">
        {units === 1 ? t`1 unit` : t`${units} units`}
        {part.deliveryMethod === "PICKUP" && ` · ${t`Pick-up`}`}
        {part.shipBy && (
          <>
            {" · "}
            <span style={late ? { color: "var(--cd-bad)", fontWeight: 600 } : undefined}>
              {late ? t`late` : t`due`} <Ago at={part.shipBy} />
            </span>
          </>
        )}
      </Text>
      <Group justify="space-between" mt={6} wrap="nowrap">
        <Text size="xs" truncate>
          {part.assignee?.name ?? ""}
        </Text>
        <ShippingOrderActions of={of} compact />
      </Group>
    </div>
  );
}

const SHIPPING_ORDER = graphql(
  `
  query ShippingOrder($number: String!) {
    shippingOrder(number: $number) {
      id
      state
      order {
        id
        number
      }
      ...ShippingOrderParts
    }
  }
`,
  [SHIPPING_ORDER_PARTS],
);

function Opened({ number, onClose }: { number: string; onClose: () => void }) {
  const { data, fault, loading, refresh } = useLive(SHIPPING_ORDER, { number }, { every: 5 });
  const found = data?.shippingOrder;
  return (
    <aside className="cd-card peek" aria-label={number}>
      <div className="cd-card-head">
        <Group gap="xs">
          <Title order={2} size="h3">
            {number}
          </Title>
          {found && <StatusBadge of="ShippingOrderState" value={found.state} />}
        </Group>
        <CloseButton aria-label={t`Close`} onClick={onClose} />
      </div>
      <div className="cd-card-body">
        {found ? (
          <>
            <Text size="sm" mb="xs">
              {t`Order`}{" "}
              <Link to="/orders/$number" params={{ number: found.order.number }}>
                {found.order.number}
              </Link>
            </Text>
            <ShippingOrderCard of={found} plain />
          </>
        ) : loading ? (
          <Loading />
        ) : fault ? (
          <Failed trouble={fault} retry={refresh} />
        ) : (
          <Empty title={t`There is no such shipping order`} />
        )}
      </div>
    </aside>
  );
}

function List({ filter, at, go }: { filter: Filter; at: Cursors; go: (cursors: Cursors) => void }) {
  const { data, fault, loading, refresh } = useLive(SHIPPING_ORDERS, { filter, first: 50, after: at.after ?? null }, { every: 5, types: ["ShippingOrder"] });
  const found = data?.shippingOrders;
  if (!found) return <Card>{loading ? <Loading rows={10} /> : fault && <Failed trouble={fault} retry={refresh} />}</Card>;
  if (found.nodes.length === 0) return <Card><Empty title={t`No shipping order fits`} /></Card>;
  const rows = found.nodes.map((node) => ({ node, part: readFragment(SHIPPING_ORDER_PARTS, node) }));
  return (
    <>
      {fault && <Notice tone="warn">{t`This list is not up to date: the server does not answer.`}</Notice>}
      <Card flush>
        <DataTable
          label={t`Shipping orders`}
          rows={rows}
          rowId={(row) => row.part.number}
          columns={[
            {
              id: "number",
              header: t`Shipping order`,
              heading: true,
              nowrap: true,
              cell: ({ part }) => (
                <Link to="/orders/$number" params={{ number: part.order.number }} search={{ tab: "fulfillment" }}>
                  {part.number}
                </Link>
              ),
            },
            { id: "state", header: t`State`, nowrap: true, cell: ({ part }) => <StatusBadge of="ShippingOrderState" value={part.state} /> },
            { id: "site", header: t`Site`, cell: ({ part }) => part.site.name },
            { id: "method", header: t`Delivery`, cell: ({ part }) => label("DeliveryMethod", part.deliveryMethod) },
            { id: "assignee", header: t`Whose`, cell: ({ part }) => part.assignee?.name ?? "–" },
            { id: "units", header: t`Units`, align: "right", cell: ({ part }) => part.lines.reduce((sum, line) => sum + line.quantity, 0) },
            { id: "due", header: t`Due`, nowrap: true, cell: ({ part }) => (part.shipBy ? <Ago at={part.shipBy} /> : "–") },
            { id: "made", header: t`Made`, nowrap: true, cell: ({ part }) => <Ago at={part.createdAt} /> },
            { id: "do", header: t`Actions`, quiet: true, cell: ({ node }) => <ShippingOrderActions of={node} compact /> },
          ]}
        />
        <Pager info={found.pageInfo} at={at} go={go} summary={t`${formatNumber(found.totalCount)} shipping orders`} />
      </Card>
    </>
  );
}
