import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { readOrderSearch } from "./features/orders/search";
import { compact, flag, list, text } from "./lib/search";
import { NotFound, ScreenFailed, ScreenLoading } from "./shell/fallbacks";
import { Shell } from "./shell/Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

type Raw = Record<string, unknown>;
const page = (raw: Raw) => ({ after: text(raw.after), before: text(raw.before) });

const dashboard = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./features/dashboard/Dashboard"), "Dashboard"),
});
const sales = createRoute({
  getParentRoute: () => root,
  path: "/sales",
  validateSearch: (raw: Raw) => compact({ days: Number(raw.days) || undefined, channel: text(raw.channel), table: flag(raw.table) }),
  component: lazyRouteComponent(() => import("./features/sales/Sales"), "Sales"),
});
const orders = createRoute({
  getParentRoute: () => root,
  path: "/orders",
  validateSearch: readOrderSearch,
  component: lazyRouteComponent(() => import("./features/orders/Orders"), "Orders"),
});
const orderEntry = createRoute({
  getParentRoute: () => root,
  path: "/orders/new",
  component: lazyRouteComponent(() => import("./features/orders/OrderEntry"), "OrderEntry"),
});
const order = createRoute({
  getParentRoute: () => root,
  path: "/orders/$number",
  validateSearch: (raw: Raw) => compact({ tab: text(raw.tab) }),
  component: lazyRouteComponent(() => import("./features/orders/OrderDetail"), "OrderDetail"),
});
const fulfillment = createRoute({
  getParentRoute: () => root,
  path: "/fulfillment",
  validateSearch: (raw: Raw) => compact({
    state: list(raw.state),
    site: list(raw.site),
    deliveryMethod: list(raw.deliveryMethod),
    unassigned: flag(raw.unassigned),
    hasAlert: flag(raw.hasAlert),
    late: flag(raw.late),
    assigneeId: text(raw.assigneeId),
    open: text(raw.open),
    ...page(raw),
  }),
  component: lazyRouteComponent(() => import("./features/fulfillment/Fulfillment"), "Fulfillment"),
});
const returns = createRoute({
  getParentRoute: () => root,
  path: "/returns",
  validateSearch: (raw: Raw) => compact({ state: list(raw.state), site: list(raw.site), method: list(raw.method), ...page(raw) }),
  component: lazyRouteComponent(() => import("./features/returns/Returns"), "Returns"),
});
const newReturn = createRoute({
  getParentRoute: () => root,
  path: "/returns/new",
  validateSearch: (raw: Raw) => compact({ order: text(raw.order) }),
  component: lazyRouteComponent(() => import("./features/returns/NewReturn"), "NewReturn"),
});
const returnDetail = createRoute({
  getParentRoute: () => root,
  path: "/returns/$number",
  component: lazyRouteComponent(() => import("./features/returns/ReturnDetail"), "ReturnDetail"),
});
const payments = createRoute({
  getParentRoute: () => root,
  path: "/payments",
  validateSearch: (raw: Raw) => compact({
    status: list(raw.status),
    uncertain: flag(raw.uncertain),
    expiringBefore: text(raw.expiringBefore),
    gateway: list(raw.gateway),
    ...page(raw),
  }),
  component: lazyRouteComponent(() => import("./features/payments/Payments"), "Payments"),
});
const inventory = createRoute({
  getParentRoute: () => root,
  path: "/inventory",
  validateSearch: (raw: Raw) => compact({ kind: list(raw.kind), ...page(raw) }),
  component: lazyRouteComponent(() => import("./features/inventory/Sites"), "Sites"),
});
const site = createRoute({
  getParentRoute: () => root,
  path: "/inventory/$code",
  validateSearch: (raw: Raw) => compact({ tab: text(raw.tab), sku: text(raw.sku), ...page(raw) }),
  component: lazyRouteComponent(() => import("./features/inventory/Site"), "Site"),
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: (raw: Raw) => compact({ severity: list(raw.severity), kind: list(raw.kind), cleared: flag(raw.cleared), grouped: flag(raw.grouped), assigneeId: text(raw.assigneeId), unassigned: flag(raw.unassigned), site: list(raw.site), sku: list(raw.sku), snoozed: flag(raw.snoozed), ...page(raw) }),
  component: lazyRouteComponent(() => import("./features/alerts/Alerts"), "Alerts"),
});
const alertRules = createRoute({
  getParentRoute: () => root,
  path: "/alerts/rules",
  component: lazyRouteComponent(() => import("./features/alerts/AlertRules"), "AlertRules"),
});
const ruleSets = createRoute({
  getParentRoute: () => root,
  path: "/rule-sets",
  component: lazyRouteComponent(() => import("./features/rules/RuleSets"), "RuleSets"),
});
const prices = createRoute({
  getParentRoute: () => root,
  path: "/rule-sets/prices",
  validateSearch: (raw: Raw) => compact({ site: text(raw.site), sku: text(raw.sku) }),
  component: lazyRouteComponent(() => import("./features/rules/ScarcityPrices"), "ScarcityPrices"),
});
const jobs = createRoute({
  getParentRoute: () => root,
  path: "/jobs",
  validateSearch: (raw: Raw) => compact({ open: text(raw.open), ...page(raw) }),
  component: lazyRouteComponent(() => import("./features/jobs/Jobs"), "Jobs"),
});
const workflows = createRoute({
  getParentRoute: () => root,
  path: "/workflows",
  validateSearch: (raw: Raw) => compact({ open: text(raw.open), earlier: flag(raw.earlier) }),
  component: lazyRouteComponent(() => import("./features/workflows/Workflows"), "Workflows"),
});
const channels = createRoute({
  getParentRoute: () => root,
  path: "/channels",
  component: lazyRouteComponent(() => import("./features/channels/Channels"), "Channels"),
});
const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: lazyRouteComponent(() => import("./features/users/Users"), "Users"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    dashboard,
    sales,
    orders,
    orderEntry,
    order,
    fulfillment,
    returns,
    newReturn,
    returnDetail,
    payments,
    inventory,
    site,
    alerts,
    alertRules,
    jobs,
    workflows,
    ruleSets,
    prices,
    channels,
    users,
  ]),
  basepath: "/admin",
  defaultPreload: "intent",
  defaultPendingComponent: ScreenLoading,
  defaultErrorComponent: ScreenFailed,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
