export { createClient, CSRF_HEADER, ENDPOINT } from "./client";
export { type Fault, type FaultKind, faultOf } from "./errors";
export { type Enum, type FragmentOf, graphql, readFragment, type ResultOf, type VariablesOf } from "./graphql";
export { type Connection, Feeds } from "./feeds";
export { FeedsContext, useConnection, useFeed, usePace, useSoon } from "./useFeed";
export { type Live, type LiveOptions, poll, useLive } from "./live";
export { type Outcome, outcomeOf, send, useAction, type UserError } from "./action";
export { randomId } from "./ids";
export * as shippingOrders from "./shippingOrders";
