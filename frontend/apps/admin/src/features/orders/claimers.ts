import type { Role } from "@crossdock/shell";

/** Who sees to orders. */
export const CLAIMERS: Role[] = ["ADMIN", "MANAGER", "CUSTOMER_SERVICE", "FINANCE", "FULFILLMENT", "STORE_ASSOCIATE"];
