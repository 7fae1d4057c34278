"""The closed word lists of the domain, spelled as the API spells them."""

from __future__ import annotations

from enum import StrEnum


class ChannelKind(StrEnum):
    WEB = "WEB"
    MOBILE = "MOBILE"
    CALL_CENTER = "CALL_CENTER"
    STORE = "STORE"
    MARKETPLACE = "MARKETPLACE"
    B2B = "B2B"


class Role(StrEnum):
    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE"
    FULFILLMENT = "FULFILLMENT"
    STORE_ASSOCIATE = "STORE_ASSOCIATE"
    FINANCE = "FINANCE"
    CHANNEL = "CHANNEL"
    VIEWER = "VIEWER"


class OrderState(StrEnum):
    DRAFT = "DRAFT"
    WAITING_PAYMENT = "WAITING_PAYMENT"
    WAITING_APPROVAL = "WAITING_APPROVAL"
    WAITING_ALLOCATION = "WAITING_ALLOCATION"
    WAITING_FULFILLMENT = "WAITING_FULFILLMENT"
    WAITING_FILING = "WAITING_FILING"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class PaymentStatus(StrEnum):
    UNPAID = "UNPAID"
    AUTHORIZED = "AUTHORIZED"
    PARTIALLY_CAPTURED = "PARTIALLY_CAPTURED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    FAILED = "FAILED"


class FulfillmentStatus(StrEnum):
    UNFULFILLED = "UNFULFILLED"
    PARTIALLY_ALLOCATED = "PARTIALLY_ALLOCATED"
    ALLOCATED = "ALLOCATED"
    BACKORDERED = "BACKORDERED"
    PARTIALLY_FULFILLED = "PARTIALLY_FULFILLED"
    FULFILLED = "FULFILLED"
    RETURNED = "RETURNED"


class DeliveryMethod(StrEnum):
    SHIP = "SHIP"
    PICKUP = "PICKUP"
    DIGITAL = "DIGITAL"


class LineKind(StrEnum):
    PHYSICAL = "PHYSICAL"
    SERVICE = "SERVICE"
    DIGITAL = "DIGITAL"
    GIFT_CARD = "GIFT_CARD"


class LifecycleStep(StrEnum):
    """The twelve steps, in their order."""

    ENTRY = "ENTRY"
    PAYMENT = "PAYMENT"
    COMPLETION = "COMPLETION"
    APPROVAL = "APPROVAL"
    ALLOCATION = "ALLOCATION"
    SHIPPING_ORDER_APPROVAL = "SHIPPING_ORDER_APPROVAL"
    INVOICE = "INVOICE"
    ASSIGNMENT = "ASSIGNMENT"
    PICK_PACK = "PICK_PACK"
    SHIPMENT = "SHIPMENT"
    CONTINUATION = "CONTINUATION"
    FILING = "FILING"


class StepMode(StrEnum):
    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"
    SKIP = "SKIP"


class StepStatus(StrEnum):
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"
    DONE = "DONE"
    SKIPPED = "SKIPPED"


class PaymentMethodKind(StrEnum):
    CARD = "CARD"
    GIFT_CARD = "GIFT_CARD"
    BANK_TRANSFER = "BANK_TRANSFER"
    CASH = "CASH"
    ON_ACCOUNT = "ON_ACCOUNT"
    WALLET = "WALLET"


class TransactionKind(StrEnum):
    AUTHORIZE = "AUTHORIZE"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND = "REFUND"


class TransactionPurpose(StrEnum):
    """SALE for all but refunds; a refund says why money goes back."""

    SALE = "SALE"
    RETURN = "RETURN"
    APPEASEMENT = "APPEASEMENT"
    EXCESS = "EXCESS"
    MANUAL = "MANUAL"


class TransactionState(StrEnum):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNCERTAIN = "UNCERTAIN"


class InvoiceKind(StrEnum):
    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


class SiteKind(StrEnum):
    WAREHOUSE = "WAREHOUSE"
    STORE = "STORE"
    DROP_SHIP = "DROP_SHIP"
    VIRTUAL = "VIRTUAL"


