import type { Vocabulary } from "@crossdock/i18n";

export type Tone = "good" | "busy" | "warn" | "bad" | "idle";

const TONES: Partial<Record<Vocabulary, Record<string, Tone>>> = {
  OrderState: {
    DRAFT: "idle",
    WAITING_PAYMENT: "warn",
    WAITING_APPROVAL: "warn",
    WAITING_ALLOCATION: "warn",
    WAITING_FULFILLMENT: "busy",
    WAITING_FILING: "busy",
    CLOSED: "good",
    CANCELLED: "idle",
  },
  PaymentStatus: {
    UNPAID: "warn",
    AUTHORIZED: "busy",
    PARTIALLY_CAPTURED: "busy",
    CAPTURED: "good",
    FAILED: "bad",
  },
  FulfillmentStatus: {
    PARTIALLY_ALLOCATED: "warn",
    ALLOCATED: "busy",
    BACKORDERED: "warn",
    PARTIALLY_FULFILLED: "busy",
    FULFILLED: "good",
  },
  StepStatus: { ACTIVE: "busy", BLOCKED: "warn", DONE: "good" },
  TransactionState: { PENDING: "busy", SUCCEEDED: "good", FAILED: "bad", UNCERTAIN: "warn" },
  ShippingOrderState: {
    WAITING_APPROVAL: "warn",
    WAITING_ASSIGNMENT: "warn",
    WAITING_PICK: "busy",
    WAITING_PACK: "busy",
    WAITING_SHIPMENT: "busy",
    READY_FOR_PICKUP: "busy",
    SHIPPED: "good",
    DELIVERED: "good",
    PICKED_UP: "good",
    REJECTED: "bad",
  },
  ShipmentState: { LABELLED: "busy", IN_TRANSIT: "busy", DELIVERED: "good", EXCEPTION: "bad" },
  ReturnState: {
    WAITING_APPROVAL: "warn",
    WAITING_RECEIPT: "busy",
    WAITING_REFUND: "warn",
    CLOSED: "good",
    REJECTED: "bad",
  },
  AlertSeverity: { INFO: "busy", WARNING: "warn", CRITICAL: "bad" },
  QueuePriority: { LOW: "idle", MEDIUM: "warn", HIGH: "bad" },
  AllocationOutcome: { FULL: "good", PARTIAL: "warn", BACKORDERED: "warn", NONE: "bad" },
  JobState: { QUEUED: "busy", RUNNING: "busy", SUCCEEDED: "good", FAILED: "bad", CANCELLED: "warn" },
  PriceMode: { SHADOW: "busy", LIVE: "good" },
  StepMode: { AUTOMATIC: "good", MANUAL: "busy", SKIP: "idle" },
};

export function toneOf(vocabulary: Vocabulary, value: string): Tone {
  return TONES[vocabulary]?.[value] ?? "idle";
}
