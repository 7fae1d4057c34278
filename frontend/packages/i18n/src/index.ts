export * from "./format";
export { humanize, label, type Vocabulary, values } from "./labels";
export { activate, addCatalogs, type Catalogs, formattingLocale, isLocale, keepLocale, type Locale, LOCALES, preferredLocale } from "./locale";
