import { formattingLocale } from "./locale";

export interface MoneyValue {
  amount: string;
  currency: string;
}

function cached<Options extends object, Format>(
  make: (locale: string, options: Options) => Format,
): (options: Options, locale?: string) => Format {
  const kept = new Map<string, Format>();
  return (options, locale = formattingLocale()) => {
    const key = `${locale}|${JSON.stringify(options)}`;
    let found = kept.get(key);
    if (found === undefined) kept.set(key, (found = make(locale, options)));
    return found;
  };
}

const numberFormat = cached((locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options));
const dateFormat = cached((locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options));
const agoFormat = cached((locale, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(locale, options));

/** Exact: Intl takes the decimal as a string, so no float is between the API and the screen. */
export function formatMoney({ amount, currency }: MoneyValue, locale?: string): string {
  return numberFormat({ style: "currency", currency }, locale).format(amount as Intl.StringNumericLiteral);
}

export function isZero({ amount }: MoneyValue): boolean {
  return /^-?0*(\.0*)?$/.test(amount);
}

export function formatNumber(value: number, locale?: string): string {
  return numberFormat({}, locale).format(value);
}

/** An amount whose currency is told elsewhere; exact, as money is. */
export function formatAmount(amount: string, locale?: string): string {
  return numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 4 }, locale).format(amount as Intl.StringNumericLiteral);
}

export function formatDateTime(value: string, locale?: string): string {
  return dateFormat({ dateStyle: "medium", timeStyle: "short" }, locale).format(new Date(value));
}

export function formatDate(value: string, locale?: string): string {
  return dateFormat({ dateStyle: "medium" }, locale).format(new Date(value));
}

export function formatDay(value: string, locale?: string): string {
  return dateFormat({ weekday: "short", day: "numeric", month: "numeric", timeZone: "UTC" }, locale).format(new Date(value));
}

export function formatTime(value: string, locale?: string): string {
  return dateFormat({ timeStyle: "medium" }, locale).format(new Date(value));
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago", "in 2 days"; below a minute it is now. */
export function formatAgo(value: string, now = Date.now(), locale?: string): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const format = agoFormat({ numeric: "auto", style: "short" }, locale);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "second");
}

export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
