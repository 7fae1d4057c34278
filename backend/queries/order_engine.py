"""The search of orders for the search engine: its language for the criteria, and its ids, counts and facets.

What it says is never shown as it is: rows are read from PostgreSQL, in the actor's scope and by the same criteria.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from backend.events import find_position
from backend.integrations import meilisearch
from backend.integrations.meilisearch import Answer, EngineFailed, Question
from backend.models import db
from backend.models.db import outside_transaction
from backend.queries.order_documents import microseconds
from backend.rules.criteria import AmountRange, OrderCriteria, OrderFacet, OrderSearch, TimeRange
from backend.rules.permissions import Actor

#: Of the log, for the index as this version makes it.
FOLLOWER = f"search:{meilisearch.VERSION}"
_MOST_UNHEARD = 20_000
_UNHEARD = """
SELECT count(*) AS events, array_agg(DISTINCT e.order_id) FILTER (WHERE e.order_id IS NOT NULL) AS orders
  FROM (SELECT order_id FROM event WHERE (xid, id) > ($1, $2) ORDER BY xid, id LIMIT $3) e
"""
_FACETS: Mapping[OrderFacet, str] = {
    OrderFacet.STATE: "state",
    OrderFacet.CHANNEL: "channel",
    OrderFacet.PAYMENT_STATUS: "payment_status",
    OrderFacet.FULFILLMENT_STATUS: "fulfillment_status",
    OrderFacet.SITE: "sites",
    OrderFacet.DELIVERY_METHOD: "delivery_methods",
    OrderFacet.ALERT_KIND: "alert_kinds",
    OrderFacet.SUSPENDED: "suspended",
    OrderFacet.TAG: "tags",
    OrderFacet.COUNTRY: "country",
}


def there() -> bool:
    return meilisearch.current() is not None


async def unheard() -> list[UUID]:
    """Orders that the log tells more of than the index knows; EngineFailed where that is too much."""
    position = await find_position(FOLLOWER)
    if position is None:
        raise EngineFailed("It was never filled.")
    row = await db.fetchrow(_UNHEARD, position.xid, position.event_id, _MOST_UNHEARD + 1)
    assert row
    if row["events"] > _MOST_UNHEARD:
        raise EngineFailed("It is too far behind.")
    return row["orders"] or []


async def ask(
    actor: Actor, search: OrderSearch, *, sort: Sequence[str] = (), bound: str = "", limit: int = 0
) -> Answer | None:
    """None where no engine is set, or the search cannot be said in its language; EngineFailed where it gives none."""
    return await _put(actor, search, Question(filter=bound, sort=sort, limit=limit))


async def count(actor: Actor, search: OrderSearch) -> int | None:
    """As `ask`; up to MAX_COUNT + 1."""
    answer = await _put(actor, search, Question(limit=1))
    return None if answer is None else answer.total


async def facets(
    actor: Actor, search: OrderSearch, wanted: Sequence[OrderFacet]
) -> dict[OrderFacet, list[tuple[str, int]]] | None:
    """As `ask`; values and counts, the most frequent first."""
    answer = await _put(actor, search, Question(facets=[_FACETS[facet] for facet in wanted]))
    if answer is None:
        return None
    counted = {facet: answer.facets.get(_FACETS[facet], []) for facet in wanted}
    return {facet: sorted(found, key=lambda it: (-it[1], it[0])) for facet, found in counted.items()}


async def _put(actor: Actor, search: OrderSearch, rest: Question) -> Answer | None:
    engine = meilisearch.current()
    if engine is None:
        return None
    try:
        text, condition = said(actor, search)
    except _Unsayable:
        return None
    outside_transaction("the search engine")
    both = " AND ".join(part for part in (condition, rest.filter) if part)
    return await engine.ask(Question(text=text, filter=both, sort=rest.sort, limit=rest.limit, facets=rest.facets))


class _Unsayable(Exception):
    """The engine's language has no words for it."""


def said(actor: Actor, search: OrderSearch) -> tuple[str, str]:
    """The text and the filter. Words of letters may have typos; other words are parts of identifiers."""
    texts, parts = [], _scope(actor)
    for word in search.words:
        if word.isalpha():
            texts.append(word)
        elif " " in word:
            raise _Unsayable
        else:
            parts.append(_identifier(word))
    for criteria in search.criteria:
        parts += _conditions(criteria)
    for criteria in search.without:
        parts += _against(criteria)
    return " ".join(texts), " AND ".join(parts)


