"""THE table: which event asks for which reaction. Each becomes a job in the transaction that records the event.

`advance_order` looks at the whole order and does what its workflow does by itself; it stands at every event that can
let an order move. Consequences stand nowhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from backend import events
from backend.actions.jobs.start import RUN
from backend.reactions.advance_order import advance_order
from backend.reactions.fill_backorders import fill_backorders
from backend.reactions.run_job import run_job

_MOVES_AN_ORDER = (
    "order.created",
    "order.submitted",
    "order.edited",
    "order.completed",
    "order.approved",
    "order.continued",
    "order.filed",
    "order.skipped",
    "order.resumed",
    "order.cancelled",
    "order.lines_cancelled",
    "order.allocated",
    "order.backordered",
    "order.fulfilled",
    "payment.added",
    "payment.authorized",
    "payment.declined",
    "payment.uncertain",
    "payment.captured",
    "payment.capture_failed",
    "payment.voided",
    "payment.refunded",
    "payment.refund_failed",
    "invoice.issued",
    "invoice.credited",
    "shipping_order.approved",
    "shipping_order.assigned",
    "shipping_order.claimed",
    "shipping_order.rejected",
    "shipping_order.picked",
    "shipping_order.short_picked",
    "shipping_order.packed",
    "shipping_order.shipped",
    "shipping_order.ready",
    "shipping_order.handed_over",
    "shipping_order.cancelled",
    "return.created",
    "return.rejected",
    "return.received",
    "return.refunded",
    "return.closed",
    "return.cancelled",
)

#: Event kind → names of reactions.
TABLE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_MOVES_AN_ORDER, (events.ADVANCE,)),
    "inventory.changed": ("fill_backorders",),
}

#: Reaction → what the worker calls with the job's payload.
REACTIONS: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[None]]] = {
    events.ADVANCE: advance_order,
    "fill_backorders": fill_backorders,
    RUN: run_job,
}

_unknown = {name for names in TABLE.values() for name in names} - set(REACTIONS)
if _unknown:
    raise ValueError(f"Events ask for reactions that do not exist: {sorted(_unknown)}")
events.set_reactions(TABLE)
