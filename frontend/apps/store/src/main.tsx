import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/Button.css";
import "@mantine/core/styles/ActionIcon.css";
import "@mantine/core/styles/CloseButton.css";
import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/PasswordInput.css";
import "@mantine/core/styles/Loader.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Modal.css";
import "@mantine/core/styles/Group.css";
import "@mantine/core/styles/Stack.css";
import "@mantine/core/styles/Center.css";
import "@mantine/core/styles/Text.css";
import "@mantine/core/styles/Title.css";
import "@mantine/core/styles/Skeleton.css";
import "@crossdock/ui/styles.css";
import "./store.css";
import { Session, start } from "@crossdock/shell";
import { Store } from "./Store";

void start(
  <Session rememberAs="crossdock.store.me">
    <Store />
  </Session>,
  { en: () => import("./locales/en.po"), de: () => import("./locales/de.po") },
);

if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("/store/sw.js");
