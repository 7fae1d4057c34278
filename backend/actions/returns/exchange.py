"""Exchanges: a replacement order that is paid, as far as it goes, by what comes back.

The replacement carries a payment on account, named by the return's number. It is authorized and captured in the
transaction in which the return is complete, for no more than the return owes; the return counts it as `credited`. What
the replacement costs beyond it the customer pays; what it costs less is refunded. Until then a hold keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.actions.orders.create import create_in
from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.actions.orders.resume import release_holds
from backend.actions.orders.suspend import hold
from backend.errors import Problem, Refused
from backend.events import record
from backend.models.channels import Channel
from backend.models.db import Transaction
from backend.models.orders import Order, OrderHold
from backend.models.payments import Payment, PaymentTransaction
from backend.models.returns import Return
from backend.money import show, to_decimal
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, LineCommand, Problems, check_lines
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.returns import AWAITING_RETURN
from backend.rules.vocabulary import (
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    TransactionKind,
    TransactionState,
)


async def open_exchange(
    tx: Transaction, actor: Actor, order: Order, rma: Return, lines: Sequence[LineCommand], credit: int
) -> UUID:
    """Enter the replacement order in the caller's transaction; `credit` is what the return will be worth."""
    try:
        command = await _command(order, rma, lines, credit)
        order_id = (await create_in(tx, actor, command, exchange_for_id=rma.id)).order_id
    except Refused as error:
        raise Refused(*(Problem(p.code, p.message, _path(p.path)) for p in error.problems)) from error
    await tx.execute("UPDATE sales_order SET customer_id = $2 WHERE id = $1", order_id, order.customer_id)
    await tx.execute("UPDATE return_order SET exchange_order_id = $2 WHERE id = $1", rma.id, order_id)
    replacement = await Order.get(id=order_id)
    await hold(tx, actor, replacement, AWAITING_RETURN, f"Until return {rma.number} has come back.")
    return order_id


def _path(path: tuple[str, ...]) -> tuple[str, ...]:
    """Where the caller of returnCreate finds what is wrong with the order that was made of its lines."""
    return ("exchange_lines", *path[1:]) if path[:1] == ("lines",) else ("exchange_lines",)


async def _command(order: Order, rma: Return, lines: Sequence[LineCommand], credit: int) -> CreateOrder:
    problems = Problems()
    total = check_lines(problems, lines, order.currency, order.prices_include_tax, "lines")
    problems.check()
    covered = min(total, credit)
    on_account = PaymentCommand(
        gateway="manual",
        method=PaymentMethodKind.ON_ACCOUNT,
        amount=to_decimal(covered, order.currency),
        authorized_reference=rma.number,
    )
    channel = await Channel.get(id=order.channel_id)
    return CreateOrder(
        channel=channel.code,
        currency=order.currency,
        lines=lines,
        email=order.email,
        phone=order.phone,
        billing_address=_address(order.billing_address),
        shipping_address=_address(order.shipping_address),
        shipping_method=order.shipping_method,
        prices_include_tax=order.prices_include_tax,
        payments=[on_account] if covered else None,
        priority=order.priority,
        tags=["exchange"],
    )


def _address(stored: dict[str, object] | None) -> Address | None:
    if stored is None:
        return None
    names = {"postalCode": "postal_code"}
    return Address(**{names.get(name, name): value for name, value in stored.items()})  # type: ignore[arg-type]


async def pledged(rma: Return) -> int:
    """What is kept for the replacement order while its return is under way."""
    payment = await _on_account(rma)
    return payment.amount if payment is not None else 0


async def apply_credit(tx: Transaction, actor: Actor, rma: Return, owed: int) -> None:
    """The return is complete: pay the replacement with up to `owed`, and let it go. Sets `rma.credited`.

    Where a person has authorized the payment on account before, that authorization is backed, and captured, now.
    """
    if rma.exchange_order_id is None or rma.credited:
        return
    replacement = await lock_order(tx, SYSTEM, rma.exchange_order_id)
    for awaiting in await OrderHold.filter(order_id=replacement.id, reason=AWAITING_RETURN, released_at=None):
        await release_holds(tx, actor, replacement, hold_id=awaiting.id)
    payment = await _on_account(rma)
    if payment is None:
        return
    if owed:
        rma.credited = min(owed, payment.authorized or payment.amount)
        await _take(tx, actor, replacement, payment, rma.credited)
    elif not payment.authorized:
        payment.status = PaymentStatus.VOIDED
        await payment.save(update_fields=["status"])
    await refresh(tx, replacement)


async def _on_account(rma: Return) -> Payment | None:
    """The replacement's payment out of this return, unless the replacement or the payment was called off."""
    return (
        await Payment.filter(
            order_id=rma.exchange_order_id,
            gateway="manual",
            method=PaymentMethodKind.ON_ACCOUNT,
            authorized_reference=rma.number,
            order__state__not=OrderState.CANCELLED,
        )
        .exclude(status=PaymentStatus.VOIDED)
        .first()
        if rma.exchange_order_id is not None
        else None
    )


async def _take(tx: Transaction, actor: Actor, replacement: Order, payment: Payment, amount: int) -> None:
    """Authorize what a person has not authorized yet, and capture it: the money is here already."""
    if not payment.authorized:
        payment.amount = payment.authorized = amount
        await _book(tx, actor, replacement, payment, TransactionKind.AUTHORIZE, amount)
    if payment.captured < amount:
        await _book(tx, actor, replacement, payment, TransactionKind.CAPTURE, amount - payment.captured)
        payment.captured = amount
    full = payment.captured >= payment.authorized
    payment.status = PaymentStatus.CAPTURED if full else PaymentStatus.PARTIALLY_CAPTURED
    await payment.save(update_fields=["amount", "authorized", "captured", "status"])


_EVENTS = {TransactionKind.AUTHORIZE: "payment.authorized", TransactionKind.CAPTURE: "payment.captured"}


async def _book(
    tx: Transaction, actor: Actor, replacement: Order, payment: Payment, kind: TransactionKind, amount: int
) -> None:
    transaction = await PaymentTransaction.create(
        order_id=replacement.id,
        payment_id=payment.id,
        kind=kind,
        state=TransactionState.SUCCEEDED,
        amount=amount,
        at=tx.now,
        settled_at=tx.now,
        gateway_reference=payment.authorized_reference,
        actor=actor.label,
    )
    record(
        tx,
        actor,
        _EVENTS[kind],
        f"{show(amount, payment.currency)} out of return {payment.authorized_reference}.",
        subject=("Payment", payment.id),
        order_id=replacement.id,
        data={"transaction": transaction.id, "kind": kind, "amount": amount, "rma_id": replacement.exchange_for_id},
    )
