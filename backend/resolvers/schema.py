"""The schema, put together."""

from __future__ import annotations

from typing import Any

import strawberry
from graphql import print_schema
from strawberry.schema.config import StrawberryConfig

import backend.schema.enums  # noqa: F401 - the word lists are declared before the fields that use them
from backend.resolvers.alerts import AlertQueries
from backend.resolvers.allocation import AllocationQueries
from backend.resolvers.catalog import CatalogQueries
from backend.resolvers.digests import DigestQueries
from backend.resolvers.fulfillment import FulfillmentQueries
from backend.resolvers.gate import GatedSchema
from backend.resolvers.inventory import InventoryQueries
from backend.resolvers.jobs import JobQueries
from backend.resolvers.loaders import Loaders, loaders_of
from backend.resolvers.mutation import Mutation
from backend.resolvers.nodes import NodeQueries
from backend.resolvers.orders import OrderQueries
from backend.resolvers.payments import PaymentQueries
from backend.resolvers.people import PeopleQueries
from backend.resolvers.receipts import ReceiptQueries
from backend.resolvers.recurring import RecurringQueries
from backend.resolvers.returns import ReturnQueries
from backend.resolvers.searches import SearchQueries
from backend.resolvers.subscriptions import Subscription
from backend.resolvers.webhooks import WebhookQueries
from backend.schema import common
from backend.schema.conversion import plan_inputs
from backend.schema.scalars import SCALARS


class RequestInfo(common.Info):
    @property
    def loaders(self) -> Loaders:
        return loaders_of(self.context)


@strawberry.type
class Query(
    NodeQueries,
    OrderQueries,
    FulfillmentQueries,
    ReturnQueries,
    PaymentQueries,
    AlertQueries,
    DigestQueries,
    WebhookQueries,
    PeopleQueries,
    InventoryQueries,
    ReceiptQueries,
    RecurringQueries,
    AllocationQueries,
    CatalogQueries,
    SearchQueries,
    JobQueries,
):
    """Everything that can be read, in the scope of whoever asks."""


def build_schema() -> GatedSchema:
    config = StrawberryConfig(scalar_map=SCALARS, info_class=RequestInfo, relay_max_results=100)
    made = GatedSchema(query=Query, mutation=Mutation, subscription=Subscription, config=config)
    plan_inputs(made)
    return made


schema = build_schema()


def export(of: Any = schema) -> str:
    """The schema in GraphQL's own language, as backend/schema/schema.graphql holds it."""
    return print_schema(of._schema) + "\n"
