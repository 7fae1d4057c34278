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

const CATALOGS: Record<Locale, () => Promise<{ messages: Record<string, string> }>> = {
  en: () => import("./locales/en.po"),
  de: () => import("./locales/de.po"),
};

export async function activate(locale: Locale): Promise<void> {
  const { messages } = await CATALOGS[locale]();
  i18n.loadAndActivate({ locale, messages });
  document.documentElement.lang = locale;
}

/** The tag for Intl: the person's own region where the language is the app's. */
export function formattingLocale(locale = i18n.locale, wanted: readonly string[] = navigator.languages): string {
  return wanted.find((tag) => tag.split("-")[0] === locale) ?? (locale === "en" ? "en-GB" : locale || "en-GB");
}
