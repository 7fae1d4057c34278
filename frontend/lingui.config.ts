import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de"],
  rootDir: import.meta.dirname,
  // The words of the packages go with every app, an app's own with it alone.
  catalogs: [
    { path: "<rootDir>/packages/i18n/src/locales/{locale}", include: ["<rootDir>/packages/*/src/**/*.{ts,tsx}"] },
    { path: "<rootDir>/apps/admin/src/locales/{locale}", include: ["<rootDir>/apps/admin/src/**/*.{ts,tsx}"] },
    { path: "<rootDir>/apps/store/src/locales/{locale}", include: ["<rootDir>/apps/store/src/**/*.{ts,tsx}"] },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
});
