"""Allocate an order: decide which sites give what by the active rule set, set the stock aside, make shipping orders.

Look, decide, then take all of it in one guarded statement. Where somebody was quicker nothing is taken, and it is
looked and decided again; the last time with the stock rows locked. The number of statements does not grow with the
order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from backend.actions.alerts.raise_ import raise_alert
from backend.actions.allocation.commit import Made, commit, shipping_orders
from backend.actions.inventory.stock import lock_skus, may_handle
from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.errors import not_found
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.inventory import site_by_code
from backend.models.orders import Order
from backend.models.supply import Supply, look, question_of
from backend.rules.allocation import Plan, plan
from backend.rules.allocation_record import explain
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import Problems
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.rule_sets import LEAST_COST, RuleSet, parse_rules
from backend.rules.vocabulary import AlertSeverity, SiteCapability

#: Decisions on a mere look at the stock, before it is locked to look at it.
_LOOKS = 3


async def allocate(actor: Actor, order_id: UUID, expected_version: int | None = None) -> UUID:
    """The id of the decision. What no site has is backordered, and tried again when stock comes."""
    decision_id = await allocate_if(actor, order_id, expected_version)
    assert decision_id is not None
    return decision_id


async def allocate_to(
    actor: Actor, order_id: UUID, site: str, reason: str, expected_version: int | None = None
) -> UUID:
    """What ships, from the site of this code as far as it has it, whatever the rules say or it has rejected before.

    The id of the decision, which keeps the reason. What the site has not is backordered.
    """
    problems = Problems()
    problems.text(reason, 500, "reason", required=True)
    problems.check()
    known = await site_by_code(site)
    if (
        known is None
        or not known.active
        or SiteCapability.SHIP not in known.capabilities
        or not may_handle(actor, known.id)
    ):
        raise not_found("site that ships", "site")
    decision_id = await allocate_if(actor, order_id, expected_version, by_hand=ByHand(known.id, site, reason))
    assert decision_id is not None
    return decision_id


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody has decided, and says why."""

    site_id: UUID
    site: str
    reason: str

    def over(self, supply: Supply) -> Supply:
        """With one answer left for what ships."""
        only = parse_rules([("REQUIRE", None, {"site": f"site.code == {json.dumps(self.site)}"})])
        exclusions = {site_id: why for site_id, why in supply.exclusions.items() if site_id != self.site_id}
        return replace(supply, exclusions=exclusions, rule_set=RuleSet("by hand", (*LEAST_COST.rules, *only)))


@retried
async def allocate_if(
    actor: Actor,
    order_id: UUID,
    expected_version: int | None = None,
    *,
    only_if_any: bool = False,
    by_hand: ByHand | None = None,
) -> UUID | None:
    """With `only_if_any`, nothing is written and None is returned where no site has anything for it."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        check_verb(ORDER_VERBS["orderAllocate"], state=order.state, suspended=order.suspended)
        decision_id = uuid7()
        for look_number in range(_LOOKS + 1):
            supply = await look(order.id, order.currency)
            if by_hand is not None:
                supply = by_hand.over(supply)
            question = await question_of(order, supply)
            chosen = plan(question)
            if only_if_any and not chosen.assignments:
                return None
            made = shipping_orders(order, chosen.assignments, supply.last_position, decision_id, tx.now)
            told = explain(question, chosen)
            if by_hand is not None:
                told = replace(told, sentence=f"By hand ({actor.label}): {by_hand.reason} – {told.sentence}")
            if await commit(tx, order, decision_id, supply, chosen, told, made):
                break
            if look_number == _LOOKS - 1:
                await lock_skus(tx, sorted({demand.sku for demand in supply.demands}))
        else:
            raise RuntimeError(f"Order {order.number} could not take stock that it had locked.")
        _tell(tx, actor, order, decision_id, chosen, supply, made)
        await _tell_of_failures(tx, supply, chosen)
        await refresh(tx, order)
        return decision_id


def _tell(
    tx: Transaction,
    actor: Actor,
    order: Order,
    decision_id: UUID,
    chosen: Plan,
    supply: Supply,
    made: Sequence[Made],
) -> None:
    codes = {site.id: site.code for site in supply.sites}
    missing = chosen.backordered
    if made:
        given = {str(demand.line_id): demand.quantity - missing.get(demand.line_id, 0) for demand in supply.demands}
        record(
            tx,
            actor,
            "order.allocated",
            f"Allocated to {', '.join(sorted({codes[it.site_id] for it in chosen.assignments}))}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"decision_id": decision_id, "outcome": chosen.outcome.value, "units": given},
        )
    if missing:
        skus = sorted({demand.sku for demand in supply.demands if demand.line_id in missing})
        record(
            tx,
            actor,
            "order.backordered",
            f"No stock of {', '.join(skus[:5])}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={
                "decision_id": decision_id,
                "units": {str(key): units for key, units in missing.items()},
                "skus": skus,
            },
        )
    for it in made:
        record(
            tx,
            actor,
            "shipping_order.created",
            f"{it.row['number']} for {codes[it.row['site_id']]}.",
            subject=("ShippingOrder", it.row["id"]),
            order_id=order.id,
            data={"number": it.row["number"], "site_id": it.row["site_id"], "decision_id": decision_id},
        )


async def _tell_of_failures(tx: Transaction, supply: Supply, chosen: Plan) -> None:
    """A rule that cannot be evaluated is skipped, and somebody is told, once."""
    for index, message in chosen.failures.items():
        await raise_alert(
            tx,
            SYSTEM,
            "allocation.rule_failed",
            AlertSeverity.WARNING,
            f"Rule {index + 1} of {supply.rule_set.label} is skipped: {message}",
            key=f"allocation.rule_failed:{supply.rule_set.id}:{index}",
        )
