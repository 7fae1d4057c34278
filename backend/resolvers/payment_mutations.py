"""What may be done with payments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import strawberry

from backend.actions.payments.add import add
from backend.actions.payments.authorize import authorize
from backend.actions.payments.capture import capture
from backend.actions.payments.refund import refund
from backend.actions.payments.void import void
from backend.models.orders import Order as OrderRow
from backend.models.payments import Payment as PaymentRow
from backend.resolvers.commands import key, perform, translate
from backend.rules.billing import PAYMENT_VERBS, PaymentCommand
from backend.rules.lifecycle import ORDER_VERBS
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind
from backend.schema.access import mutation
from backend.schema.common import Info, given, show
from backend.schema.payments import PaymentAddInput, PaymentAmountInput, PaymentPayload


async def _shown(info: Info, payment_id: UUID | None) -> PaymentPayload:
    payment = await info.loaders.one(PaymentRow, payment_id)
    order = await info.loaders.one(OrderRow, payment.order_id) if payment else None
    return PaymentPayload(payment=show(payment), order=show(order))


async def _on_payment(
    info: Info, payment_id: strawberry.ID, act: Callable[[Actor, UUID], Awaitable[object]]
) -> PaymentPayload:
    async def shown(_: object) -> PaymentPayload:
        return await _shown(info, key(payment_id, "payment_id"))

    return await perform(info, PaymentPayload, lambda actor: act(actor, key(payment_id, "payment_id")), shown)


@strawberry.type
class PaymentMutations:
    @mutation(roles=ORDER_VERBS["paymentAdd"].roles)
    async def payment_add(self, info: Info, input: PaymentAddInput) -> PaymentPayload:
        async def act(actor: Actor) -> UUID:
            payment = translate(input.payment, PaymentCommand, None, "payment")
            return await add(actor, key(input.order_id, "order_id"), payment)

        async def shown(made: UUID | None) -> PaymentPayload:
            return await _shown(info, made)

        return await perform(info, PaymentPayload, act, shown)

    @mutation(roles=PAYMENT_VERBS[TransactionKind.AUTHORIZE].roles)
    async def payment_authorize(self, info: Info, input: PaymentAmountInput) -> PaymentPayload:
        amount = given(input.amount)
        return await _on_payment(info, input.payment_id, lambda actor, payment: authorize(actor, payment, amount))

    @mutation(roles=PAYMENT_VERBS[TransactionKind.CAPTURE].roles)
    async def payment_capture(self, info: Info, input: PaymentAmountInput) -> PaymentPayload:
        amount = given(input.amount)
        return await _on_payment(info, input.payment_id, lambda actor, payment: capture(actor, payment, amount))

    @mutation(roles=PAYMENT_VERBS[TransactionKind.VOID].roles)
    async def payment_void(self, info: Info, input: PaymentAmountInput) -> PaymentPayload:
        amount = given(input.amount)
        return await _on_payment(info, input.payment_id, lambda actor, payment: void(actor, payment, amount))

    @mutation(roles=PAYMENT_VERBS[TransactionKind.REFUND].roles, description="Above a limit it needs a manager.")
    async def payment_refund(self, info: Info, input: PaymentAmountInput) -> PaymentPayload:
        amount = given(input.amount)
        return await _on_payment(info, input.payment_id, lambda actor, payment: refund(actor, payment, amount))
