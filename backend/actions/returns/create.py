"""Ask for a return, or for an exchange: the RMA says what is to come back, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.returns.exchange import open_exchange
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.inventory import InventorySite, site_by_code
from backend.models.orders import Order, OrderLine
from backend.models.returns import Return, ReturnLine, expected_units
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import LineCommand
from backend.rules.permissions import Actor
from backend.rules.returns import Asked, amounts, check_asked
from backend.rules.vocabulary import ReturnMethod, ReturnState, SiteCapability


@dataclass(frozen=True, slots=True)
class CreateReturn:
    """`site` is the code of the site that expects it; with `exchange_lines` a replacement order is made."""

    order_id: UUID
    method: ReturnMethod
    lines: Sequence[Asked]
    site: str | None = None
    exchange_lines: Sequence[LineCommand] | None = None


@retried
async def create(actor: Actor, command: CreateReturn) -> UUID:
    """The return's id. It waits for approval; units of it cannot be asked for by another return."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, command.order_id)
        check_verb(ORDER_VERBS["returnCreate"], state=order.state, suspended=order.suspended)
        lines = {line.id: line for line in await OrderLine.filter(order_id=order.id).order_by("position")}
        claimed = await expected_units(lines)
        check_asked(command.lines, lines, claimed)
        site = await _site(command.site) if command.site is not None else None
        rma = await _insert(tx, order, command, site.id if site else None)
        record(
            tx,
            actor,
            "return.created",
            f"Return {rma.number} asked for.",
            subject=("Return", rma.id),
            order_id=order.id,
            data={
                "method": command.method.value,
                "site": command.site,
                "units": {str(ask.order_line_id): ask.quantity for ask in command.lines},
            },
        )
        if command.exchange_lines:
            back = amounts(command.lines, lines, claimed, prices_include_tax=order.prices_include_tax)
            await open_exchange(tx, actor, order, rma, command.exchange_lines, sum(part.total for part in back))
        return rma.id


async def _site(code: str) -> InventorySite:
    site = await site_by_code(code)
    if site is None:
        raise not_found("site", "site")
    if not site.active or SiteCapability.RETURNS not in site.capabilities:
        raise refused(ErrorCode.INVALID, f"{code} takes no returns.", "site")
    return site


async def _insert(tx: Transaction, order: Order, command: CreateReturn, site_id: UUID | None) -> Return:
    last = await tx.fetchval("SELECT coalesce(max(position), 0) FROM return_order WHERE order_id = $1", order.id)
    rma = await Return.create(
        number=f"{order.number}-R{last + 1}",
        order_id=order.id,
        position=last + 1,
        state=ReturnState.WAITING_APPROVAL,
        method=command.method,
        site_id=site_id,
        created_at=tx.now,
        state_since=tx.now,
    )
    await ReturnLine.bulk_create(
        [
            ReturnLine(
                id=uuid7(),
                rma_id=rma.id,
                order_id=order.id,
                order_line_id=ask.order_line_id,
                quantity=ask.quantity,
                reason=ask.reason,
            )
            for ask in command.lines
        ]
    )
    return rma
