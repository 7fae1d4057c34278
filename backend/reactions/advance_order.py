"""Let an order go as far as its workflow takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.actions.orders.advance import advance


async def advance_order(payload: Mapping[str, Any]) -> None:
    await advance(UUID(payload["order_id"]))
