import { type Vocabulary, values } from "@crossdock/i18n";
import { type Criterion, type OrderSearch, readOrderSearch } from "./search";

/* The text form of a search, as the server reads it (backend/rules/search_text.py). Here only what is certain becomes a
   chip; the rest stays text, and the server says what it does not understand. */

type Kind = "text" | "list" | "flag" | "time" | "amount" | Vocabulary;

const KEYS: Record<string, [Criterion, Kind]> = {
  number: ["number", "text"],
  numbers: ["numbers", "list"],
  external_id: ["externalId", "text"],
  channel: ["channel", "list"],
  state: ["state", "OrderState"],
  payment: ["paymentStatus", "PaymentStatus"],
  fulfillment: ["fulfillmentStatus", "FulfillmentStatus"],
  name: ["customerName", "text"],
  email: ["email", "text"],
  phone: ["phone", "text"],
  postal_code: ["postalCode", "text"],
  city: ["city", "text"],
  country: ["country", "list"],
  sku: ["sku", "list"],
  site: ["site", "list"],
  delivery: ["deliveryMethod", "DeliveryMethod"],
  tracking: ["trackingNumber", "text"],
  shipping_method: ["shippingMethod", "list"],
  has_alert: ["hasAlert", "flag"],
  alert: ["alertKind", "list"],
  suspended: ["suspended", "flag"],
  claimed: ["claimedBy", "ClaimedBy"],
  tag: ["tag", "list"],
  placed: ["placedAt", "time"],
  updated: ["updatedAt", "time"],
  promised: ["promisedAt", "time"],
  total: ["total", "amount"],
};

/** Of a closed list, but one alone. */
const SINGLE: ReadonlySet<Kind> = new Set(["ClaimedBy"]);

const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|[^\s",]+)`;
const TOKEN = new RegExp(String.raw`([a-z_]+):(${VALUE}(?:,${VALUE})*)(?=\s|$)|"(?:[^"\\]|\\.)*"(?=\s|$)|\S+`, "g");
const ONE = new RegExp(VALUE, "g");
const FLAGS: Record<string, boolean> = { yes: true, true: true, no: false, false: false };

/** Text into criteria; those that the search has already, and what is not certain, stay in the text. */
export function withText(search: OrderSearch, text: string): OrderSearch {
  const found: Partial<Record<Criterion, unknown>> = {};
  const rest: string[] = [];
  for (const token of text.matchAll(TOKEN)) {
    const known = token[1] === undefined ? undefined : KEYS[token[1]];
    const value = known && token[2] !== undefined ? read(known[1], [...token[2].matchAll(ONE)].map((one) => bare(one[0])), found[known[0]]) : undefined;
    if (known && value !== undefined && search[known[0]] === undefined) found[known[0]] = value;
    else rest.push(token[0]);
  }
  return readOrderSearch({ ...search, ...found, q: rest.join(" ") || undefined });
}

function read(kind: Kind, given: string[], before: unknown): unknown {
  const [first = ""] = given;
  const single = given.length === 1 ? first : undefined;
  if (kind === "time" || kind === "amount") return single === undefined ? undefined : range(kind, single, before as Record<string, string> | undefined);
  if (before !== undefined) return undefined;
  if (kind === "text") return single;
  if (kind === "list") return given;
  if (kind === "flag") return FLAGS[single?.toLowerCase() ?? ""];
  const words = given.map((value) => value.toUpperCase());
  if (!words.every((word) => values(kind).includes(word))) return undefined;
  if (SINGLE.has(kind)) return words.length === 1 ? words[0] : undefined;
  return words;
}

const SIGNS = { time: { ">=": "from", "<": "to" }, amount: { ">=": "min", "<=": "max" } } as const;
const FORMS = { time: /^(>=|<)(\d{4}-\d{2}-\d{2}(?:T[\d:.+Z-]+)?)$/, amount: /^(>=|<=)(\d+(?:\.\d+)?)$/ };

function range(kind: "time" | "amount", text: string, before: Record<string, string> = {}): Record<string, string> | undefined {
  const [, sign = "", value = ""] = FORMS[kind].exec(text) ?? [];
  const end = (SIGNS[kind] as Record<string, string>)[sign];
  if (end === undefined || before[end] !== undefined) return undefined;
  if (kind === "amount") return { ...before, [end]: value };
  const time = new Date(value.includes("T") ? value : `${value}T00:00:00Z`);
  return Number.isNaN(time.getTime()) ? undefined : { ...before, [end]: time.toISOString() };
}

/** The text that says the same; `not` is left out, as it stands for more than one word can say. */
export function textOf(search: OrderSearch): string {
  const words = Object.entries(KEYS).flatMap(([key, [criterion, kind]]) => {
    const held = search[criterion];
    if (held === undefined) return [];
    if (kind === "time" || kind === "amount") {
      const ends = held as Record<string, string>;
      return Object.entries(SIGNS[kind]).flatMap(([sign, end]) => (ends[end] === undefined ? [] : [`${key}:${sign}${ends[end]}`]));
    }
    if (kind === "flag") return [`${key}:${held ? "yes" : "no"}`];
    const all = (Array.isArray(held) ? held : [held]).map(String);
    return [`${key}:${all.map((value) => (kind === "text" || kind === "list" ? quoted(value) : value.toLowerCase())).join(",")}`];
  });
  return [search.q, ...words].filter(Boolean).join(" ");
}

function bare(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, "$1") : value;
}

function quoted(value: string): string {
  return /^[^\s",\\]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

export interface Puzzle {
  before: string;
  word: string;
  after: string;
  why: string;
}

/** Where in the text the server stopped understanding; its message says `word (at character N): why`. */
export function puzzleOf(text: string, message: string): Puzzle | undefined {
  const found = /\(at character (\d+)\): (.+)$/s.exec(message);
  if (!found) return undefined;
  const start = Number(found[1]) - 1;
  const word = /^(?:[a-z_-]+:)?(?:"[^"]*"?|\S)*/.exec(text.slice(start))?.[0] ?? "";
  return { before: text.slice(0, start), word, after: text.slice(start + word.length), why: found[2] ?? "" };
}
