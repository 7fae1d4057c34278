"""Money went back to a tender: returns that were waiting for it take it over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.actions.returns.settle import settle
from backend.rules.permissions import SYSTEM


async def settle_returns(payload: Mapping[str, Any]) -> None:
    await settle(SYSTEM, UUID(payload["order_id"]))