def _scope(actor: Actor) -> list[str]:
    if actor.sees_all_orders:
        return []
    if actor.channel_id is not None:
        return [f"channel_id = {_quoted(str(actor.channel_id))}"]
    return [_any("scope_sites", [str(site) for site in actor.site_ids])]


def _identifier(word: str) -> str:
    ways = [f"identifiers CONTAINS {_quoted(word)}"]
    digits = re.sub(r"\D", "", word)
    if len(digits) >= 4 and not re.search(r"[^\W\d_]", word):
        ways.append(f"phone CONTAINS {_quoted(digits)}")
    return f"({' OR '.join(ways)})"


def _quoted(text: str) -> str:
    if "\\" in text or not text:
        raise _Unsayable
    return '"' + text.replace('"', '\\"') + '"'


def _any(name: str, values: Sequence[Any]) -> str:
    return f"{name} IN [{', '.join(_quoted(str(value)) for value in values)}]"


def _is(name: str, fold: Callable[[str], str] = str.strip) -> Callable[[Any], str]:
    return lambda value: f"{name} = {_quoted(fold(value))}"


def _one_of(name: str, fold: Callable[[str], str] = str) -> Callable[[Any], str]:
    return lambda values: _any(name, [fold(value) for value in values])


def _flag(name: str) -> Callable[[Any], str]:
    return lambda value: f"{name} = {str(value).lower()}"


def _within(name: str) -> Callable[[TimeRange], str]:
    def condition(span: TimeRange) -> str:
        ends = ((">=", span.from_), ("<", span.to))
        return " AND ".join(f"{name} {sign} {microseconds(end)}" for sign, end in ends if end is not None)

    return condition


def _total(span: AmountRange) -> str:
    ends = ((">=", span.min), ("<=", span.max), (">", span.above), ("<", span.below))
    return " AND ".join(f"total {sign} {float(end)!r}" for sign, end in ends if end is not None)


def _by_the_clock(_: Any) -> str:
    """A claim ends without anybody saying so: the index cannot know of it."""
    raise _Unsayable


_CRITERIA: Mapping[str, Callable[[Any], str]] = {
    "number": _is("number"),
    "numbers": _one_of("keys", str.strip),
    "external_id": _is("external_id", str),
    "channel": _one_of("channel"),
    "state": _one_of("state"),
    "payment_status": _one_of("payment_status"),
    "fulfillment_status": _one_of("fulfillment_status"),
    "customer_name": lambda value: f"customer_names CONTAINS {_quoted(value)}",
    "email": _is("email", lambda value: value.strip().lower()),
    "phone": _is("phone", lambda value: re.sub(r"\D", "", value)),
    "postal_code": _is("postal_code", lambda value: value.replace(" ", "").upper()),
    "city": _is("city"),
    "country": _one_of("country"),
    "sku": _one_of("skus"),
    "site": _one_of("sites"),
    "delivery_method": _one_of("delivery_methods"),
    "tracking_number": _is("tracking_numbers"),
    "placed_at": _within("placed_at"),
    "updated_at": _within("updated_at"),
    "promised_at": _within("promised_at"),
    "total": _total,
    "shipping_method": _one_of("shipping_method"),
    "has_alert": _flag("has_alert"),
    "alert_kind": _one_of("alert_kinds"),
    "suspended": _flag("suspended"),
    "claimed_by": _by_the_clock,
    "tag": _one_of("tags"),
    "not_": lambda value: " AND ".join(_against(value)),
}
assert _CRITERIA.keys() == {field.name for field in fields(OrderCriteria)}


def _conditions(criteria: OrderCriteria) -> list[str]:
    given = {name: getattr(criteria, name) for name in _CRITERIA}
    made = [_CRITERIA[name](value) for name, value in given.items() if value is not None]
    return [condition for condition in made if condition]


def _against(criteria: OrderCriteria) -> list[str]:
    against = _conditions(criteria)
    return [f"NOT ({' AND '.join(against)})"] if against else []
