"""The orders of a folder, decided one after the other on its opening stock, by each ready rule set.

    python -m bench.rule_sets FOLDER [COUNT]

FOLDER is one that `python -m bench.import_trial` takes. Nothing is written: the planner is asked, and what it gives is
taken from the stock. Amounts are of the orders' currency, with the rule sets' default rates.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.models.supply import destination_of
from backend.rules.allocation import Plan, Question, plan
from backend.rules.allocation_model import Demand, Level, Site
from backend.rules.rule_sets import READY, RuleSet
from backend.rules.simulation import Case, replay
from backend.rules.vocabulary import DeliveryMethod, LineKind, SiteCapability, SiteKind
from bench.import_trial import files
from bench.table import show

#: One order after the other: when it was placed does not matter, since no stock comes in between.
_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass
class Folder:
    sites: tuple[Site, ...]
    opening: Mapping[tuple[UUID, str], Level]
    orders: list[dict[str, Any]]


@dataclass
class Tally:
    cost: int = 0
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
        place=destination_of(address),
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
        destination = destination_of(order.get("shippingAddress"))
        yield Case(str(place), _NO_TIME, tuple(demands_of(order, ids)), destination, {})


def measure(folder: Folder, rule_set: RuleSet, count: int | None = None) -> Tally:
    tally = Tally()

    def timed(question: Question) -> Plan:
        began = time.process_time()
        made = plan(question)
        tally.seconds.append(time.process_time() - began)
        return made

    for case, _, made in replay(rule_set, cases_of(folder, count), folder.sites, folder.opening, decide=timed):
        parts = made.decision.plan.parts
        tally.cost += parts.total - parts.unfilled
        tally.shipments += len(made.decision.plan.sources)
        tally.asked += sum(demand.quantity for demand in case.demands)
        tally.missing += sum(made.backordered.values())
    return tally


def main() -> None:
    if len(sys.argv) not in (2, 3):
        raise SystemExit("Usage: python -m bench.rule_sets FOLDER [COUNT]")
    folder = read(Path(sys.argv[1]))
    count = int(sys.argv[2]) if len(sys.argv) == 3 else None
    lines = []
    for rule_set in READY:
        tally = measure(folder, rule_set, count)
        spent = sorted(tally.seconds)
        mean, median = sum(spent) / len(spent) * 1000, spent[len(spent) // 2] * 1000
        units = f"{tally.missing:,} of {tally.asked:,}"
        lines.append((rule_set.name, f"{tally.cost / 100:,.2f}", tally.shipments, units, f"{mean:.1f}, {median:.2f}"))
    print(
        show(
            ("rule set", "cost of what was shipped", "shipments", "units without stock", "ms CPU: mean, median"), lines
        )
    )


if __name__ == "__main__":
    main()
