"""Orders that come again: asked for, and made, changed, paused, resumed, left out, cancelled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from backend.actions.recurring.cancel import cancel
from backend.actions.recurring.create import CreateRecurring, create
from backend.actions.recurring.edit import EditRecurring, edit
from backend.actions.recurring.pause import pause
from backend.actions.recurring.resume import resume
from backend.actions.recurring.run_now import run_now
from backend.actions.recurring.skip import skip
from backend.models.recurring import RecurringOrder as RecurringOrderRow
from backend.queries import recurring as queries
from backend.resolvers import commands
from backend.resolvers.arguments import key, window, word
from backend.resolvers.commands import perform, translate
from backend.rules.criteria import RecurringCriteria
from backend.rules.lifecycle import RECURRING_ORDER_VERBS
from backend.rules.permissions import READERS, SELLERS, Actor
from backend.schema import recurring as inputs
from backend.schema.access import field, mutation
from backend.schema.common import Info, given, show
from backend.schema.recurring import RecurringOrder, RecurringOrderConnection, RecurringOrderPayload


def _roles(verb: str) -> Any:
    return RECURRING_ORDER_VERBS[verb].roles


@strawberry.type
class RecurringQueries:
    @field(roles=READERS)
    async def recurring_order(
        self, info: Info, id: strawberry.ID | None = UNSET, number: str | None = UNSET
    ) -> RecurringOrder | None:
        found = await queries.recurring_order(info.actor, key(id, "RecurringOrder"), word(number, "number"))
        return show(found)

    @field(roles=READERS, description="The newest first.")
    async def recurring_orders(
        self,
        info: Info,
        filter: inputs.RecurringOrderFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
    ) -> RecurringOrderConnection:
        criteria = translate(filter, RecurringCriteria, None, "filter") if filter else RecurringCriteria()
        found = await queries.recurring_orders(info.actor, criteria, window(first, after))
        return RecurringOrderConnection.of(found)


async def _shown(info: Info, recurring_order_id: UUID | None) -> RecurringOrderPayload:
    row = await info.loaders.one(RecurringOrderRow, recurring_order_id)
    return RecurringOrderPayload(recurring_order=show(row))


async def _on(
    info: Info, recurring_order_id: strawberry.ID, act: Callable[[Actor, UUID], Awaitable[object]]
) -> RecurringOrderPayload:
    async def shown(_: object) -> RecurringOrderPayload:
        return await _shown(info, commands.key(recurring_order_id, "recurring_order_id"))

    return await perform(
        info,
        RecurringOrderPayload,
        lambda actor: act(actor, commands.key(recurring_order_id, "recurring_order_id")),
        shown,
    )


@strawberry.type
class RecurringMutations:
    @mutation(roles=SELLERS)
    async def recurring_order_create(
        self, info: Info, input: inputs.RecurringOrderCreateInput
    ) -> RecurringOrderPayload:
        async def shown(made: UUID | None) -> RecurringOrderPayload:
            return await _shown(info, made)

        return await perform(
            info, RecurringOrderPayload, lambda actor: create(actor, translate(input, CreateRecurring)), shown
        )

    @mutation(roles=_roles("recurringOrderEdit"), description="Orders that were made already stay as they are.")
    async def recurring_order_edit(self, info: Info, input: inputs.RecurringOrderEditInput) -> RecurringOrderPayload:
        return await _on(info, input.recurring_order_id, lambda actor, _: edit(actor, translate(input, EditRecurring)))

    @mutation(roles=_roles("recurringOrderPause"), description="What comes due meanwhile is not made later.")
    async def recurring_order_pause(self, info: Info, input: inputs.RecurringOrderIdInput) -> RecurringOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.recurring_order_id, lambda actor, one: pause(actor, one, version))

    @mutation(roles=_roles("recurringOrderResume"))
    async def recurring_order_resume(self, info: Info, input: inputs.RecurringOrderIdInput) -> RecurringOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.recurring_order_id, lambda actor, one: resume(actor, one, version))

    @mutation(roles=_roles("recurringOrderSkip"), description="The order that is due next is not made.")
    async def recurring_order_skip(self, info: Info, input: inputs.RecurringOrderIdInput) -> RecurringOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.recurring_order_id, lambda actor, one: skip(actor, one, version))

    @mutation(roles=_roles("recurringOrderRunNow"), description="One more, at once; what is due stays due.")
    async def recurring_order_run_now(self, info: Info, input: inputs.RecurringOrderIdInput) -> RecurringOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.recurring_order_id, lambda actor, one: run_now(actor, one, version))

    @mutation(roles=_roles("recurringOrderCancel"), description="Orders that were made stay.")
    async def recurring_order_cancel(self, info: Info, input: inputs.RecurringOrderIdInput) -> RecurringOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.recurring_order_id, lambda actor, one: cancel(actor, one, version))
