"""`crossdock simulate`: what rule sets would have done with the orders of a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from backend.queries.simulation import history, named_rule_sets
from backend.rules.simulation import Outcome, most_changed, saving, simulate


async def simulate_period(
    since: datetime, until: datetime, stock_at: datetime | None, names: Sequence[str], console: Console
) -> None:
    """The first rule set is what the others are compared with."""
    rule_sets = await named_rule_sets(names)
    past = await history(since, until, stock_at)
    outcomes = [simulate(rules, past.cases, past.sites, past.opening, past.arrivals) for rules in rule_sets]
    if not past.cases or not outcomes:
        console.print("There are no orders in this period, or no rule sets.")
        return
    base = outcomes[0]
    table = Table(title=f"{len(past.cases):,} orders, {base.units:,} units", title_justify="left")
    for title in ("rule set", "cost", "an order", "shipments", "split", "missing units", "saves an order (95 %)"):
        table.add_column(title, justify="left" if title == "rule set" else "right")
    for outcome in outcomes:
        table.add_row(*_row(outcome), _saves(base, outcome, *saving(base, outcome, past.cases)))
    console.print(table)
    for outcome in outcomes[1:]:
        rows = most_changed(base, outcome, past.cases)
        if rows:
            shown = ", ".join(f"{number} {before / 100:.2f} → {after / 100:.2f}" for number, before, after in rows)
            console.print(f"\nChanged most by {outcome.rule_set.label}: {shown}")


def _row(outcome: Outcome) -> tuple[str, ...]:
    return (
        outcome.rule_set.label,
        f"{outcome.cost / 100:,.2f}",
        f"{outcome.cost / 100 / len(outcome.costs):,.2f}",
        f"{sum(outcome.shipments):,}",
        f"{outcome.split_rate:.1%}",
        f"{sum(outcome.missing):,}",
    )


def _saves(base: Outcome, outcome: Outcome, mean: float, low: float, high: float) -> str:
    return "–" if outcome is base else f"{mean / 100:.2f} ({low / 100:.2f} to {high / 100:.2f})"
