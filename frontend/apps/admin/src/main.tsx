import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@crossdock/ui/styles.css";
import "./app.css";
import { Session, start } from "@crossdock/shell";
import { Notifications } from "@mantine/notifications";
import { RouterProvider } from "@tanstack/react-router";
import { router } from "./router";

void start(
  <>
    <Notifications position="bottom-right" limit={4} />
    <Session>
      <RouterProvider router={router} />
    </Session>
  </>,
  { en: () => import("./locales/en.po"), de: () => import("./locales/de.po") },
);
