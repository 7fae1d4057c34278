"""The search engine, behind a Protocol: Meilisearch by its official client, in threads.

It may be away, slow or wrong at any moment: every failure is an `EngineFailed`, and after one it is left alone for some
seconds. PostgreSQL has every answer too.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

from backend.config import Settings
from backend.rules.criteria import MAX_COUNT

T = TypeVar("T")

#: How orders are indexed. A change of it makes another `VERSION`, by which the worker knows to fill the index anew.
SETTINGS: Mapping[str, Any] = {
    "searchableAttributes": ["identifiers", "names", "products", "skus", "address", "tags", "email", "notes"],
    "filterableAttributes": [
        *("id", "identifiers", "number", "keys", "external_id", "channel", "channel_id", "state", "payment_status"),
        *("fulfillment_status", "customer_names", "email", "phone", "postal_code", "city", "country", "skus", "sites"),
        *(
            "delivery_methods",
            "tracking_numbers",
            "placed_at",
            "updated_at",
            "promised_at",
            "total",
            "total_minor",
            "version",
        ),
        *("shipping_method", "has_alert", "alert_kinds", "suspended", "tags", "scope_sites"),
    ],
    "sortableAttributes": ["placed_at", "updated_at", "total_minor", "id"],
    "displayedAttributes": ["id", "version"],
    # Every search has an order of its own, and no other match is better; phrases are PostgreSQL's.
    "rankingRules": ["sort"],
    "proximityPrecision": "byAttribute",
    "typoTolerance": {
        "disableOnAttributes": ["identifiers", "skus", "email", "tags"],
        "disableOnNumbers": True,
        "minWordSizeForTypos": {"oneTypo": 4, "twoTypos": 8},
    },
    "pagination": {"maxTotalHits": MAX_COUNT + 1},
    "faceting": {"maxValuesPerFacet": 50, "sortFacetValuesBy": {"*": "count"}},
}
#: Of the documents' shape; moved by hand.
_SHAPE = 1
VERSION = hashlib.sha256(json.dumps([_SHAPE, SETTINGS], sort_keys=True).encode()).hexdigest()[:12]
#: Settings by which an index is known to be ours.
_TELLING = ("searchableAttributes", "filterableAttributes", "sortableAttributes")
_PAUSE = 5.0
_TASK_SECONDS = 25.0


class EngineFailed(Exception):
    """The engine gave no answer that can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`filter` in the engine's language; `sort` as `placed_at:desc`; counts are exact up to MAX_COUNT + 1."""

    text: str = ""
    filter: str = ""
    sort: Sequence[str] = ()
    limit: int = 0
    facets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    ids: list[UUID]
    total: int
    facets: dict[str, list[tuple[str, int]]]


