"""Rule sets of allocation, and decisions that are only tried."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from backend.queries import allocation as queries
from backend.resolvers.commands import key, maybe_key
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.allocation import HOUSE, AllocationDecision, AllocationPrices, AllocationRuleSet
from backend.schema.common import Info, show, show_all


@strawberry.type
class AllocationQueries:
    @field(
        roles=READERS,
        description="Allocates nothing: the decision that would be taken about the units that no site gives yet.",
    )
    async def allocation_preview(
        self, info: Info, order_id: strawberry.ID, rule_set_id: strawberry.ID | None = UNSET
    ) -> AllocationDecision:
        order, rule_set = key(order_id, "order_id"), maybe_key(rule_set_id, "rule_set_id")
        return show(await queries.preview(info.actor, order, rule_set))

    @field(roles=HOUSE, description="Scarcity prices: whether decisions go by them, and what they would have changed.")
    async def allocation_prices(self) -> AllocationPrices:
        return AllocationPrices.of(*await queries.prices())

    @field(roles=HOUSE, description="Every version, the active one first.")
    async def allocation_rule_sets(self, info: Info) -> list[AllocationRuleSet]:
        return show_all(await queries.rule_sets(info.actor))
