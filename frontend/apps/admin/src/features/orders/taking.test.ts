import { expect, test } from "vitest";
import { exportAddress, graphqlOf } from "./taking";

test("the same criteria, as a file and as a query", () => {
  const filter = { state: ["DRAFT" as const], tag: ["a b"], not: { country: ["DE"] }, total: { min: "5" } };
  const address = new URL(exportAddress("csv", "ann", filter, "TOTAL_ASC", ["city", "updatedAt", "total"]), "http://here");
  expect(address.pathname).toBe("/exports/orders.csv");
  expect(Object.fromEntries(address.searchParams)).toEqual({
    query: "ann",
    filter: JSON.stringify(filter),
    sort: "TOTAL_ASC",
    columns: "number,city,country,currency,total",
  });
  expect(exportAddress("xlsx", undefined, {}, "PLACED_AT_DESC", [])).toBe("/exports/orders.xlsx?sort=PLACED_AT_DESC");
  expect(graphqlOf('an "n"', filter, "TOTAL_ASC")).toContain(
    'orders(query: "an \\"n\\"", filter: {state: [DRAFT], tag: ["a b"], not: {country: ["DE"]}, total: {min: "5"}}, sort: TOTAL_ASC, first: 50)',
  );
});
