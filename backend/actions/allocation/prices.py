"""Whether decisions go by scarcity prices: not at all, tried beside them, or charged. From the next decision on."""

from __future__ import annotations

from dataclasses import dataclass

from backend.events import record
from backend.models.db import retried, transaction
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.scarcity import HORIZON_DAYS, PERIOD_MINUTES
from backend.rules.vocabulary import PriceMode

_LONGEST_PERIOD, _LONGEST_HORIZON = 7 * 24 * 60, 90

_SET = """
INSERT INTO price_setting (name, mode, period_minutes, horizon_days)
VALUES ('scarcity', $1, coalesce($2::int, $4), coalesce($3::int, $5))
ON CONFLICT (name) DO UPDATE
   SET mode = EXCLUDED.mode, period_minutes = coalesce($2, price_setting.period_minutes),
       horizon_days = coalesce($3, price_setting.horizon_days), learning_since = NULL
RETURNING period_minutes, horizon_days
"""


@dataclass(frozen=True, slots=True)
class SetPrices:
    """`period_minutes`: how often they are learnt. `horizon_days`: how long the stock has to last."""

    mode: PriceMode
    period_minutes: int | None = None
    horizon_days: int | None = None


@retried
async def set_prices(actor: Actor, command: SetPrices) -> None:
    """What is not given stays as it is."""
    problems = Problems()
    if command.period_minutes is not None and not 5 <= command.period_minutes <= _LONGEST_PERIOD:
        problems.add(f"From 5 to {_LONGEST_PERIOD} minutes.", "period_minutes")
    if command.horizon_days is not None and not 1 <= command.horizon_days <= _LONGEST_HORIZON:
        problems.add(f"From 1 to {_LONGEST_HORIZON} days.", "horizon_days")
    problems.check()
    async with transaction() as tx:
        [row] = await tx.fetch(
            _SET, command.mode, command.period_minutes, command.horizon_days, PERIOD_MINUTES, HORIZON_DAYS
        )
        record(
            tx,
            actor,
            "allocation_prices.updated",
            f"Scarcity prices: {command.mode.value}, learnt every {row['period_minutes']} minutes for"
            f" {row['horizon_days']} days.",
            subject=("AllocationPrices", None),
            data={"mode": command.mode.value, **dict(row)},
        )
