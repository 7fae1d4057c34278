import { describe, expect, test } from "vitest";
import { formatAgo, formatAmount, formatMoney, isZero } from "./format";

describe("money", () => {
  test("is not rounded through a float", () => {
    const shown = formatMoney({ amount: "90071992547409931.07", currency: "EUR" }, "en-GB");
    expect(shown).toBe("€90,071,992,547,409,931.07");
  });
  test("has as many decimals as its currency", () => {
    expect(formatMoney({ amount: "1500", currency: "JPY" }, "en-GB")).toBe("JP¥1,500");
    expect(formatMoney({ amount: "1.5", currency: "EUR" }, "de-DE")).toBe("1,50\u00a0€");
  });
  test.each([["0", true], ["0.00", true], ["-0.00", true], ["0.01", false], ["10", false]])("%s is zero: %s", (amount, zero) => {
    expect(isZero({ amount, currency: "EUR" })).toBe(zero);
  });
});

test("an amount without its currency has two decimals at least", () => {
  expect(formatAmount("1234.5", "de-DE")).toBe("1.234,50");
  expect(formatAmount("-0.125", "en-GB")).toBe("-0.125");
});

describe("ago", () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  test.each([
    ["2026-03-10T11:59:40Z", "now"],
    ["2026-03-10T11:30:00Z", "30 min ago"],
    ["2026-03-10T09:00:00Z", "3 hr ago"],
    ["2026-03-09T11:00:00Z", "yesterday"],
    ["2026-03-12T13:00:00Z", "in 2 days"],
  ])("%s is %s", (value, shown) => {
    expect(formatAgo(value, now, "en-GB")).toBe(shown);
  });
});
