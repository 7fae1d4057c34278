import type { Enum, VariablesOf } from "@crossdock/api";
import { values } from "@crossdock/i18n";
import { compact, flag, list, record, text } from "../../lib/search";
import type { ORDERS } from "./queries";

export type OrderFilter = NonNullable<VariablesOf<typeof ORDERS>["filter"]>;
export type OrderSort = Enum<"OrderSort">;

function claim(value: unknown): Enum<"ClaimedBy"> | undefined {
  return values("ClaimedBy").find((one) => one === value) as Enum<"ClaimedBy"> | undefined;
}

/** How each criterion of `OrderFilter` is read from the address; the address has the names of the API. */
const CRITERIA = {
  number: text,
  externalId: text,
  channel: list,
  state: list,
  paymentStatus: list,
  fulfillmentStatus: list,
  numbers: list,
  customerName: text,
  email: text,
  phone: text,
  postalCode: text,
  city: text,
  country: list,
  sku: list,
  site: list,
  deliveryMethod: list,
  trackingNumber: text,
  placedAt: record,
  updatedAt: record,
  promisedAt: record,
  total: record,
  shippingMethod: list,
  hasAlert: flag,
  alertKind: list,
  suspended: flag,
  claimedBy: claim,
  tag: list,
  not: record,
} satisfies Record<keyof OrderFilter, (value: unknown) => unknown>;

export type Criterion = keyof typeof CRITERIA;

type Criteria = { [Name in Criterion]?: ReturnType<(typeof CRITERIA)[Name]> };

export interface OrderSearch extends Criteria {
  q?: string;
  sort?: OrderSort;
  after?: string;
  before?: string;
  /** The number of the order that is peeked at. */
  peek?: string;
  /** The saved search that was opened, and its columns. */
  view?: string;
  columns?: string[];
}

const SORTS: OrderSort[] = ["PLACED_AT_DESC", "PLACED_AT_ASC", "UPDATED_AT_DESC", "TOTAL_DESC", "TOTAL_ASC", "RELEVANCE"];

export function readOrderSearch(raw: Record<string, unknown>): OrderSearch {
  const criteria = Object.fromEntries(Object.entries(CRITERIA).map(([name, read]) => [name, read(raw[name])]));
  return compact<OrderSearch>({
    ...criteria,
    q: text(raw.q),
    sort: SORTS.find((sort) => sort === raw.sort),
    after: text(raw.after),
    before: text(raw.before),
    peek: text(raw.peek),
    view: text(raw.view),
    columns: list(raw.columns),
  });
}

/** The filter argument: the address has only what the API knows, the API judges the values. */
export function filterOf(search: OrderSearch): OrderFilter {
  const entries = (Object.keys(CRITERIA) as Criterion[]).map((name) => [name, search[name]]);
  return compact(Object.fromEntries(entries)) as OrderFilter;
}

export function sortOf(search: OrderSearch): OrderSort {
  return search.sort ?? (search.q ? "RELEVANCE" : "PLACED_AT_DESC");
}

export interface Chip {
  criterion: Criterion;
  /** The value within a list; without it the chip is the whole criterion. */
  value?: string;
}

export function chipsOf(search: OrderSearch): Chip[] {
  return (Object.keys(CRITERIA) as Criterion[]).flatMap((criterion): Chip[] => {
    const value = search[criterion];
    if (value === undefined) return [];
    return Array.isArray(value) ? value.map((item) => ({ criterion, value: item })) : [{ criterion }];
  });
}

/** Another narrowing starts again at the first page. */
function firstPage(search: OrderSearch): OrderSearch {
  const { after: _after, before: _before, peek: _peek, ...rest } = search;
  return rest;
}

export function without(search: OrderSearch, { criterion, value }: Chip): OrderSearch {
  const now = search[criterion];
  const left = value !== undefined && Array.isArray(now) ? now.filter((item) => item !== value) : undefined;
  return readOrderSearch({ ...firstPage(search), [criterion]: left });
}

export function toggled(search: OrderSearch, criterion: Criterion, value: string): OrderSearch {
  const now = search[criterion];
  const held = Array.isArray(now) ? now : [];
  const next = held.includes(value) ? held.filter((item) => item !== value) : [...held, value];
  return readOrderSearch({ ...firstPage(search), [criterion]: next });
}

export function having(search: OrderSearch, change: Partial<Record<keyof OrderSearch, unknown>>): OrderSearch {
  return readOrderSearch({ ...firstPage(search), ...change });
}
