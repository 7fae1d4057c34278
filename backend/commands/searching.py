"""`crossdock reindex`."""

from __future__ import annotations

import asyncio

from backend.config import Settings
from backend.errors import ErrorCode, refused
from backend.integrations import meilisearch
from backend.reactions import index_orders

_PATIENCE_SECONDS = 60


async def reindex(settings: Settings) -> int:
    """The number of orders; waits for a worker's turn to end first."""
    engine = meilisearch.engine_of(settings)
    if engine is None:
        raise refused(ErrorCode.INVALID, "CROSSDOCK_MEILI_URL is not set: PostgreSQL searches, and needs no index.")
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not await index_orders.take_turn():  # noqa: ASYNC110 - another process's doing is waited for
            await asyncio.sleep(0.5)
    try:
        return await index_orders.reindex(engine)
    except meilisearch.EngineFailed as error:
        raise refused(ErrorCode.CONFLICT, f"The search engine: {error}") from error
    finally:
        await index_orders.give_turn_back()
