"""`crossdock simulate`: what rule sets would have done with the orders of a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from backend.models.past import history, named_rule_sets, prices_by_day
from backend.rules.hindsight import bounds_of
from backend.rules.prices_by_day import first_to_price, with_prices
from backend.rules.simulation import Comparison, Contender, conclude


async def simulate_period(
    since: datetime,
    until: datetime,
    stock_at: datetime | None,
    names: Sequence[str],
    console: Console,
    *,
    prices: bool = False,
) -> None:
    """The first rule set is what the others are compared with; with `prices`, as `Simulate.with_prices`."""
    rule_sets = await named_rule_sets(names)
    past = await history(since, until, stock_at)
    if not past.cases or not rule_sets:
        console.print("There are no orders in this period, or no rule sets.")
        return
    contenders = {rule_set.label: Contender(rule_set) for rule_set in rule_sets}
    if prices and (priced := first_to_price(rule_sets)):
        contenders[with_prices(priced)] = Contender(priced, await prices_by_day(priced, past.sites, since))
    entered = list(contenders.values())
    part = Comparison(entered, past.cases, past.sites, past.opening, past.arrivals).part(len(past.cases))
    bounds = bounds_of([it.rule_set for it in entered], past.cases, past.sites, past.opening, past.arrivals)
    found = conclude(list(contenders), [part], bounds)
    table = Table(title=f"{found['orders']:,} orders, {found['units']:,} units", title_justify="left")
    for title in (
        "rule set",
        "cost",
        "an order",
        "shipments",
        "split",
        "missing units",
        "days",
        "late",
        "to the bound",
        "saves an order (95 %)",
    ):
        table.add_column(title, justify="left" if title == "rule set" else "right")
    base, *others = found["rule_sets"]
    table.add_row(*_row(base, found["orders"]), "–")
    for other in others:
        table.add_row(*_row(other, found["orders"]), _saves(other["saves"]))
    console.print(table)
    for other in others:
        if other["changed"]:
            shown = ", ".join(
                f"{row['order']} {row['costs'][0] / 100:.2f} → {row['costs'][1] / 100:.2f}" for row in other["changed"]
            )
            console.print(f"\nChanged most by {other['name']}: {shown}")


def _row(found: Mapping[str, Any], orders: int) -> tuple[str, ...]:
    return (
        found["name"],
        f"{found['cost'] / 100:,.2f}",
        f"{found['cost'] / 100 / orders:,.2f}",
        f"{found['shipments']:,}",
        f"{found['split_rate']:.1%}",
        f"{found['missing']:,}",
        f"{found['mean_days']:.1f}",
        f"{found['late_rate']:.1%}" if found["late_rate"] is not None else "–",
        f"{found['to_bound']:.3f}" if found["to_bound"] else "–",
    )


def _saves(saves: Mapping[str, float]) -> str:
    return f"{saves['mean'] / 100:.2f} ({saves['low'] / 100:.2f} to {saves['high'] / 100:.2f})"
