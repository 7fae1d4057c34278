/// <reference path="./po.d.ts" />
import { i18n } from "@lingui/core";

export const LOCALES = { en: "English", de: "Deutsch" } as const;
export type Locale = keyof typeof LOCALES;

const KEPT = "crossdock.locale";

export function isLocale(value: string | null | undefined): value is Locale {
  return value !== null && value !== undefined && Object.hasOwn(LOCALES, value);
}

/** What the person chose here before, else the first of the browser's languages that we have. */
export function preferredLocale(kept = localStorage.getItem(KEPT), wanted = navigator.languages): Locale {
  if (isLocale(kept)) return kept;
  for (const tag of wanted) {
    const language = tag.split("-")[0];
    if (isLocale(language)) return language;
  }
  return "en";
}

export function keepLocale(locale: Locale): void {
  localStorage.setItem(KEPT, locale);
}

export type Catalogs = Record<Locale, () => Promise<{ messages: Record<string, string> }>>;

/** The words of the packages; an app adds its own. */
const CATALOGS: Catalogs[] = [{ en: () => import("./locales/en.po"), de: () => import("./locales/de.po") }];

export function addCatalogs(catalogs: Catalogs): void {
  CATALOGS.push(catalogs);
}

export async function activate(locale: Locale): Promise<void> {
  const loaded = await Promise.all(CATALOGS.map((catalogs) => catalogs[locale]()));
  i18n.loadAndActivate({ locale, messages: Object.assign({}, ...loaded.map((one) => one.messages)) as Record<string, string> });
  document.documentElement.lang = locale;
}

/** The tag for Intl: the person's own region where the language is the app's. */
export function formattingLocale(locale = i18n.locale, wanted: readonly string[] = navigator.languages): string {
  return wanted.find((tag) => tag.split("-")[0] === locale) ?? (locale === "en" ? "en-GB" : locale || "en-GB");
}
