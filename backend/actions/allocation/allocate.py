"""Allocate an order: decide which sites give what by the active rule set, set the stock aside, make shipping orders.

Look, decide, then take all of it. Where somebody was quicker nothing is taken, and it is looked and decided again; the
last time with the stock rows locked. Many orders go together (`batch`); one goes the same way, alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from backend.actions.allocation.batch import ByHand, allocate_in
from backend.actions.inventory.stock import lock_skus, may_handle
from backend.actions.orders.locking import lock_order
from backend.errors import ErrorCode, not_found, refused
from backend.models.db import Transaction, retried, transaction
from backend.models.inventory import site_by_code
from backend.models.supply import Supply
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.rule_sets import LEAST_COST, RuleSet, parse_rules
from backend.rules.scarcity import NO_PRICES
from backend.rules.vocabulary import SiteCapability

log = structlog.get_logger(__name__)
#: Decisions on a mere look at the stock, before it is locked to look at it.
_LOOKS = 3
#: Orders in one transaction: enough to share its cost, few enough that nobody waits long for the stock.
BATCH = 50


async def allocate(actor: Actor, order_id: UUID, expected_version: int | None = None) -> UUID:
    """The id of the decision. What no site has is backordered, and tried again when stock comes."""
    decision_id = await _allocate(actor, order_id, expected_version)
    assert decision_id is not None
    return decision_id


async def allocate_to(
    actor: Actor, order_id: UUID, site: str, reason: str, expected_version: int | None = None
) -> UUID:
    """What ships, from the site of this code as far as it has it, whatever the rules say or it has rejected before.

    The id of the decision, which keeps the reason. What the site has not is backordered; one that has nothing of it is
    refused.
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
    site_id = known.id
    by_hand = (lambda supply: _only(supply, site_id, site), f"By hand ({actor.label}): {reason}")
    decision_id = await _allocate(actor, order_id, expected_version, only_if_any=True, by_hand=by_hand)
    if decision_id is None:
        raise refused(ErrorCode.INSUFFICIENT_STOCK, "This site has nothing of what the order waits for.", "site")
    return decision_id


def _only(supply: Supply, site_id: UUID, site: str) -> Supply:
    """With one answer left for what ships."""
    only = parse_rules([("REQUIRE", None, {"site": f"site.code == {json.dumps(site)}"})])
    wanted = {
        order_id: replace(it, exclusions={other: why for other, why in it.exclusions.items() if other != site_id})
        for order_id, it in supply.wanted.items()
    }
    return replace(supply, wanted=wanted, rule_set=RuleSet("by hand", (*LEAST_COST.rules, *only)), prices=NO_PRICES)


@retried
async def _allocate(
    actor: Actor,
    order_id: UUID,
    expected_version: int | None = None,
    *,
    only_if_any: bool = False,
    by_hand: ByHand | None = None,
) -> UUID | None:
    async with transaction() as tx:
        _ = await lock_order(tx, actor, order_id, expected_version)
        for look_number in range(_LOOKS + 1):
            outcome = await allocate_in(tx, actor, [order_id], only_if_any=only_if_any, by_hand=by_hand)
            if outcome.failed:
                raise outcome.failed[order_id]
            if not outcome.too_late:
                return outcome.decided.get(order_id)
            if look_number == _LOOKS - 1:
                await lock_skus(tx, await _skus(tx, order_id))
        raise RuntimeError(f"Order {order_id} could not take stock that it had locked.")


async def _skus(tx: Transaction, order_id: UUID) -> list[str]:
    rows = await tx.fetch("SELECT DISTINCT sku FROM order_line WHERE order_id = $1 ORDER BY sku", order_id)
    return [row["sku"] for row in rows]


async def allocate_all(
    actor: Actor, order_ids: Sequence[UUID], *, only_if_any: bool = False
) -> dict[UUID, UUID | Exception | None]:
    """Orders together in one transaction; the first chooses first. For each its decision, or what kept it from one.

    None: with `only_if_any`, no site has anything for it. Whoever is locked by somebody else, came too late for the
    stock or failed is allocated again by itself, in a transaction of its own. For actors that see all orders.
    """
    results: dict[UUID, UUID | Exception | None] = {}
    if len(order_ids) > 1:
        try:
            results = await _together(actor, order_ids, only_if_any=only_if_any)
        except Exception as error:  # noqa: BLE001 - somebody's fault: each by itself, and it is seen whose
            log.warning("allocation.batch_failed", orders=len(order_ids), error=repr(error))
    for order_id in order_ids:
        if order_id not in results:
            try:
                results[order_id] = await _allocate(actor, order_id, only_if_any=only_if_any)
            except Exception as error:  # noqa: BLE001 - its caller's to judge; the others go on
                results[order_id] = error
    return results


async def _together(
    actor: Actor, order_ids: Sequence[UUID], *, only_if_any: bool
) -> dict[UUID, UUID | Exception | None]:
    async with transaction() as tx:
        rows = await tx.fetch(
            "SELECT id FROM sales_order WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED", list(order_ids)
        )
        locked = {row["id"] for row in rows}
        mine = [order_id for order_id in order_ids if order_id in locked]
        if not mine:
            return {}
        outcome = await allocate_in(tx, actor, mine, only_if_any=only_if_any)
        return {**outcome.decided, **dict.fromkeys(outcome.left_alone)}