class SiteCapability(StrEnum):
    SHIP = "SHIP"
    PICKUP = "PICKUP"
    RETURNS = "RETURNS"


class MovementReason(StrEnum):
    RECEIPT = "RECEIPT"
    ADJUSTMENT = "ADJUSTMENT"
    COUNT = "COUNT"
    SHIPMENT = "SHIPMENT"
    PICKUP = "PICKUP"
    RETURN = "RETURN"
    TRANSFER_OUT = "TRANSFER_OUT"
    TRANSFER_IN = "TRANSFER_IN"
    DAMAGE = "DAMAGE"
    SHORT_PICK = "SHORT_PICK"


class AllocationOutcome(StrEnum):
    FULL = "FULL"
    PARTIAL = "PARTIAL"
    BACKORDERED = "BACKORDERED"
    NONE = "NONE"


class Weekday(StrEnum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class ShippingOrderState(StrEnum):
    WAITING_APPROVAL = "WAITING_APPROVAL"
    WAITING_ASSIGNMENT = "WAITING_ASSIGNMENT"
    WAITING_PICK = "WAITING_PICK"
    WAITING_PACK = "WAITING_PACK"
    WAITING_SHIPMENT = "WAITING_SHIPMENT"
    READY_FOR_PICKUP = "READY_FOR_PICKUP"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    PICKED_UP = "PICKED_UP"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class ShipmentState(StrEnum):
    LABELLED = "LABELLED"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    EXCEPTION = "EXCEPTION"
    VOIDED = "VOIDED"


class RecurringOrderState(StrEnum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"
    ENDED = "ENDED"


class RecurringOutcome(StrEnum):
    """What became of an order that was due."""

    MADE = "MADE"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


class ReturnState(StrEnum):
    WAITING_APPROVAL = "WAITING_APPROVAL"
    WAITING_RECEIPT = "WAITING_RECEIPT"
    WAITING_REFUND = "WAITING_REFUND"
    CLOSED = "CLOSED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class ReturnMethod(StrEnum):
    SHIP = "SHIP"
    IN_STORE = "IN_STORE"


class ReceiptState(StrEnum):
    EXPECTED = "EXPECTED"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"


class Disposition(StrEnum):
    RESTOCK = "RESTOCK"
    DAMAGED = "DAMAGED"
    DISPOSE = "DISPOSE"
    RETURN_TO_VENDOR = "RETURN_TO_VENDOR"


class AlertSeverity(StrEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class DigestPace(StrEnum):
    OFF = "OFF"
    HOURLY = "HOURLY"
    DAILY = "DAILY"


class DigestWay(StrEnum):
    MAIL = "MAIL"


class WebhookDeliveryState(StrEnum):
    """DEAD: tried for days without success, and given up until somebody asks for it again."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


class DigestState(StrEnum):
    """UNCERTAIN: handed over, and nobody answered. SUPERSEDED: not sent before the next one, which has it all."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    UNCERTAIN = "UNCERTAIN"
    FAILED = "FAILED"
    SUPERSEDED = "SUPERSEDED"


class PriceMode(StrEnum):
    OFF = "OFF"
    SHADOW = "SHADOW"
    LIVE = "LIVE"


class JobState(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class JobItemState(StrEnum):
    WAITING = "WAITING"
    DONE = "DONE"
    FAILED = "FAILED"


class ImportKind(StrEnum):
    ORDERS = "ORDERS"
    PRODUCTS = "PRODUCTS"
    INVENTORY = "INVENTORY"
    SITES = "SITES"


class FileForm(StrEnum):
    """JSON: an array or lines of objects. CSV: a header and rows of plain text."""

    JSON = "JSON"
    CSV = "CSV"


class AlertTrigger(StrEnum):
    EVENT = "EVENT"
    QUEUE = "QUEUE"


class SalesBy(StrEnum):
    DAY = "DAY"
    CHANNEL = "CHANNEL"
    SITE = "SITE"
    ITEM = "ITEM"


class ServiceStep(StrEnum):
    APPROVAL = "APPROVAL"
    SHIPMENT = "SHIPMENT"
    HAND_OVER = "HAND_OVER"
    ORDER = "ORDER"


class QueuePriority(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
