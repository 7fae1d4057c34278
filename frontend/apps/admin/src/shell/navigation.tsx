import { isTyping } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { BellRing, Boxes, CreditCard, LayoutDashboard, ListChecks, type LucideIcon, Radio, Route, ShoppingCart, Truck, Undo2, Users, Workflow } from "lucide-react";
import { useEffect } from "react";
import { useSession } from "@crossdock/shell";

export type ScreenPath =
  | "/"
  | "/orders"
  | "/fulfillment"
  | "/returns"
  | "/payments"
  | "/inventory"
  | "/alerts"
  | "/jobs"
  | "/workflows"
  | "/rule-sets"
  | "/channels"
  | "/users";

export interface Screen {
  to: ScreenPath;
  title: string;
  group: string;
  key: string;
  Icon: LucideIcon;
}

/** The screens that this person's roles have a use for; the server decides what they may see on them. */
export function useScreens(): Screen[] {
  const { can } = useSession();
  const setup = t`Set-up`;
  const all: (Screen & { shown?: boolean })[] = [
    { to: "/", title: t`Dashboard`, group: "", key: "d", Icon: LayoutDashboard },
    { to: "/orders", title: t`Orders`, group: "", key: "o", Icon: ShoppingCart },
    { to: "/fulfillment", title: t`Fulfilment`, group: "", key: "f", Icon: Truck },
    { to: "/returns", title: t`Returns`, group: "", key: "r", Icon: Undo2 },
    { to: "/payments", title: t`Payments`, group: "", key: "p", Icon: CreditCard, shown: can("ADMIN", "MANAGER", "CUSTOMER_SERVICE", "FINANCE") },
    { to: "/inventory", title: t`Inventory`, group: "", key: "i", Icon: Boxes },
    { to: "/alerts", title: t`Alerts`, group: "", key: "a", Icon: BellRing },
    { to: "/jobs", title: t`Jobs`, group: "", key: "j", Icon: ListChecks },
    { to: "/workflows", title: t`Workflows`, group: setup, key: "w", Icon: Workflow },
    { to: "/rule-sets", title: t`Rule sets`, group: setup, key: "s", Icon: Route, shown: can("ADMIN", "MANAGER") },
    { to: "/channels", title: t`Channels and keys`, group: setup, key: "c", Icon: Radio },
    { to: "/users", title: t`People`, group: setup, key: "u", Icon: Users, shown: can("ADMIN", "MANAGER") },
  ];
  return all.filter((screen) => screen.shown !== false);
}

/** g, then a letter: to that screen. */
export function useGoKeys(): void {
  const navigate = useNavigate();
  const screens = useScreens();
  useEffect(() => {
    let armed = 0;
    function press(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog]")) return;
      if (event.key === "g") {
        armed = Date.now();
        return;
      }
      const screen = Date.now() - armed < 1200 ? screens.find((one) => one.key === event.key) : undefined;
      armed = 0;
      if (screen) {
        event.preventDefault();
        void navigate({ to: screen.to });
      }
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
}
