import { activate, addCatalogs, type Catalogs, preferredLocale } from "@crossdock/i18n";
import { cssVariables, theme } from "@crossdock/ui";
import { MantineProvider } from "@mantine/core";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { LocaleProvider } from "./locale";

/** Draws an app into its page, in the person's language and colours. */
export async function start(app: ReactNode, catalogs: Catalogs): Promise<void> {
  addCatalogs(catalogs);
  await activate(preferredLocale());
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <LocaleProvider>{app}</LocaleProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
