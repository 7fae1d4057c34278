export * from "./format";
export { humanize, label, type Vocabulary, values } from "./labels";
export { activate, formattingLocale, isLocale, keepLocale, type Locale, LOCALES, preferredLocale } from "./locale";
