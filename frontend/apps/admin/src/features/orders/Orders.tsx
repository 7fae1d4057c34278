import { useFeed, useLive, usePace, useSoon } from "@crossdock/api";
import { formatNumber, label, values } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Card, DataTable, Empty, Failed, isTyping, Loading, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, NativeSelect } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowUp, ListFilter } from "lucide-react";
import { useEffect, useState } from "react";
import { ORDER_FEED } from "../../lib/feeds";
import { pageArguments, Pager } from "../../lib/Pager";
import { useSteady } from "../../lib/useSteady";
import { BulkBar, type Chosen, NOTHING } from "./BulkBar";
import { Chips } from "./Chips";
import { ColumnChooser } from "./ColumnChooser";
import { BESIDE_PEEK, chosenColumns, orderColumns, USUAL_COLUMNS } from "./columns";
import { FacetRail } from "./FacetRail";
import { FACETS } from "./facets";
import { ListMenu } from "./ListMenu";
import { OrderPeek } from "./OrderPeek";
import { ORDER_COUNTS, ORDERS } from "./queries";
import { chipsOf, filterOf, having, type OrderSearch, sortOf } from "./search";
import { SearchBox } from "./SearchBox";
import { Views } from "./Views";

const PAGE = 50;

export function Orders() {
  const search = useSearch({ from: "/orders" });
  const navigate = useNavigate({ from: "/orders" });
  const go = (next: OrderSearch) => void navigate({ to: "/orders", search: next });
  const { can } = useSession();
  const { found, counts, list, asked, fault } = useOrders(search);
  const [held, hold] = useState<{ asked: string; chosen: Chosen }>({ asked, chosen: NOTHING });
  const chosen = held.asked === asked ? held.chosen : NOTHING;
  const choose = (next: Chosen) => hold({ asked, chosen: next });
  const [usual, setUsual] = useLocalStorage<string[]>({ key: "crossdock.orders.columns", defaultValue: USUAL_COLUMNS, getInitialValueInEffect: false });
  const [rail, setRail] = useLocalStorage({ key: "crossdock.orders.rail", defaultValue: window.innerWidth >= 1500, getInitialValueInEffect: false });
  const all = orderColumns();
  const shown = search.columns ?? usual;
  const narrowed = chipsOf(search).length > 0 || search.q !== undefined;
  const total = counts.data && { count: counts.data.orders.totalCount, text: totalText(counts.data.orders.totalCount, counts.data.orders.totalIsCapped) };
  usePeekKeys(search, go);

  return (
    <Page
      title={t`Orders`}
      aside={
        <>
          <ListMenu search={search} columns={shown} />
          <ColumnChooser all={all} shown={shown} choose={(columns) => (search.view ? go({ ...search, columns }) : setUsual(columns))} />
          {can("ADMIN", "MANAGER", "CUSTOMER_SERVICE") && (
            <Button component={Link} to="/orders/new" size="xs">
              {t`New order`}
            </Button>
          )}
        </>
      }
    >
      <Views search={search} columns={shown} go={go} />
      <Group gap="xs" align="flex-start">
        <SearchBox search={search} go={go} fault={fault} />
        <Button variant="default" aria-pressed={rail} leftSection={<ListFilter size={15} aria-hidden />} onClick={() => setRail(!rail)}>
          {t`Filter`}
        </Button>
        <NativeSelect
          aria-label={t`Sort by`}
          value={sortOf(search)}
          onChange={(event) => go(having(search, { sort: event.currentTarget.value }))}
          data={values("OrderSort")
            .filter((value) => value !== "RELEVANCE" || search.q)
            .map((value) => ({ value, label: label("OrderSort", value) }))}
        />
      </Group>
      {narrowed && <Chips search={search} go={go} />}
      {found?.degraded && <Notice tone="warn">{t`The search engine does not answer. The database searches instead: typing mistakes are not forgiven.`}</Notice>}
      {fault && found && <Notice tone="warn">{t`This list is not up to date: the server does not answer.`}</Notice>}
      <div className="order-list" data-rail={rail || undefined} data-peek={search.peek !== undefined || undefined}>
        {rail && <FacetRail search={search} facets={counts.data?.orders.facets ?? []} go={go} />}
        <div className="steady">
          <Changed news={list.news} gone={list.gone.size} show={list.show} />
          <Card flush>
            {!found && fault?.kind === "invalid" ? (
              <Empty title={t`This search is not understood`} hint={search.q ? t`The text above shows where.` : fault.message} />
            ) : !found && fault ? (
              <Failed trouble={fault} retry={list.retry} />
            ) : list.loading ? (
              <Loading rows={12} height={26} />
            ) : list.rows.length === 0 ? (
              <Nothing narrowed={narrowed} showAll={() => go({})} />
            ) : (
              <>
                <DataTable
                  label={t`Orders`}
                  columns={chosenColumns(all, search.peek ? shown.filter((id) => BESIDE_PEEK.includes(id)) : shown)}
                  rows={list.rows}
                  rowId={(row) => row.number}
                  active={search.peek}
                  faded={(row) => list.gone.has(row.number)}
                  selection={{
                    chosen: chosen.all ? new Set(list.rows.map((row) => row.number)) : chosen.ids,
                    choose: (ids) => choose({ ids, all: false }),
                    name: (row) => row.number,
                  }}
                  onOpen={(row) => void navigate({ to: "/orders/$number", params: { number: row.number } })}
                />
                {found && <Pager info={found.pageInfo} at={search} go={(cursors) => go({ ...having(search, {}), ...cursors })} summary={total?.text} />}
              </>
            )}
          </Card>
          {(chosen.all || chosen.ids.size > 0) && (
            <BulkBar
              chosen={chosen}
              choose={choose}
              rows={list.rows}
              total={total}
              search={search}
              onDone={() => {
                choose(NOTHING);
                list.retry();
              }}
            />
          )}
        </div>
        {search.peek && <OrderPeek number={search.peek} onClose={() => go({ ...search, peek: undefined })} />}
      </div>
    </Page>
  );
}

