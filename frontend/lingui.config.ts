import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de"],
  rootDir: import.meta.dirname,
  catalogs: [
    {
      path: "<rootDir>/packages/i18n/src/locales/{locale}",
      include: ["<rootDir>/packages/*/src/**/*.{ts,tsx}", "<rootDir>/apps/*/src/**/*.{ts,tsx}"],
    },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
});
