"""Goods that sites expect: asked for, and announced, received, put off, called off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import strawberry
from strawberry import UNSET

from backend.actions.receipts.cancel import cancel
from backend.actions.receipts.expect import ExpectReceipt, expect
from backend.actions.receipts.receive import ReceiveGoods, receive
from backend.actions.receipts.reschedule import reschedule
from backend.models.receipts import ExpectedReceipt as ExpectedReceiptRow
from backend.queries import receipts as queries
from backend.resolvers import commands
from backend.resolvers.arguments import key, window, word
from backend.resolvers.commands import perform, text, translate
from backend.rules.criteria import ReceiptCriteria
from backend.rules.permissions import GOODS, Actor
from backend.schema import receipts as inputs
from backend.schema.access import field, mutation
from backend.schema.common import Info, given, show
from backend.schema.inventory import STOCK_READERS
from backend.schema.receipts import ExpectedReceipt, ExpectedReceiptConnection, ExpectedReceiptPayload


@strawberry.type
class ReceiptQueries:
    @field(roles=STOCK_READERS)
    async def expected_receipt(
        self, info: Info, id: strawberry.ID | None = UNSET, reference: str | None = UNSET
    ) -> ExpectedReceipt | None:
        found = await queries.receipt(info.actor, key(id, "ExpectedReceipt"), word(reference, "reference"))
        return show(found)

    @field(roles=STOCK_READERS, description="What comes first, first.")
    async def expected_receipts(
        self,
        info: Info,
        filter: inputs.ExpectedReceiptFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
    ) -> ExpectedReceiptConnection:
        criteria = translate(filter, ReceiptCriteria, None, "filter") if filter else ReceiptCriteria()
        return ExpectedReceiptConnection.of(await queries.receipts(info.actor, criteria, window(first, after)))


async def _shown(info: Info, receipt_id: UUID | None) -> ExpectedReceiptPayload:
    return ExpectedReceiptPayload(receipt=show(await info.loaders.one(ExpectedReceiptRow, receipt_id)))


async def _on_receipt(
    info: Info, receipt_id: strawberry.ID, act: Callable[[Actor, UUID], Awaitable[object]]
) -> ExpectedReceiptPayload:
    async def shown(_: object) -> ExpectedReceiptPayload:
        return await _shown(info, commands.key(receipt_id, "expected_receipt_id"))

    return await perform(
        info, ExpectedReceiptPayload, lambda actor: act(actor, commands.key(receipt_id, "expected_receipt_id")), shown
    )


@strawberry.type
class ReceiptMutations:
    @mutation(roles=GOODS)
    async def expected_receipt_create(
        self, info: Info, input: inputs.ExpectedReceiptCreateInput
    ) -> ExpectedReceiptPayload:
        async def shown(made: UUID | None) -> ExpectedReceiptPayload:
            return await _shown(info, made)

        return await perform(
            info, ExpectedReceiptPayload, lambda actor: expect(actor, translate(input, ExpectReceipt)), shown
        )

    @mutation(roles=GOODS)
    async def expected_receipt_reschedule(
        self, info: Info, input: inputs.ExpectedReceiptRescheduleInput
    ) -> ExpectedReceiptPayload:
        version = given(input.expected_version)
        return await _on_receipt(
            info,
            input.expected_receipt_id,
            lambda actor, receipt: reschedule(actor, receipt, input.expected_on, version),
        )

    @mutation(roles=GOODS)
    async def expected_receipt_receive(
        self, info: Info, input: inputs.ExpectedReceiptReceiveInput
    ) -> ExpectedReceiptPayload:
        return await _on_receipt(
            info, input.expected_receipt_id, lambda actor, _: receive(actor, translate(input, ReceiveGoods))
        )

    @mutation(roles=GOODS, description="What another site has sent and has not come goes back to it.")
    async def expected_receipt_cancel(
        self, info: Info, input: inputs.ExpectedReceiptCancelInput
    ) -> ExpectedReceiptPayload:
        version = given(input.expected_version)
        return await _on_receipt(
            info,
            input.expected_receipt_id,
            lambda actor, receipt: cancel(actor, receipt, text(input.reason, "reason"), version),
        )
