"""The closed word lists, as the API shows them: those of rules/vocabulary.py and of the queries."""

from __future__ import annotations

import strawberry

from backend.rules import vocabulary as words
from backend.rules.criteria import ClaimedBy, OrderFacet, OrderSort

_TEXTS = {
    words.OrderState: "The state of a sales order; WAITING_* are the work queues.",
    words.LifecycleStep: "The twelve steps of the lifecycle.",
    words.AlertTrigger: "What an alert rule is asked about: each event of a kind, or a queue, every minute.",
    words.SalesBy: "How sales are cut: by day, channel, the site that ships, or item.",
    words.ServiceStep: "What is timed: an order's approval since it was placed, a shipping order's shipment or its"
    " hand-over since it was made, and the whole order.",
    ClaimedBy: "Whoever asks, somebody whoever it is, or nobody. Channels are not told of claims.",
}
_LISTS = (
    words.ChannelKind,
    words.Role,
    words.OrderState,
    words.PaymentStatus,
    words.FulfillmentStatus,
    words.DeliveryMethod,
    words.LineKind,
    words.LifecycleStep,
    words.StepStatus,
    words.StepMode,
    words.PaymentMethodKind,
    words.ReceiptState,
    words.Weekday,
    words.TransactionKind,
    words.TransactionState,
    words.InvoiceKind,
    words.SiteKind,
    words.SiteCapability,
    words.MovementReason,
    words.AllocationOutcome,
    words.PriceMode,
    words.ShippingOrderState,
    words.ShipmentState,
    words.RecurringOrderState,
    words.RecurringOutcome,
    words.ReturnState,
    words.ReturnMethod,
    words.Disposition,
    words.AlertSeverity,
    words.QueuePriority,
    words.AlertTrigger,
    words.DigestPace,
    words.DigestWay,
    words.SalesBy,
    words.ServiceStep,
    words.JobState,
    words.ImportKind,
    OrderSort,
    OrderFacet,
    ClaimedBy,
)
for _list in _LISTS:
    strawberry.enum(_list, description=_TEXTS.get(_list))
