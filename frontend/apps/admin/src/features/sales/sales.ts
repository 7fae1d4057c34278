import { formatNumber } from "@crossdock/i18n";
import { t } from "@lingui/core/macro";

export interface Row {
  name: string;
  orders: number;
  units: number;
  revenue: { amount: string; currency: string };
}

const DAY = 86_400_000;

export function currenciesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map((row) => row.revenue.currency))].toSorted();
}

/** The days of a currency up to `today` (UTC), oldest first, those without sales among them. */
export function everyDay(rows: readonly Row[], currency: string, days: number, today: Date): Row[] {
  const known = new Map(rows.filter((row) => row.revenue.currency === currency).map((row) => [row.name, row]));
  return Array.from({ length: days }, (_, place) => {
    const name = new Date(today.getTime() - (days - 1 - place) * DAY).toISOString().slice(0, 10);
    return known.get(name) ?? { name, orders: 0, units: 0, revenue: { amount: "0", currency } };
  });
}

/** The part that a row has of its currency's revenue among these rows, from 0 to 1. For looking at: amounts stay exact. */
export function sharesOf(rows: readonly Row[]): Map<Row, number> {
  const sums = new Map<string, number>();
  for (const { revenue } of rows) sums.set(revenue.currency, (sums.get(revenue.currency) ?? 0) + Number(revenue.amount));
  return new Map(rows.map((row) => [row, Number(row.revenue.amount) / (sums.get(row.revenue.currency) || 1)]));
}

/** A time that was measured to within a tenth: no more digits than it has. */
export function aboutText(seconds: number): string {
  if (seconds < 90) return t`${formatNumber(Math.round(seconds))} s`;
  if (seconds < 5_400) return t`${formatNumber(Math.round(seconds / 60))} min`;
  if (seconds < 129_600) return t`${formatNumber(roughly(seconds / 3_600))} h`;
  return t`${formatNumber(roughly(seconds / 86_400))} days`;
}

const roughly = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
