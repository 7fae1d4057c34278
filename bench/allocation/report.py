"""What a setting's runs say together: ratios to the bound, what of the gap to it is captured, times."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.allocation.params import MICRO
from bench.allocation.replay import Outcome

Result = dict[str, Any]
POLICIES = ("priority", "nearest", "fewest", "myopic", "prices")
#: What a decision should take at most, in µs: on the mean, and 99 of 100 of them.
TARGET_MEAN, TARGET_P99 = 200, 1_000


def of_policy(outcome: Outcome, bound: int) -> Result:
    spent = np.array(outcome.spent) * 1e6
    return {
        "cost": outcome.cost / MICRO,
        "ratio": outcome.cost / bound,
        "shipments_per_order": outcome.shipments / len(spent),
        "us_mean": float(spent.mean()),
        "us_p50": float(np.quantile(spent, 0.5)),
        "us_p99": float(np.quantile(spent, 0.99)),
        "unfilled": outcome.missing / outcome.asked,
        "lost_walk_ins": outcome.lost / max(outcome.walk_ins, 1),
        "oversold": outcome.oversold,
        "cut_short": outcome.cut_short,
        "refresh_seconds": outcome.refresh_seconds,
    }


def of_setting(params: dict[str, Any], seeds: list[Result]) -> Result:
    means = {policy: sum(seed["policies"][policy]["ratio"] for seed in seeds) / len(seeds) for policy in POLICIES}
    return {"params": params, "seeds": seeds, "mean_ratio": means, "gap_captured": captured(means)}


def captured(ratios: dict[str, float]) -> float:
    """The part of what myopic decisions cost above the bound that prices save; 0 where there is no such gap."""
    gap = ratios["myopic"] - 1
    return (ratios["myopic"] - ratios["prices"]) / gap if gap > 0 else 0.0


def faults(seeds: list[Result]) -> list[str]:
    """What must not be: a cost below the bound, stock given that was not there."""
    found = []
    for seed in seeds:
        for policy, result in seed["policies"].items():
            if result["cost"] < seed["bound"]:
                found.append(
                    f"seed {seed['seed']}: {policy} costs {result['cost']:.2f}, below the bound {seed['bound']:.2f}"
                )
            if result["oversold"]:
                found.append(f"seed {seed['seed']}: {policy} gave {result['oversold']} units that were not there")
    return found


def table(name: str, result: Result) -> str:
    """Means over the seeds, in Markdown."""
    seeds = result["seeds"]
    seen = ", ".join(str(seed["seed"]) for seed in seeds)
    bound = sum(seed["bound"] for seed in seeds) / len(seeds)
    rows = [
        f"{name}: seeds {seen}; bound {bound:,.0f}; gap captured {result['gap_captured']:.0%}",
        "",
        "| policy | cost / bound | shipments an order | unfilled | walk-ins lost | µs an order | p99 |",
        "|---|---|---|---|---|---|---|",
    ]
    for policy in POLICIES:
        each = [seed["policies"][policy] for seed in seeds]
        mean = {key: sum(one[key] for one in each) / len(each) for key in each[0]}
        rows.append(
            f"| {policy} | {mean['ratio']:.4f} | {mean['shipments_per_order']:.3f} | {mean['unfilled']:.2%} "
            f"| {mean['lost_walk_ins']:.2%} | {mean['us_mean']:.0f} | {mean['us_p99']:.0f} |"
        )
    seconds = sum(seed["policies"]["prices"]["refresh_seconds"] for seed in seeds) / len(seeds)
    return "\n".join([*rows, "", decision_time(seeds), f"Computing prices took {seconds:.1f} s of a horizon.", ""])


def decision_time(seeds: list[Result]) -> str:
    """Of the worst seed, with prices, beside the targets."""
    mean, p99 = (max(seed["policies"]["prices"][key] for seed in seeds) / 1000 for key in ("us_mean", "us_p99"))
    return (
        f"A decision with prices, its explanation not counted: mean {mean:.3f} ms (target {TARGET_MEAN / 1000} ms), "
        f"p99 {p99:.3f} ms (target {TARGET_P99 / 1000} ms)."
    )