class SearchEngine(Protocol):
    async def ask(self, question: Question) -> Answer: ...
    async def put(
        self, documents: Sequence[Mapping[str, Any]], *, aside: bool = False, patience: float = _TASK_SECONDS
    ) -> None:
        """Returns when they are found, EngineFailed after so many seconds. `aside`: into the index that is being filled
        beside the one that answers."""

    async def send(self, documents: Sequence[Mapping[str, Any]]) -> int:
        """Into the index aside; returns when they are taken over. The ticket is what `arrived` is asked about."""

    async def arrived(self, ticket: int) -> bool:
        """Whether what was sent is found; EngineFailed where it never will be."""

    async def begin(self) -> None:
        """Make an empty index aside."""

    async def swap(self) -> None:
        """What was filled aside answers from now on."""

    async def is_made(self) -> bool:
        """Whether the index that answers is there, and made as SETTINGS say."""

    async def versions(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        """The versions that the index has of these orders."""


@dataclass(slots=True)
class Meilisearch:
    url: str
    key: str | None = None
    prefix: str = "crossdock_"
    timeout: float = 2.0
    clock: Callable[[], float] = time.monotonic
    _closed_until: float = field(default=0.0, init=False)

    @property
    def _live(self) -> str:
        return f"{self.prefix}orders"

    @property
    def _aside(self) -> str:
        return f"{self.prefix}orders_aside"

    async def ask(self, question: Question) -> Answer:
        if self.clock() < self._closed_until:
            raise EngineFailed("It failed a moment ago.")
        options = {
            "filter": question.filter or None,
            "sort": list(question.sort),
            "hitsPerPage": question.limit,
            "page": 1,
            "facets": list(question.facets),
            "matchingStrategy": "all",
            "attributesToRetrieve": ["id"],
        }
        try:
            async with asyncio.timeout(self.timeout + 0.5):
                found = await self._call(lambda client: client.index(self._live).search(question.text, options))
                return _answer(found)
        except (EngineFailed, TimeoutError, ValueError, TypeError, KeyError, AttributeError) as error:
            if not _is_of_the_question(error):
                self._closed_until = self.clock() + _PAUSE
            raise EngineFailed(type(error).__name__) from error

    async def put(
        self, documents: Sequence[Mapping[str, Any]], *, aside: bool = False, patience: float = _TASK_SECONDS
    ) -> None:
        name = self._aside if aside else self._live
        await self._task(lambda client: client.index(name).add_documents(list(documents), "id"), patience=patience)

    async def send(self, documents: Sequence[Mapping[str, Any]]) -> int:
        task = await self._call(lambda client: client.index(self._aside).add_documents(list(documents), "id"))
        return int(task.task_uid)

    async def arrived(self, ticket: int) -> bool:
        return await self._ended(ticket) is not None

    async def begin(self) -> None:
        await self._call(lambda client: client.update_experimental_features({"containsFilter": True}))
        await self._task(lambda client: client.delete_index(self._aside), but="index_not_found")
        await self._task(lambda client: client.create_index(self._aside, {"primaryKey": "id"}))
        await self._task(lambda client: client.index(self._aside).update_settings(dict(SETTINGS)))

    async def swap(self) -> None:
        await self._task(
            lambda client: client.create_index(self._live, {"primaryKey": "id"}), but="index_already_exists"
        )
        await self._task(lambda client: client.swap_indexes([{"indexes": [self._live, self._aside]}]))
        await self._task(lambda client: client.delete_index(self._aside))

    async def is_made(self) -> bool:
        try:
            found = await self._call(lambda client: client.index(self._live).get_settings())
        except EngineFailed as error:
            if _code(error) == "index_not_found":
                return False
            raise
        return all(set(found.get(name) or ()) == set(SETTINGS[name]) for name in _TELLING)

    async def versions(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        wanted = ", ".join(f'"{key}"' for key in ids)
        options = {"filter": f"id IN [{wanted}]", "limit": len(ids), "fields": ["id", "version"]}
        found = await self._call(lambda client: client.index(self._live).get_documents(options))
        return {UUID(str(one.id)): int(one.version) for one in found.results}

    async def _task(
        self, start: Callable[[Client], Any], *, but: str | None = None, patience: float = _TASK_SECONDS
    ) -> None:
        """Begin what the engine does in the background, and wait for it. An error of the kind `but` is none."""
        task = await self._call(start)
        end = self.clock() + patience
        while self.clock() < end:
            if await self._ended(task.task_uid, but) is not None:
                return
            await asyncio.sleep(0.05)
        raise EngineFailed("A task is not done in time.")

    async def _ended(self, task: int, but: str | None = None) -> str | None:
        """How; None while it goes on, EngineFailed where it failed by another fault than `but`."""
        done = await self._call(lambda client: client.get_task(task))
        if done.status not in ("succeeded", "failed", "canceled"):
            return None
        code = str((done.error or {}).get("code", done.status))
        if code not in ("succeeded", but):
            raise EngineFailed(code)
        return code

    async def _call(self, ask: Callable[[Client], T]) -> T:
        """A client for each call: the library's keeps the headers of the request under way in itself."""
        try:
            return await asyncio.to_thread(lambda: ask(Client(self.url, self.key, timeout=self.timeout)))  # type: ignore[arg-type]
        except Exception as error:
            raise EngineFailed(f"{type(error).__name__}: {error}"[:300]) from error


def _is_of_the_question(error: BaseException) -> bool:
    """What the engine cannot read says nothing about whether it works."""
    return _code(error).startswith("invalid_search")


def _code(error: BaseException) -> str:
    """By which the engine names the fault; empty where it has said none."""
    cause = error.__cause__
    return str(cause.code) if isinstance(cause, MeilisearchApiError) else ""


def _answer(found: Any) -> Answer:
    """What the engine said, or ValueError, TypeError, KeyError or AttributeError where that makes no sense."""
    return Answer(
        ids=[UUID(hit["id"]) for hit in found["hits"]],
        total=int(found["totalHits"]),
        facets={
            name: [(str(value), int(count)) for value, count in counts.items()]
            for name, counts in (found.get("facetDistribution") or {}).items()
        },
    )


_engines: list[SearchEngine] = []


def use(engine: SearchEngine | None) -> None:
    """Which engine this process asks; None: PostgreSQL alone."""
    _engines[:] = [] if engine is None else [engine]


def current() -> SearchEngine | None:
    return _engines[0] if _engines else None


def engine_of(settings: Settings) -> SearchEngine | None:
    """The engine that the settings name, or None."""
    if settings.meili_url is None:
        return None
    key = settings.meili_key.get_secret_value() if settings.meili_key else None
    return Meilisearch(settings.meili_url, key, settings.meili_index_prefix, settings.meili_timeout)
