"""The orders of a folder, decided one after the other on its opening stock, by each ready rule set.

    python -m bench.rule_sets FOLDER [COUNT]

FOLDER is one that `python -m bench.import_trial` takes. Nothing is written: the planner is asked, and what it gives is
taken from the stock. Amounts are of the orders' currency, with the rule sets' default rates.

`least cost and prices` learns scarcity prices again after every 500 orders: from those 500, each standing for its share
of the orders that are still to come, and for the stock that is left. The first 500 are decided without. The bound is
what all orders must have cost at least, with what is missing, had they been known and decided together.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.models.supply import point_of
from backend.rules.allocation import Plan, Question, plan
from backend.rules.allocation_model import Demand, Level, Site
from backend.rules.hindsight import bounds_of
from backend.rules.price_learning import Window, learn
from backend.rules.replay import Case, Replayed, replay
from backend.rules.rule_sets import LEAST_COST, READY, RuleSet
from backend.rules.scarcity import Learnt
from backend.rules.vocabulary import DeliveryMethod, LineKind, SiteCapability, SiteKind
from bench.import_trial import files
from bench.table import show

#: One order after the other: when it was placed does not matter, since no stock comes in between.
_NO_TIME = datetime.min.replace(tzinfo=UTC)
#: Orders between two times of learning.
_ROUND = 500


@dataclass
class Folder:
    sites: tuple[Site, ...]
    opening: Mapping[tuple[UUID, str], Level]
    orders: list[dict[str, Any]]


@dataclass
class Tally:
    """`cost` is of what was shipped; `whole` has with it what the missing units cost."""

    cost: int = 0
    whole: int = 0
    shipments: int = 0
    asked: int = 0
    missing: int = 0
    seconds: list[float] = field(default_factory=list)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if ".jsonl" in path.name:
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
    else:
        yield from json.loads(text)


def read(source: Path) -> Folder:
    found = files(source)
    given = list(rows(found["sites"]))
    sites = tuple(_site(number, row) for number, row in enumerate(given, start=1))
    ids = {site.code: site.id for site in sites}
    safety = {ids[row["code"]]: row.get("safetyStock", 0) for row in given}
    counts = ((ids[row["site"]], row["sku"], row["quantity"]) for row in rows(found["inventory"]))
    opening = {(site_id, sku): Level(units, safety[site_id]) for site_id, sku, units in counts}
    return Folder(sites, opening, list(rows(found["orders"])))


def _site(number: int, row: Mapping[str, Any]) -> Site:
    address = row["address"]
    return Site(
        id=UUID(int=number),
        code=row["code"],
        kind=SiteKind(row["kind"]),
        active=row.get("active", True),
        capabilities=frozenset(SiteCapability(word) for word in row["capabilities"]),
        rank=row.get("rank", 100),
        place=point_of(address),
        country=address["country"],
        subdivision=address.get("subdivision") or "",
    )


def demands_of(order: Mapping[str, Any], ids: Mapping[str, UUID]) -> list[Demand]:
    return [
        Demand(
            line_id=UUID(int=number),
            sku=line["sku"],
            quantity=line["quantity"],
            delivery_method=DeliveryMethod(line.get("deliveryMethod", "SHIP")),
            pickup_site_id=ids[line["pickupSite"]] if line.get("pickupSite") else None,
            value=int(Decimal(line["unitPrice"]) * 100) * line["quantity"],
        )
        for number, line in enumerate(order["lines"], start=1)
        if line.get("kind", LineKind.PHYSICAL) == LineKind.PHYSICAL
    ]


def cases_of(folder: Folder, count: int | None) -> Iterator[Case]:
    ids = {site.code: site.id for site in folder.sites}
    for place, order in enumerate(folder.orders[:count], start=1):
        destination = point_of(order.get("shippingAddress"))
        yield Case(str(place), _NO_TIME, tuple(demands_of(order, ids)), destination, {})


def measure(folder: Folder, rule_set: RuleSet, count: int | None = None) -> Tally:
    tally = Tally()
    decide = _timed(tally, {})
    for replayed in replay(rule_set, cases_of(folder, count), folder.sites, folder.opening, decide=decide):
        _count(tally, replayed)
    return tally


def measure_with_prices(folder: Folder, rule_set: RuleSet, count: int | None = None) -> Tally:
    tally, left = Tally(), dict(folder.opening)
    learnt: Learnt = {}
    cases = list(cases_of(folder, count))
    for start in range(0, len(cases), _ROUND):
        part = cases[start : start + _ROUND]
        for replayed in replay(rule_set, part, folder.sites, left, decide=_timed(tally, learnt)):
            _count(tally, replayed)
            for it in replayed.plan.assignments:
                level = left[it.site_id, it.sku]
                left[it.site_id, it.sku] = replace(level, free=level.free - it.quantity)
        learnt = _learnt(part, len(cases) - start - len(part), folder, left, rule_set)
    return tally


def _learnt(
    part: Sequence[Case],
    to_come: int,
    folder: Folder,
    left: Mapping[tuple[UUID, str], Level],
    rule_set: RuleSet,
) -> Learnt:
    """From as many of the part as their whole weights stand for what is to come."""
    if not to_come:
        return {}
    weight = max(1, round(to_come / len(part)))
    return learn([Window(part[: max(1, to_come // weight)], weight)], folder.sites, left, rule_set)


def _timed(tally: Tally, prices: Learnt) -> Callable[[Question], Plan]:
    def timed(question: Question) -> Plan:
        began = time.process_time()
        made = plan(replace(question, scarcity=prices) if prices else question)
        tally.seconds.append(time.process_time() - began)
        return made

    return timed


def _count(tally: Tally, replayed: Replayed) -> None:
    parts = replayed.plan.decision.plan.parts
    tally.cost += parts.money - parts.unfilled
    tally.whole += replayed.cost
    tally.shipments += len(replayed.plan.decision.plan.sources)
    tally.asked += sum(demand.quantity for demand in replayed.case.demands)
    tally.missing += replayed.missing


def main() -> None:
    if len(sys.argv) not in (2, 3):
        raise SystemExit("Usage: python -m bench.rule_sets FOLDER [COUNT]")
    folder = read(Path(sys.argv[1]))
    count = int(sys.argv[2]) if len(sys.argv) == 3 else None
    [bound] = bounds_of([LEAST_COST], list(cases_of(folder, count)), folder.sites, folder.opening, [])
    rows = [_row(rule_set.name, measure(folder, rule_set, count), bound) for rule_set in READY]
    rows.append(_row(f"{LEAST_COST.name} and prices", measure_with_prices(folder, LEAST_COST, count), bound))
    head = ("rule set", "cost of what was shipped", "with what is missing", "to the bound", "shipments")
    print(show((*head, "units without stock", "ms CPU: mean, median"), rows))


def _row(name: str, tally: Tally, bound: int) -> tuple[object, ...]:
    spent = sorted(tally.seconds)
    mean, median = sum(spent) / len(spent) * 1000, spent[len(spent) // 2] * 1000
    units = f"{tally.missing:,} of {tally.asked:,}"
    amounts = (f"{tally.cost / 100:,.2f}", f"{tally.whole / 100:,.2f}")
    assert bound <= tally.whole, "No policy can be better than hindsight."
    return name, *amounts, f"{tally.whole / bound:.3f}", tally.shipments, units, f"{mean:.1f}, {median:.2f}"


if __name__ == "__main__":
    main()
