"""Rule sets of allocation: made, and put to work."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import strawberry

from backend.actions.allocation.prices import SetPrices, set_prices
from backend.actions.allocation.simulate import Simulate, start_simulation
from backend.actions.rule_sets import create as rule_sets
from backend.actions.rule_sets.activate import activate
from backend.actions.rule_sets.create import RuleSetCommand
from backend.models.fulfillment import AllocationRuleSet as AllocationRuleSetRow
from backend.queries import allocation as queries
from backend.resolvers.commands import key, perform, translate
from backend.resolvers.jobs import show_job
from backend.rules.permissions import LEADS, Actor
from backend.schema.access import mutation
from backend.schema.allocation import (
    AllocationPrices,
    AllocationPricesInput,
    AllocationPricesPayload,
    AllocationRuleSetIdInput,
    AllocationRuleSetInput,
    AllocationRuleSetPayload,
    AllocationSimulateInput,
)
from backend.schema.common import Info, show
from backend.schema.jobs import JobPayload


@strawberry.type
class AllocationMutations:
    @mutation(roles=LEADS, description="A new version; the name of one that exists makes its next version.")
    async def allocation_rule_set_create(self, info: Info, input: AllocationRuleSetInput) -> AllocationRuleSetPayload:
        async def shown(made: UUID | None) -> AllocationRuleSetPayload:
            return AllocationRuleSetPayload(rule_set=show(await info.loaders.one(AllocationRuleSetRow, made)))

        return await perform(
            info,
            AllocationRuleSetPayload,
            lambda actor: rule_sets.create(actor, translate(input, RuleSetCommand)),
            shown,
        )

    @mutation(roles=LEADS, description="A job; its result compares the rule sets. Nothing is decided anew.")
    async def allocation_simulate(self, info: Info, input: AllocationSimulateInput) -> JobPayload:
        async def start(actor: Actor) -> UUID:
            return await start_simulation(actor, translate(input, Simulate, {"rule_set_ids": "AllocationRuleSet"}))

        return await perform(info, JobPayload, start, partial(show_job, info))

    @mutation(roles=LEADS, description="From the next decision on.")
    async def allocation_prices_set(self, info: Info, input: AllocationPricesInput) -> AllocationPricesPayload:
        async def shown(_: object) -> AllocationPricesPayload:
            return AllocationPricesPayload(prices=AllocationPrices.of(*await queries.prices()))

        return await perform(
            info, AllocationPricesPayload, lambda actor: set_prices(actor, translate(input, SetPrices)), shown
        )

    @mutation(roles=LEADS, description="It allocates from now on, in place of the one that did.")
    async def allocation_rule_set_activate(
        self, info: Info, input: AllocationRuleSetIdInput
    ) -> AllocationRuleSetPayload:
        async def shown(_: object) -> AllocationRuleSetPayload:
            row = await info.loaders.one(AllocationRuleSetRow, key(input.rule_set_id, "rule_set_id"))
            return AllocationRuleSetPayload(rule_set=show(row))

        return await perform(
            info, AllocationRuleSetPayload, lambda actor: activate(actor, key(input.rule_set_id, "rule_set_id")), shown
        )
