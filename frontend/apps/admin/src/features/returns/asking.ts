import type { Enum, ResultOf, VariablesOf } from "@crossdock/api";
import { total } from "../../lib/amounts";
import type { EntryLine } from "../orders/entry";
import type { RETURN_PREVIEW, RETURNABLE } from "./queries";

export type ReturnableOrder = NonNullable<ResultOf<typeof RETURNABLE>["order"]>;
export type ReturnInput = VariablesOf<typeof RETURN_PREVIEW>["input"];
export type Preview = ResultOf<typeof RETURN_PREVIEW>["returnPreview"];
type ExchangeLine = NonNullable<ReturnInput["exchangeLines"]>[number];

/** What the customer gets for what comes back. */
export type Instead = "MONEY" | "SAME" | "OTHER";

/** What a person has entered so far; units and reasons by the id of the order's line. */
export interface Draft {
  units: Record<string, number>;
  reasons: Record<string, string>;
  method: Enum<"ReturnMethod">;
  site: string;
  instead: Instead;
  other: EntryLine[];
}

export function chosen(order: ReturnableOrder, draft: Draft) {
  return order.lines.filter((line) => (draft.units[line.id] ?? 0) > 0);
}

/** The return without what is given instead; a reason that is still to be written stands as a dash. */
export function asked(order: ReturnableOrder, draft: Draft): ReturnInput {
  return {
    orderId: order.id,
    method: draft.method,
    site: draft.site || undefined,
    lines: chosen(order, draft).map((line) => ({ orderLineId: line.id, quantity: draft.units[line.id] ?? 0, reason: draft.reasons[line.id]?.trim() || "–" })),
  };
}

/** The goods given instead: the same ones at what was paid for them, or others at their price. */
export function exchanged(order: ReturnableOrder, draft: Draft, worth: Preview["lines"] | undefined): ExchangeLine[] | undefined {
  const lines = chosen(order, draft);
  if (draft.instead === "OTHER") {
    const complete = draft.other.filter((line) => line.sku.trim() !== "" && total([{ amount: line.unitPrice }]) !== null);
    return complete.map((line) => ({ sku: line.sku.trim().toUpperCase(), quantity: line.quantity, unitPrice: line.unitPrice.trim() }));
  }
  if (draft.instead === "SAME" && worth?.length === lines.length) {
    return lines.map((line, place) => ({
      sku: line.sku,
      name: line.name,
      quantity: draft.units[line.id] ?? 0,
      unitPrice: line.unitPrice.amount,
      discount: worth[place]?.discount.amount,
      tax: worth[place]?.tax.amount,
      kind: line.kind,
      deliveryMethod: line.deliveryMethod,
      pickupSite: line.pickupSite?.code,
    }));
  }
  return undefined;
}
