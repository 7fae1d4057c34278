"""What may be done to returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from backend.actions.returns.approve import approve
from backend.actions.returns.cancel import cancel
from backend.actions.returns.create import CreateReturn, create
from backend.actions.returns.receive import ReceiveReturn, receive
from backend.actions.returns.redispose import RedisposeReturn, redispose
from backend.actions.returns.refund import refund
from backend.actions.returns.reject import reject
from backend.models.orders import Order as OrderRow
from backend.models.returns import Return as ReturnRow
from backend.resolvers.commands import key, perform, text, translate
from backend.rules.lifecycle import ORDER_VERBS, RETURN_VERBS
from backend.rules.permissions import Actor
from backend.schema import returns as inputs
from backend.schema.access import mutation
from backend.schema.common import Info, given, show
from backend.schema.returns import ReturnPayload

_LINES = {"line_id": "ReturnLine"}
_RECEIPTS = {"receipt_id": "ReturnReceipt"}


def _roles(verb: str) -> Any:
    return RETURN_VERBS[verb].roles


async def _shown(info: Info, return_id: UUID | None) -> ReturnPayload:
    rma = await info.loaders.one(ReturnRow, return_id)
    order = await info.loaders.one(OrderRow, rma.order_id) if rma else None
    return ReturnPayload(return_=show(rma), order=show(order))


async def _on_return(
    info: Info, return_id: strawberry.ID, act: Callable[[Actor, UUID], Awaitable[object]]
) -> ReturnPayload:
    async def shown(_: object) -> ReturnPayload:
        return await _shown(info, key(return_id, "return_id"))

    return await perform(info, ReturnPayload, lambda actor: act(actor, key(return_id, "return_id")), shown)


@strawberry.type
class ReturnMutations:
    @mutation(roles=ORDER_VERBS["returnCreate"].roles)
    async def return_create(self, info: Info, input: inputs.ReturnCreateInput) -> ReturnPayload:
        async def shown(made: UUID | None) -> ReturnPayload:
            return await _shown(info, made)

        return await perform(info, ReturnPayload, lambda actor: create(actor, translate(input, CreateReturn)), shown)

    @mutation(roles=_roles("returnApprove"))
    async def return_approve(self, info: Info, input: inputs.ReturnIdInput) -> ReturnPayload:
        version = given(input.expected_version)
        return await _on_return(info, input.return_id, lambda actor, rma: approve(actor, rma, version))

    @mutation(roles=_roles("returnReject"))
    async def return_reject(self, info: Info, input: inputs.ReturnReasonInput) -> ReturnPayload:
        return await _on_return(
            info, input.return_id, lambda actor, rma: reject(actor, rma, text(input.reason, "reason"))
        )

    @mutation(roles=_roles("returnReceive"))
    async def return_receive(self, info: Info, input: inputs.ReturnReceiveInput) -> ReturnPayload:
        return await _on_return(
            info, input.return_id, lambda actor, _: receive(actor, translate(input, ReceiveReturn, _LINES))
        )

    @mutation(roles=_roles("returnReceive"), description="Inspected later, and found to be other than was thought.")
    async def return_redispose(self, info: Info, input: inputs.ReturnRedisposeInput) -> ReturnPayload:
        return await _on_return(
            info, input.return_id, lambda actor, _: redispose(actor, translate(input, RedisposeReturn, _RECEIPTS))
        )

    @mutation(roles=_roles("returnRefund"))
    async def return_refund(self, info: Info, input: inputs.ReturnRefundInput) -> ReturnPayload:
        amount = given(input.amount)
        return await _on_return(info, input.return_id, lambda actor, rma: refund(actor, rma, amount))

    @mutation(roles=_roles("returnCancel"))
    async def return_cancel(self, info: Info, input: inputs.ReturnReasonInput) -> ReturnPayload:
        return await _on_return(
            info, input.return_id, lambda actor, rma: cancel(actor, rma, text(input.reason, "reason"))
        )
