import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@crossdock/ui/styles.css";
import "./app.css";
import { activate, preferredLocale } from "@crossdock/i18n";
import { cssVariables, theme } from "@crossdock/ui";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { LocaleProvider } from "./shell/locale";
import { Session } from "./shell/session";

async function start() {
  await activate(preferredLocale());
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <Notifications position="bottom-right" limit={4} />
        <LocaleProvider>
          <Session />
        </LocaleProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void start();
