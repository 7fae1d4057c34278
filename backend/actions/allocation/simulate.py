"""Try rule sets on the orders of a period, as a job: nothing is decided anew, and nothing changes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.actions.jobs import start
from backend.actions.jobs.run import Outcome
from backend.actions.jobs.start import Item
from backend.errors import ErrorCode, not_found, refused
from backend.models.db import retried, transaction
from backend.models.jobs import Job
from backend.models.past import History, count_orders, history, prices_by_day, rule_sets_of
from backend.rules.hindsight import bounds_of
from backend.rules.permissions import Actor
from backend.rules.prices_by_day import first_to_price, with_prices
from backend.rules.simulation import Comparison, Contender, conclude

KIND = "allocationSimulate"
MAX_ORDERS, MAX_RULE_SETS = 20_000, 6
#: Orders of a piece.
_PART = 250
#: Comparisons that this process is in the middle of. Any of them can be made again from the start of its period.
_under_way: OrderedDict[UUID, Comparison] = OrderedDict()
_MOST_UNDER_WAY = 2


@dataclass(frozen=True, slots=True)
class Simulate:
    """The first rule set is what the others are compared with. Orders placed from `from_` on, and before `to`.

    `with_prices`: the first that looks for the least cost is tried with scarcity prices too.
    """

    rule_set_ids: Sequence[UUID]
    from_: datetime
    to: datetime
    with_prices: bool = False


@retried
async def start_simulation(actor: Actor, command: Simulate) -> UUID:
    """The job's id."""
    ids = list(command.rule_set_ids)
    if not 1 <= len(ids) <= MAX_RULE_SETS or len(set(ids)) < len(ids):
        raise refused(ErrorCode.INVALID, f"Name 1 to {MAX_RULE_SETS} rule sets, each once.", "rule_set_ids")
    if command.from_ >= command.to:
        raise refused(ErrorCode.INVALID, "The period ends before it begins.", "to")
    known = {rule_set.id: rule_set for rule_set in await rule_sets_of(ids)}
    for place, one in enumerate(ids):
        if one not in known:
            raise not_found("rule set", "rule_set_ids", str(place))
    priced = first_to_price(known[one] for one in ids) if command.with_prices else None
    if command.with_prices and priced is None:
        raise refused(ErrorCode.INVALID, "Prices are for rule sets that look for the least cost.", "with_prices")
    orders = await count_orders(command.from_, command.to)
    if orders == 0:
        raise refused(ErrorCode.INVALID, "No order with goods was placed in this period.")
    if orders > MAX_ORDERS:
        message = f"{orders:,} orders were placed in this period; {MAX_ORDERS:,} can be replayed."
        raise refused(ErrorCode.LIMIT_EXCEEDED, message, "to")
    items = [
        Item(None, f"orders {first + 1}-{last}", last - first)
        for first in range(0, orders, _PART)
        for last in (min(first + _PART, orders),)
    ]
    given = {
        "rule_sets": [str(one) for one in ids],
        "names": [known[one].label for one in ids] + ([with_prices(priced)] if priced else []),
        "priced": str(priced.id) if priced else None,
        "from": command.from_.isoformat(),
        "to": command.to.isoformat(),
    }
    async with transaction() as tx:
        return await start.start(tx, actor, KIND, given, items)


async def on_part(_: Actor, job: Job, item: Item) -> Outcome:
    """The next orders of the comparison, which is replayed up to them where this process has not done so. With the
    first goes what all orders must have cost at least.
    """
    first = (item.position - 1) * _PART
    comparison = _under_way.pop(job.id, None)
    bounds: list[int] = []
    if comparison is None or comparison.done != first:
        past, contenders = await _entered(job)
        comparison = Comparison(contenders, past.cases, past.sites, past.opening, past.arrivals)
        while comparison.done < first:
            await asyncio.to_thread(comparison.skip, _PART)
        if first == 0:
            bounds = await asyncio.to_thread(_bounds, past, contenders)
    result = await asyncio.to_thread(comparison.part, _PART)
    if first == 0:
        result["bounds"] = bounds
    _under_way[job.id] = comparison
    while len(_under_way) > _MOST_UNDER_WAY:
        _under_way.popitem(last=False)
    return Outcome(result)


def _bounds(past: History, contenders: Sequence[Contender]) -> list[int]:
    rule_sets = [it.rule_set for it in contenders]
    return bounds_of(rule_sets, past.cases, past.sites, past.opening, past.arrivals)


async def _entered(job: Job) -> tuple[History, list[Contender]]:
    """The past of the period, and who is to deal with it."""
    since, until = (datetime.fromisoformat(job.given[end]) for end in ("from", "to"))
    past = await history(since, until)
    rule_sets = await rule_sets_of([UUID(one) for one in job.given["rule_sets"]])
    contenders = [Contender(rule_set) for rule_set in rule_sets]
    if job.given["priced"]:
        [priced] = (rule_set for rule_set in rule_sets if str(rule_set.id) == job.given["priced"])
        contenders.append(Contender(priced, await prices_by_day(priced, past.sites, since)))
    return past, contenders


def conclude_job(given: Mapping[str, Any], parts: Sequence[Any]) -> Mapping[str, Any]:
    """In the job's result: what `conclude` says, in the API's names, amounts as decimals of the orders' currency."""
    found = conclude(given["names"], parts, parts[0]["bounds"] if parts else ())
    return {
        "orders": found["orders"],
        "units": found["units"],
        "ruleSets": [_shown(one, found["orders"]) for one in found["rule_sets"]],
    }


def _shown(found: Mapping[str, Any], orders: int) -> dict[str, Any]:
    return {
        "name": found["name"],
        "cost": _amount(found["cost"]),
        "costPerOrder": _amount(found["cost"] / max(orders, 1)),
        "shipments": found["shipments"],
        "splitRate": round(found["split_rate"], 4),
        "missingUnits": found["missing"],
        "fillRate": round(found["fill_rate"], 4),
        "meanDays": round(found["mean_days"], 2),
        "lateRate": found["late_rate"] and round(found["late_rate"], 4),
        "toBound": found["to_bound"] and round(found["to_bound"], 4),
        "savesPerOrder": {key: _amount(value) for key, value in found["saves"].items()},
        "changed": [row | {"costs": [_amount(cost) for cost in row["costs"]]} for row in found["changed"]],
    }


def _amount(hundredths: float) -> str:
    return f"{hundredths / 100:.2f}"
