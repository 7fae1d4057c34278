"""What comes back: RMAs, their lines, and each receipt with its disposition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

from backend.models import db
from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.returns import EXPECTING
from backend.rules.vocabulary import Disposition, ReturnMethod, ReturnState


class Return(Identified):
    """Amounts are minor units of the order's currency. `refund_due` grows with each receipt."""

    number = fields.CharField(
        max_length=40,
        unique=True,
        description="the order's number, R and a count: 100001-R1",
    )
    order: Any = link("Order", db_index=True)
    order_id: UUID
    position = fields.IntField()
    state = fields.CharEnumField(ReturnState, max_length=20)
    version = fields.IntField(default=1)
    method = fields.CharEnumField(ReturnMethod, max_length=20)
    site: Any = link("InventorySite", null=True, description="where it is expected")
    site_id: UUID | None
    refund_due = fields.BigIntField(default=0, description="for what was received")
    refunded = fields.BigIntField(default=0, description="given back to tenders")
    credited = fields.BigIntField(default=0, description="spent on the exchange order")
    exchange_order: Any = link("Order", null=True)
    exchange_order_id: UUID | None
    created_at = fields.DatetimeField()
    state_since = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    closing_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "return_order"
        indexes = (Index(fields=("state", "created_at"), name="ix_return_order_state"),)
        constraints = (
            UniqueConstraint(fields=("order_id", "position"), name="uq_return_order_position"),
            one_of("return_order", "state", ReturnState),
            one_of("return_order", "method", ReturnMethod),
            not_negative("return_order", ("refund_due", "refunded", "credited")),
            check("return_order", "refunded", "refunded + credited <= refund_due"),
        )


class ReturnLine(Identified):
    rma: Any = link("Return", db_index=True)
    rma_id: UUID
    order: Any = link("Order")
    order_id: UUID
    order_line: Any = link("OrderLine", db_index=True)
    order_line_id: UUID
    quantity = fields.IntField()
    received = fields.IntField(default=0)
    reason = fields.CharField(max_length=500)
    disposition = fields.CharEnumField(Disposition, max_length=20, null=True, description="of the last receipt")
    refund = fields.BigIntField(default=0, description="for what was received")

    class Meta:
        table = "return_line"
        constraints = (
            check("return_line", "quantity", "quantity > 0"),
            check("return_line", "received", "received >= 0 AND received <= quantity"),
            check("return_line", "refund", "refund >= 0"),
            one_of("return_line", "disposition", Disposition),
        )


class ReturnReceipt(Identified):
    """Some units of a line, received together at a site with one disposition."""

    rma: Any = link("Return", db_index=True)
    rma_id: UUID
    order: Any = link("Order")
    order_id: UUID
    return_line: Any = link("ReturnLine", db_index=True)
    return_line_id: UUID
    site: Any = link("InventorySite")
    site_id: UUID
    quantity = fields.IntField()
    disposition = fields.CharEnumField(Disposition, max_length=20)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=254)

    class Meta:
        table = "return_receipt"
        constraints = (
            check("return_receipt", "quantity", "quantity > 0"),
            one_of("return_receipt", "disposition", Disposition),
        )


async def expected_units(order_line_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Units by order line that returns still expect, and so cannot be asked for by another."""
    rows = await db.fetch(
        "SELECT l.order_line_id, sum(l.quantity - l.received)::int AS units FROM return_order r"
        " JOIN return_line l ON l.rma_id = r.id WHERE l.order_line_id = ANY($1) AND r.state = ANY($2) GROUP BY 1",
        list(order_line_ids),
        [state.value for state in EXPECTING],
    )
    return {row["order_line_id"]: row["units"] for row in rows}
