"""`crossdock reindex`."""

from __future__ import annotations

import asyncio

from backend.config import Settings
from backend.errors import ErrorCode, refused
from backend.integrations import meilisearch
from backend.reactions import index_orders, search_rows

_PATIENCE_SECONDS = 60


async def reindex(settings: Settings) -> int:
    """What searches look into, made anew: PostgreSQL's rows, and the index of the engine if there is one. Orders."""
    count = await search_rows.fill()
    engine = meilisearch.engine_of(settings)
    return count if engine is None else await _reindex(engine)


async def _reindex(engine: meilisearch.SearchEngine) -> int:
    """Waits for a worker's turn to end first."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not await index_orders.take_turn():  # noqa: ASYNC110 - another process's doing is waited for
            await asyncio.sleep(0.5)
    try:
        return await index_orders.reindex(engine)
    except meilisearch.EngineFailed as error:
        raise refused(ErrorCode.CONFLICT, f"The search engine: {error}") from error
    finally:
        await index_orders.give_turn_back()
