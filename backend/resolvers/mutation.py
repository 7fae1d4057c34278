"""Everything that can be done, put together."""

from __future__ import annotations

import strawberry

from backend.resolvers.alert_mutations import AlertMutations
from backend.resolvers.allocation_mutations import AllocationMutations
from backend.resolvers.configuration_mutations import ConfigurationMutations
from backend.resolvers.digests import DigestMutations
from backend.resolvers.fulfillment_mutations import FulfillmentMutations
from backend.resolvers.inventory_mutations import InventoryMutations
from backend.resolvers.jobs import JobMutations
from backend.resolvers.order_mutations import OrderMutations
from backend.resolvers.payment_mutations import PaymentMutations
from backend.resolvers.people_mutations import PeopleMutations
from backend.resolvers.receipts import ReceiptMutations
from backend.resolvers.recurring import RecurringMutations
from backend.resolvers.reservation_mutations import ReservationMutations
from backend.resolvers.return_mutations import ReturnMutations
from backend.resolvers.searches import SearchMutations
from backend.resolvers.session_mutations import SessionMutations
from backend.resolvers.webhooks import WebhookMutations


@strawberry.type
class Mutation(
    SessionMutations,
    OrderMutations,
    PaymentMutations,
    FulfillmentMutations,
    ReturnMutations,
    InventoryMutations,
    ReceiptMutations,
    RecurringMutations,
    AllocationMutations,
    ReservationMutations,
    AlertMutations,
    DigestMutations,
    WebhookMutations,
    ConfigurationMutations,
    PeopleMutations,
    JobMutations,
    SearchMutations,
):
    """Noun first, then the verb; one input; the changed object and `userErrors` in the payload."""
