import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@crossdock/ui/styles.css";
import "./app.css";
import { Session, start } from "@crossdock/shell";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { router } from "./router";

/** Nothing is told before something was done. */
const Notifications = lazy(async () => ({ default: (await import("@mantine/notifications")).Notifications }));

void start(
  <>
    <Suspense>
      <Notifications position="bottom-right" limit={4} />
    </Suspense>
    <Session>
      <RouterProvider router={router} />
    </Session>
  </>,
  { en: () => import("./locales/en.po"), de: () => import("./locales/de.po") },
);
