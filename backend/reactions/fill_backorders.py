"""Stock came: offer it to the orders that wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.actions.allocation.backorders import allocate_backorders
from backend.rules.permissions import SYSTEM


async def fill_backorders(_: Mapping[str, Any]) -> None:
    """Every backordered SKU that has stock is tried: cheaper than carrying the SKUs along, and nothing is missed."""
    await allocate_backorders(SYSTEM, None)
