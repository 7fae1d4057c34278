"""Orders, read."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from backend.queries import facets as facet_queries
from backend.queries import order_pages
from backend.queries import orders as queries
from backend.resolvers.arguments import key, window, word
from backend.resolvers.commands import translate
from backend.rules.criteria import OrderCriteria, OrderFacet, OrderSort
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.common import Info, given, show
from backend.schema.order_inputs import OrderFilter
from backend.schema.orders import Facet, Order, OrderConnection


@strawberry.type
class OrderQueries:
    @field(roles=READERS, description="By id, by number, or by channel and externalId.")
    async def order(
        self,
        info: Info,
        id: strawberry.ID | None = UNSET,
        number: str | None = UNSET,
        channel: str | None = UNSET,
        external_id: str | None = UNSET,
    ) -> Order | None:
        names = (word(number, "number"), word(channel, "channel"), word(external_id, "external_id"))
        return show(await queries.one(info.actor, key(id, "Order"), *names))

    @field(
        roles=READERS,
        description="Multi-criteria search: text, criteria, sort, facets. Each word of the text, and each phrase in"
        " quotes, must be found somewhere in the order's number, external id, names, email, phone, address, SKUs,"
        " product names, tracking numbers, tags or notes. The text may hold criteria too, state:waiting_approval"
        " total:>100 sku:A,B placed:>=2026-10-01, and exclude: -tag:vip.",
    )
    async def orders(
        self,
        info: Info,
        query: str | None = UNSET,
        filter: OrderFilter | None = UNSET,
        sort: OrderSort = OrderSort.PLACED_AT_DESC,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
        facets: list[OrderFacet] | None = UNSET,
    ) -> OrderConnection:
        text, criteria = word(query, "query"), translate(given(filter), OrderCriteria)
        page = await order_pages.search(info.actor, text, criteria, sort, window(first, after, last, before))
        counted = await facet_queries.facets(info.actor, text, criteria, given(facets) or (), page.count)
        listed = [Facet.of(name, found, capped=counted.capped) for name, found in counted.facets.items()]
        return OrderConnection.of(page, facets=listed, degraded=counted.degraded or page.degraded)
