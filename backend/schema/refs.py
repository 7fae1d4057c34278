"""Names of types for the modules that come before them: nouns refer to each other in circles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from backend.schema.alerts import Alert
    from backend.schema.allocation import AllocationDecision
    from backend.schema.channels import Channel
    from backend.schema.fulfillment import ShippingOrder
    from backend.schema.inventory import InventorySite
    from backend.schema.invoices import Invoice
    from backend.schema.order_lines import OrderLine
    from backend.schema.orders import Order, OrderConnection
    from backend.schema.payments import Payment
    from backend.schema.people import Customer, User
    from backend.schema.recurring import RecurringOrder
    from backend.schema.returns import Return

AlertRef = Annotated["Alert", strawberry.lazy("backend.schema.alerts")]
AllocationDecisionRef = Annotated["AllocationDecision", strawberry.lazy("backend.schema.allocation")]
ChannelRef = Annotated["Channel", strawberry.lazy("backend.schema.channels")]
CustomerRef = Annotated["Customer", strawberry.lazy("backend.schema.people")]
InventorySiteRef = Annotated["InventorySite", strawberry.lazy("backend.schema.inventory")]
InvoiceRef = Annotated["Invoice", strawberry.lazy("backend.schema.invoices")]
OrderConnectionRef = Annotated["OrderConnection", strawberry.lazy("backend.schema.orders")]
OrderLineRef = Annotated["OrderLine", strawberry.lazy("backend.schema.order_lines")]
OrderRef = Annotated["Order", strawberry.lazy("backend.schema.orders")]
PaymentRef = Annotated["Payment", strawberry.lazy("backend.schema.payments")]
RecurringOrderRef = Annotated["RecurringOrder", strawberry.lazy("backend.schema.recurring")]
ReturnRef = Annotated["Return", strawberry.lazy("backend.schema.returns")]
ShippingOrderRef = Annotated["ShippingOrder", strawberry.lazy("backend.schema.fulfillment")]
UserRef = Annotated["User", strawberry.lazy("backend.schema.people")]
