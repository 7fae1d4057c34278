"""What may be done to orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from backend.actions.allocation.allocate import allocate, allocate_to
from backend.actions.orders.appease import appease
from backend.actions.orders.approve import approve
from backend.actions.orders.cancel import LineQuantity, cancel
from backend.actions.orders.claim import claim
from backend.actions.orders.complete import complete
from backend.actions.orders.continue_ import continue_
from backend.actions.orders.create import Created, create
from backend.actions.orders.edit import EditOrder, edit
from backend.actions.orders.file import file
from backend.actions.orders.note import note
from backend.actions.orders.release_claim import release_claim
from backend.actions.orders.resume import resume
from backend.actions.orders.submit import submit
from backend.actions.orders.suspend import suspend
from backend.actions.orders.tags import tags
from backend.models.orders import Order as OrderRow
from backend.resolvers.commands import key, maybe_key, maybe_text, perform, text, texts, translate, translate_all
from backend.rules.lifecycle import ORDER_VERBS
from backend.rules.order_input import CreateOrder
from backend.rules.permissions import GOODS, OFFICE, SELLERS, Actor
from backend.schema import order_inputs as inputs
from backend.schema.access import mutation
from backend.schema.common import Info, given, show
from backend.schema.orders import OrderCreatePayload, OrderPayload

_LINES = {"line_id": "OrderLine"}


def _roles(verb: str) -> Any:
    return ORDER_VERBS[verb].roles


async def _on_order(
    info: Info, order_id: strawberry.ID, act: Callable[[Actor, UUID], Awaitable[object]]
) -> OrderPayload:
    async def shown(_: object) -> OrderPayload:
        return OrderPayload(order=show(await info.loaders.one(OrderRow, key(order_id, "order_id"))))

    return await perform(info, OrderPayload, lambda actor: act(actor, key(order_id, "order_id")), shown)


@strawberry.type
class OrderMutations:
    @mutation(roles=SELLERS)
    async def order_create(self, info: Info, input: inputs.OrderCreateInput) -> OrderCreatePayload:
        async def shown(made: Created | UUID | None) -> OrderCreatePayload:
            created = made if isinstance(made, Created) else Created(made, duplicate=False)  # type: ignore[arg-type]
            order = await info.loaders.one(OrderRow, created.order_id)
            return OrderCreatePayload(order=show(order), duplicate=created.duplicate)

        return await perform(
            info, OrderCreatePayload, lambda actor: create(actor, translate(input, CreateOrder)), shown
        )

    @mutation(roles=_roles("orderSubmit"))
    async def order_submit(self, info: Info, input: inputs.OrderIdInput) -> OrderPayload:
        version = given(input.expected_version)
        return await _on_order(info, input.order_id, lambda actor, order: submit(actor, order, version))

    @mutation(roles=_roles("orderEdit"))
    async def order_edit(self, info: Info, input: inputs.OrderEditInput) -> OrderPayload:
        return await _on_order(info, input.order_id, lambda actor, _: edit(actor, translate(input, EditOrder, _LINES)))

    @mutation(roles=_roles("orderComplete"), description="What needed attention has been put right.")
    async def order_complete(self, info: Info, input: inputs.OrderIdInput) -> OrderPayload:
        version = given(input.expected_version)
        return await _on_order(info, input.order_id, lambda actor, order: complete(actor, order, version))

    @mutation(roles=_roles("orderApprove"))
    async def order_approve(self, info: Info, input: inputs.OrderIdInput) -> OrderPayload:
        version = given(input.expected_version)
        return await _on_order(info, input.order_id, lambda actor, order: approve(actor, order, version))

    @mutation(roles=_roles("orderAllocate"))
    async def order_allocate(self, info: Info, input: inputs.OrderIdInput) -> OrderPayload:
        version = given(input.expected_version)
        return await _on_order(info, input.order_id, lambda actor, order: allocate(actor, order, version))

    @mutation(
        roles=_roles("orderAllocate"),
        description="By hand: what ships, from this site as far as it has it, whatever the rules say; the rest waits.",
    )
    async def order_allocate_to(self, info: Info, input: inputs.OrderAllocateToInput) -> OrderPayload:
        version, site, reason = given(input.expected_version), text(input.site, "site"), text(input.reason, "reason")
        return await _on_order(
            info, input.order_id, lambda actor, order: allocate_to(actor, order, site, reason, version)
        )

    @mutation(roles=_roles("orderSuspend"))
    async def order_suspend(self, info: Info, input: inputs.OrderSuspendInput) -> OrderPayload:
        return await _on_order(
            info,
            input.order_id,
            lambda actor, order: suspend(
                actor,
                order,
                text(input.reason, "reason"),
                maybe_text(input.note, "note"),
                given(input.expected_version),
            ),
        )

    @mutation(roles=_roles("orderResume"))
    async def order_resume(self, info: Info, input: inputs.OrderResumeInput) -> OrderPayload:
        return await _on_order(
            info,
            input.order_id,
            lambda actor, order: resume(
                actor, order, maybe_key(input.hold_id, "hold_id"), given(input.expected_version)
            ),
        )

    @mutation(roles=_roles("orderCancel"))
    async def order_cancel(self, info: Info, input: inputs.OrderCancelInput) -> OrderPayload:
        def act(actor: Actor, order: UUID) -> Awaitable[None]:
            listed = given(input.lines)
            lines = None if listed is None else translate_all(listed, LineQuantity, "lines", _LINES)
            return cancel(actor, order, text(input.reason, "reason"), lines, given(input.expected_version))

        return await _on_order(info, input.order_id, act)

    @mutation(roles=_roles("orderContinue"), description="What follows the shipment has been seen to.")
    async def order_continue(self, info: Info, input: inputs.OrderIdInput) -> OrderPayload:
        version = given(input.expected_version)
        return await _on_order(info, input.order_id, lambda actor, order: continue_(actor, order, version))

    @mutation(roles=_roles("orderFile"))
    async def order_file(self, info: Info, input: inputs.OrderIdInput) -> OrderPayload:
        version = given(input.expected_version)
        return await _on_order(info, input.order_id, lambda actor, order: file(actor, order, version))

    @mutation(
        roles=OFFICE | GOODS,
        description="Says that one sees to the order, until `claim.until`; claiming again puts that off. CONFLICT names"
        " who has it already.",
    )
    async def order_claim(self, info: Info, input: inputs.OrderClaimInput) -> OrderPayload:
        return await _on_order(
            info, input.order_id, lambda actor, order: claim(actor, order, take_over=input.take_over)
        )

    @mutation(roles=OFFICE | GOODS, description="Ends one's own claim.")
    async def order_release(self, info: Info, input: inputs.OrderIdInput) -> OrderPayload:
        version = given(input.expected_version)
        return await _on_order(info, input.order_id, lambda actor, order: release_claim(actor, order, version))

    @mutation(roles=_roles("orderNoteAdd"))
    async def order_note_add(self, info: Info, input: inputs.OrderNoteInput) -> OrderPayload:
        return await _on_order(info, input.order_id, lambda actor, order: note(actor, order, text(input.body, "body")))

    @mutation(roles=_roles("orderTagsUpdate"))
    async def order_tags_update(self, info: Info, input: inputs.OrderTagsInput) -> OrderPayload:
        def act(actor: Actor, order: UUID) -> Awaitable[None]:
            return tags(actor, order, texts(input.add, "add") or (), texts(input.remove, "remove") or ())

        return await _on_order(info, input.order_id, act)

    @mutation(roles=_roles("orderAppease"), description="Gives money back without goods coming back.")
    async def order_appease(self, info: Info, input: inputs.AppeasementInput) -> OrderPayload:
        return await _on_order(
            info, input.order_id, lambda actor, order: appease(actor, order, input.amount, text(input.reason, "reason"))
        )
