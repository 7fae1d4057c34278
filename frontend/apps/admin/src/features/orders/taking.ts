import { compact } from "../../lib/search";
import type { OrderFilter, OrderSort } from "./search";

/** Columns of the list → those of the file. */
const OF_FILE: Record<string, string[]> = {
  number: ["number"],
  placedAt: ["placedAt"],
  customer: ["customer"],
  channel: ["channel"],
  state: ["state"],
  paymentStatus: ["paymentStatus"],
  fulfillmentStatus: ["fulfillmentStatus"],
  city: ["city", "country"],
  promisedAt: ["promisedAt"],
  priority: ["priority"],
  externalId: ["externalId"],
  tags: ["tags"],
  total: ["currency", "total"],
};

/** Where everything that the search finds is had as a file; no columns are all columns. */
export function exportAddress(kind: "csv" | "xlsx", query: string | undefined, filter: OrderFilter, sort: OrderSort, columns: readonly string[]): string {
  const names = columns.length > 0 ? ["number", ...columns].flatMap((id) => OF_FILE[id] ?? []).join(",") : undefined;
  const wanted = compact({ query, filter: Object.keys(filter).length > 0 ? JSON.stringify(filter) : undefined, sort, columns: names });
  return `/exports/orders.${kind}?${new URLSearchParams(wanted as Record<string, string>)}`;
}

/** The query that finds the same, as it is sent to /graphql. */
export function graphqlOf(query: string | undefined, filter: OrderFilter, sort: OrderSort): string {
  const given = compact({ query, filter: Object.keys(filter).length > 0 ? filter : undefined }) as Record<string, unknown>;
  const words = [...Object.entries(given).map(([name, value]) => `${name}: ${literal(value, name)}`), `sort: ${sort}`, "first: 50"];
  return `{\n  orders(${words.join(", ")}) {\n    totalCount\n    pageInfo { hasNextPage endCursor }\n    nodes { id number state placedAt totals { total { amount currency } } }\n  }\n}`;
}

const ENUMS = ["state", "paymentStatus", "fulfillmentStatus", "deliveryMethod"];

/** As GraphQL writes values: names without quotes, words of the schema's lists too. */
function literal(value: unknown, name: string): string {
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, name)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value).map(([field, one]) => `${field}: ${literal(one, field)}`).join(", ")}}`;
  }
  return ENUMS.includes(name) ? String(value) : JSON.stringify(value);
}
