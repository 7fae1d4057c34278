"""What the feeds send."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.rules.permissions import READERS, STAFF
from backend.schema.access import readable_by
from backend.schema.alerts import Alert
from backend.schema.fulfillment import ShippingOrder
from backend.schema.log import OrderEvent
from backend.schema.orders import Order


@readable_by(READERS)
@strawberry.type(description="An alert that was raised or changed, as it stands now.")
class AlertMessage:
    cursor: str
    alert: Alert


@readable_by(READERS)
@strawberry.type(description="Something that happened to an order, and the order as it stands now.")
class OrderEventMessage:
    cursor: str
    order: Order
    event: OrderEvent


@readable_by(READERS)
@strawberry.type(description="A shipping order of the site to which something happened, as it stands now.")
class SiteWorkMessage:
    cursor: str
    shipping_order: ShippingOrder


@readable_by(STAFF)
@strawberry.type(description="A person who has an order open.")
class OrderViewer:
    name: str
    since: datetime = strawberry.field(description="When they opened it, in the first of their windows.")
    mine: bool = strawberry.field(description="Whether it is oneself.")
