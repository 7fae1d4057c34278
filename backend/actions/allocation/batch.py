"""Allocate orders, one or many, in an open transaction: look, decide one after the other, take all of it, write it.

Everything slow is done before the stock is locked. Whoever cannot be decided, or comes too late for what is there by
then, is left out of what is written, and told of: nobody else is held up. The number of statements grows neither with
the orders nor with their lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from backend.actions.alerts.raise_ import raise_alert
from backend.actions.allocation.commit import Decided, shipping_orders, still_there, write
from backend.actions.orders.refresh import refresh_all
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.models.facts import load_all
from backend.models.supply import Supply, look, question_of
from backend.rules.allocation import plan
from backend.rules.allocation_record import columns, note
from backend.rules.facts import Facts
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.scarcity import shadow
from backend.rules.vocabulary import AlertSeverity

#: What was decided about an order beforehand, put over its supply; and what is said of it before the sentence.
ByHand = tuple[Callable[[Supply], Supply], str]


@dataclass(slots=True)
class Outcome:
    """Each order is in one of these. `decided` gives the decisions' ids."""

    decided: dict[UUID, UUID] = field(default_factory=dict)
    #: Nothing was to be had, and nothing is written.
    left_alone: list[UUID] = field(default_factory=list)
    #: Somebody was quicker: to be looked at again.
    too_late: list[UUID] = field(default_factory=list)
    failed: dict[UUID, Exception] = field(default_factory=dict)


async def allocate_in(
    tx: Transaction,
    actor: Actor,
    order_ids: Sequence[UUID],
    *,
    only_if_any: bool = False,
    by_hand: ByHand | None = None,
) -> Outcome:
    """Of orders that the transaction has locked; the first of them chooses first.

    With `only_if_any`, nothing is written of an order that no site has anything for.
    """
    outcome = Outcome()
    orders = await load_all(order_ids)
    supply = await look(orders)
    if by_hand is not None:
        supply = by_hand[0](supply)
    decided = []
    for order in orders:
        try:
            check_verb(ORDER_VERBS["orderAllocate"], state=order.state, suspended=order.suspended)
            found = _decide(tx, order, supply, by_hand)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this order's alone
            outcome.failed[order.id] = error
            continue
        if only_if_any and not found.plan.assignments:
            outcome.left_alone.append(order.id)
            continue
        supply.stock.take(found.units, found.wanted.claim)
        if supply.departures is not None:
            for made in found.made:
                supply.departures.give(made.row["site_id"])
        decided.append(found)
    if decided:
        taken = await still_there(tx, decided)
        outcome.decided = {it.order.id: it.decision["id"] for it in taken}
        outcome.too_late = [it.order.id for it in decided if it.order.id not in outcome.decided]
        if taken:
            await write(tx, taken)
            await refresh_all(tx, [_after(it) for it in taken])
            for it in taken:
                _tell(tx, actor, it, supply)
            await _tell_of_failures(tx, supply, taken)
    return outcome


def _decide(tx: Transaction, order: Facts, supply: Supply, by_hand: ByHand | None) -> Decided:
    question = question_of(order, supply)
    chosen = plan(question)
    told = note(question, chosen)
    if by_hand is not None:
        told = replace(told, sentence=f"{by_hand[1]} – {told.sentence}")
    wanted, decision_id = supply.wanted[order.id], uuid7()
    decision = {
        "id": decision_id,
        "order_id": order.id,
        "at": tx.now,
        **columns(supply.rule_set, chosen, told),
        "price_version": supply.prices.version,
        "shadow": shadow(supply.prices, question, chosen),
    }
    return Decided(
        order, wanted, chosen, decision, shipping_orders(order, wanted, chosen.assignments, decision_id, tx.now)
    )


def _after(decided: Decided) -> Facts:
    """The order once this is written, as far as its state depends on it."""
    missing = decided.plan.backordered
    asked = {demand.line_id: demand.quantity for demand in decided.wanted.demands}
    lines = [
        replace(
            line,
            allocated=line.allocated + asked[line.id] - missing.get(line.id, 0),
            backordered=missing.get(line.id, 0),
        )
        if line.id in asked
        else line
        for line in decided.order.lines
    ]
    return replace(decided.order, lines=lines)


def _tell(tx: Transaction, actor: Actor, decided: Decided, supply: Supply) -> None:
    codes = {site.id: site.code for site in supply.sites}
    order_id, decision_id, chosen = decided.order.id, decided.decision["id"], decided.plan
    demands, missing = decided.wanted.demands, decided.plan.backordered
    if decided.made:
        given = {str(demand.line_id): demand.quantity - missing.get(demand.line_id, 0) for demand in demands}
        record(
            tx,
            actor,
            "order.allocated",
            f"Allocated to {', '.join(sorted({codes[it.site_id] for it in chosen.assignments}))}.",
            subject=("Order", order_id),
            order_id=order_id,
            data={"decision_id": decision_id, "outcome": chosen.outcome.value, "units": given},
        )
    if missing:
        skus = sorted({demand.sku for demand in demands if demand.line_id in missing})
        record(
            tx,
            actor,
            "order.backordered",
            f"No stock of {', '.join(skus[:5])}.",
            subject=("Order", order_id),
            order_id=order_id,
            data={
                "decision_id": decision_id,
                "units": {str(key): units for key, units in missing.items()},
                "skus": skus,
            },
        )
    for it in decided.made:
        record(
            tx,
            actor,
            "shipping_order.created",
            f"{it.row['number']} for {codes[it.row['site_id']]}.",
            subject=("ShippingOrder", it.row["id"]),
            order_id=order_id,
            data={"number": it.row["number"], "site_id": it.row["site_id"], "decision_id": decision_id},
        )


async def _tell_of_failures(tx: Transaction, supply: Supply, decided: Sequence[Decided]) -> None:
    """A rule that cannot be evaluated is skipped, and somebody is told, once."""
    failures = {index: message for it in decided for index, message in it.plan.failures.items()}
    for index, message in sorted(failures.items()):
        await raise_alert(
            tx,
            SYSTEM,
            "allocation.rule_failed",
            AlertSeverity.WARNING,
            f"Rule {index + 1} of {supply.rule_set.label} is skipped: {message}",
            key=f"allocation.rule_failed:{supply.rule_set.id}:{index}",
        )