/** What the search finds, kept up by the log of all orders: rows are renewed where they stand. */
function useOrders(search: OrderSearch) {
  const wanted = { query: search.q ?? null, filter: filterOf(search) };
  const page = { ...wanted, sort: sortOf(search), ...pageArguments(search, PAGE) };
  const orders = useLive(ORDERS, page, { every: usePace(), types: ["Order"] });
  const counts = useLive(ORDER_COUNTS, { ...wanted, facets: FACETS }, { every: 30, types: ["Order"] });
  const soon = useSoon(orders.refresh, 0.5);
  const countSoon = useSoon(counts.refresh, 5);
  const told = () => {
    soon();
    countSoon();
  };
  useFeed(ORDER_FEED, {}, { next: told, missed: told, cursor: (message) => message.orderEvents.cursor });
  const asked = JSON.stringify(page);
  const steady = useSteady(orders.data?.orders.nodes, asked, !orders.fetching, (row) => row.number);
  return {
    found: orders.data?.orders,
    fault: orders.fault,
    counts,
    asked,
    list: { ...steady, loading: orders.loading, retry: orders.refresh },
  };
}

/** o: peek at the row where the focus is; Escape: no longer. */
function usePeekKeys(search: OrderSearch, go: (search: OrderSearch) => void): void {
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
}

function Changed({ news, gone, show }: { news: number; gone: number; show: () => void }) {
  if (news === 0 && gone === 0) return <div role="status" />;
  const text = news === 0 ? (gone === 1 ? t`1 is no longer here` : t`${gone} are no longer here`) : news === 1 ? t`1 new order` : t`${news} new orders`;
  return (
    <div role="status" className="changed">
      <Button size="compact-sm" radius="xl" leftSection={<ArrowUp size={14} aria-hidden />} onClick={show}>
        {text}
      </Button>
    </div>
  );
}

function Nothing({ narrowed, showAll }: { narrowed: boolean; showAll: () => void }) {
  if (!narrowed) return <Empty title={t`No orders yet`} hint={t`They come from your channels through the API, or from an import.`} />;
  return (
    <Empty
      title={t`No order fits`}
      hint={t`Take a filter away, or look for something shorter.`}
      action={
        <Button variant="default" size="xs" onClick={showAll}>
          {t`Show all orders`}
        </Button>
      }
    />
  );
}

function totalText(count: number, capped: boolean): string {
  const shown = formatNumber(count);
  if (capped) return t`More than ${shown} orders`;
  return count === 1 ? t`1 order` : t`${shown} orders`;
}
