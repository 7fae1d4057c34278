"""Rule sets of allocation: made, and put to work."""

from __future__ import annotations

from uuid import UUID

import strawberry

from backend.actions.rule_sets import create as rule_sets
from backend.actions.rule_sets.activate import activate
from backend.actions.rule_sets.create import RuleSetCommand
from backend.models.fulfillment import AllocationRuleSet as AllocationRuleSetRow
from backend.resolvers.commands import key, perform, translate
from backend.rules.permissions import LEADS
from backend.schema.access import mutation
from backend.schema.allocation import AllocationRuleSetIdInput, AllocationRuleSetInput, AllocationRuleSetPayload
from backend.schema.common import Info, show


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
