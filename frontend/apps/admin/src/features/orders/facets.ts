import type { Enum } from "@crossdock/api";
import { label, type Vocabulary } from "@crossdock/i18n";
import { t } from "@lingui/core/macro";
import { type Chip, chipsOf, type Criterion, type OrderSearch } from "./search";

export type Facet = Enum<"OrderFacet">;

export const FACETS: Facet[] = ["STATE", "PAYMENT_STATUS", "FULFILLMENT_STATUS", "CHANNEL", "SITE", "DELIVERY_METHOD", "TAG", "COUNTRY", "ALERT_KIND"];

export const OF_FACET: Record<Facet, { criterion: Criterion; words?: Vocabulary }> = {
  STATE: { criterion: "state", words: "OrderState" },
  PAYMENT_STATUS: { criterion: "paymentStatus", words: "PaymentStatus" },
  FULFILLMENT_STATUS: { criterion: "fulfillmentStatus", words: "FulfillmentStatus" },
  CHANNEL: { criterion: "channel" },
  SITE: { criterion: "site" },
  DELIVERY_METHOD: { criterion: "deliveryMethod", words: "DeliveryMethod" },
  TAG: { criterion: "tag" },
  COUNTRY: { criterion: "country" },
  ALERT_KIND: { criterion: "alertKind" },
  SUSPENDED: { criterion: "suspended" },
};

export function chipText({ criterion, value }: Chip, search: OrderSearch): string {
  const facet = FACETS.find((one) => OF_FACET[one].criterion === criterion);
  const name = label("OrderFacet", facet ?? criterion);
  if (value !== undefined) {
    const words = facet && OF_FACET[facet].words;
    return `${name}: ${words ? label(words, value) : value}`;
  }
  if (criterion === "hasAlert") return search.hasAlert ? t`With an open alert` : t`Without an open alert`;
  if (criterion === "suspended") return search.suspended ? t`Suspended` : t`Not suspended`;
  if (criterion === "claimedBy") return t`Claimed: ${label("ClaimedBy", search.claimedBy ?? "")}`;
  if (criterion === "not") return t`Except: ${chipsOf((search.not ?? {}) as OrderSearch).map((chip) => chipText(chip, search.not as OrderSearch)).join(", ")}`;
  const held = search[criterion];
  if (typeof held === "object" && held !== null) {
    const range = held as Record<string, string | undefined>;
    const from = (range.from ?? range.min)?.slice(0, 10) ?? "";
    const to = (range.to ?? range.max)?.slice(0, 10) ?? "";
    return `${name}: ${from} – ${to}`;
  }
  return `${name}: ${String(held)}`;
}
