import { describe, expect, it } from "vitest";
import { currenciesOf, everyDay, type Row, sharesOf } from "./sales";

const row = (name: string, amount: string, currency = "EUR"): Row => ({ name, orders: 1, units: 2, revenue: { amount, currency } });

describe("sales by day", () => {
  it("have every day of a currency, over the end of a month", () => {
    const rows = [row("2026-02-28", "5.00"), row("2026-03-01", "7.00"), row("2026-03-01", "900", "JPY")];
    const found = everyDay(rows, "EUR", 3, new Date("2026-03-01T23:30:00Z"));
    expect(found.map(({ name, orders, revenue }) => [name, orders, revenue.amount])).toEqual([
      ["2026-02-27", 0, "0"],
      ["2026-02-28", 1, "5.00"],
      ["2026-03-01", 1, "7.00"],
    ]);
    expect(currenciesOf(rows)).toEqual(["EUR", "JPY"]);
  });
});

describe("shares", () => {
  it("are of each currency alone", () => {
    const rows = [row("web", "30.00"), row("app", "10.00"), row("web", "900", "JPY")];
    expect([...sharesOf(rows).values()]).toEqual([0.75, 0.25, 1]);
    expect([...sharesOf([row("web", "0")]).values()]).toEqual([0]);
  });
});
