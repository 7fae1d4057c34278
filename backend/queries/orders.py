"""Orders: one by what it is known by, many by criteria and free text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from babel.numbers import get_currency_precision, list_currencies

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.orders import Order
from backend.queries import order_search
from backend.queries.order_search import Many, Wording
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.criteria import (
    MAX_NUMBERS,
    AmountRange,
    ClaimedBy,
    OrderCriteria,
    OrderSearch,
    TimeRange,
)
from backend.rules.permissions import Actor
from backend.rules.search_text import parse


class Criterion(NamedTuple):
    """`condition` has the value as {0}; a criterion that finds few orders is looked up first."""

    condition: str
    value: Callable[[Any], Any] = lambda value: value
    selective: bool = False


class Found(NamedTuple):
    """What a search finds: the condition of its orders, and whether it is `selective`, so that they are few.

    `many`: what must stand in them, where nothing else is asked and they are not looked up.
    """

    where: Where
    selective: bool
    many: Many | None = None


_OPEN_ALERT = "SELECT 1 FROM alert a WHERE a.order_id = t.id AND a.cleared_at IS NULL"
_CRITERIA: Mapping[str, Criterion] = {
    "number": Criterion("t.number = {0}", str.strip, selective=True),
    "numbers": Criterion(
        "t.id IN (SELECT k.order_id FROM order_key k WHERE k.value = ANY({0}) AND (k.scope = 'number'"
        " OR k.scope IN (SELECT 'channel:' || c.id FROM channel c)))",
        lambda values: [value.strip() for value in values],
        selective=True,
    ),
    "external_id": Criterion(
        "t.id IN (SELECT k.order_id FROM order_key k WHERE k.scope IN (SELECT 'channel:' || c.id FROM channel c)"
        " AND k.value = {0})",
        selective=True,
    ),
    "channel": Criterion("t.channel_id IN (SELECT c.id FROM channel c WHERE c.code = ANY({0}))"),
    "state": Criterion("t.state = ANY({0})"),
    "payment_status": Criterion("t.payment_status = ANY({0})"),
    "fulfillment_status": Criterion("t.fulfillment_status = ANY({0})"),
    "email": Criterion("lower(t.email) = {0}", lambda value: value.strip().lower(), selective=True),
    "country": Criterion("t.shipping_address->>'country' = ANY({0})"),
    "sku": Criterion("EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = t.id AND l.sku = ANY({0}))"),
    "site": Criterion(
        "(EXISTS (SELECT 1 FROM shipping_order s JOIN inventory_site i ON i.id = s.site_id WHERE s.order_id = t.id"
        " AND i.code = ANY({0})) OR EXISTS (SELECT 1 FROM order_line l JOIN inventory_site i ON i.id = l.pickup_site_id"
        " WHERE l.order_id = t.id AND i.code = ANY({0})))"
    ),
    "delivery_method": Criterion(
        "EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = t.id AND l.delivery_method = ANY({0}))"
    ),
    "tracking_number": Criterion(
        "t.id IN (SELECT p.order_id FROM shipment p WHERE p.tracking_number = {0})", str.strip, selective=True
    ),
    "shipping_method": Criterion("t.shipping_method = ANY({0})"),
    "has_alert": Criterion(f"EXISTS ({_OPEN_ALERT}) = {{0}}"),
    "alert_kind": Criterion(f"EXISTS ({_OPEN_ALERT} AND a.kind = ANY({{0}}))"),
    "suspended": Criterion("t.suspended = {0}"),
    "tag": Criterion("t.tags && {0}::text[]"),
}
_CLAIMED = "SELECT k.order_id FROM order_claim k WHERE k.until > now()"
_TIMES = {"placed_at": "t.placed_at", "updated_at": "t.updated_at", "promised_at": "t.promised_at"}


async def found(actor: Actor, text: str | None, criteria: OrderCriteria) -> Found:
    """In the actor's scope."""
    return await condition(actor, asked(text, criteria))


async def condition(actor: Actor, wanted: OrderSearch, known: Sequence[UUID] | None = None) -> Found:
    """As `found`, of a search that was read already. `known`: who has its words that are not of letters alone."""
    where = Where()
    scope(where, actor, Order)
    parts = [nested for part in (*wanted.criteria, *wanted.without) for nested in _nested(part)]
    fresh = await order_search.fresh() if wanted.words or any(_wording(part) for part in parts) else []
    for part in wanted.criteria:
        where.add(*conditions(where, part), *_claimed(where, actor, part))
        if part.not_ is not None:
            where.add(*_against(where, actor, part.not_, fresh))
    for part in wanted.without:
        where.add(*_against(where, actor, part, fresh))
    words = [[word] for word in wanted.words if known is None or word.isalpha()]
    if known is not None:
        where.add(f"t.id = ANY({where.bind(known)}::uuid[])")
    wording = Wording(words, [it for part in wanted.criteria for it in _wording(part)])
    worded = bool(wording.words or wording.criteria)
    many = await order_search.look_up(where, wording, fresh) if worded else None
    given = {field.name for part in wanted.criteria for field in fields(part) if getattr(part, field.name) is not None}
    selective = any(_CRITERIA[name].selective for name in given & _CRITERIA.keys())
    claims = any(part.claimed_by in (ClaimedBy.ME, ClaimedBy.ANYBODY) for part in wanted.criteria)
    few = (worded and many is None) or known is not None
    return Found(where, few or selective or claims, many if len(where.conditions) == 1 else None)


def _wording(criteria: OrderCriteria) -> list[tuple[str, str]]:
    """The criteria that are asked of search rows."""
    given = [(name, getattr(criteria, name)) for name in sorted(order_search.CRITERIA)]
    return [(name, value) for name, value in given if value is not None]


def asked(text: str | None, criteria: OrderCriteria) -> OrderSearch:
    """What the text form and a filter ask for together."""
    for part in _nested(criteria):
        if len(part.numbers or ()) > MAX_NUMBERS:
            raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_NUMBERS:,} numbers.", "filter", "numbers")
    search = parse(text or "")
    return replace(search, criteria=(*search.criteria, criteria))


def _nested(criteria: OrderCriteria | None) -> Iterator[OrderCriteria]:
    while criteria is not None:
        yield criteria
        criteria = criteria.not_


async def numbers(actor: Actor, text: str | None, criteria: OrderCriteria, most: int) -> list[tuple[UUID, str]]:
    """(id, number) of what a search finds, the oldest first, at most so many."""
    where = (await found(actor, text, criteria)).where
    sql = f"SELECT t.id, t.number FROM sales_order t WHERE {where} ORDER BY t.placed_at, t.id LIMIT {where.bind(most)}"
    return [(row["id"], row["number"]) for row in await db.fetch(sql, *where.args)]


async def numbers_of(actor: Actor, order_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of those of the orders that the actor sees."""
    where = Where()
    where.add(f"t.id = ANY({where.bind(order_ids)})")
    scope(where, actor, Order)
    found = await db.fetch(f"SELECT t.id, t.number FROM sales_order t WHERE {where}", *where.args)
    return {row["id"]: row["number"] for row in found}


def conditions(where: Where, criteria: OrderCriteria) -> list[str]:
    """Conditions over the order `t`, all of which must hold; those of search rows, of claims and `not` stand aside."""
    made = []
    for name, criterion in _CRITERIA.items():
        value = getattr(criteria, name)
        if value is not None:
            made.append(criterion.condition.format(where.bind(criterion.value(value))))
    for name, column in _TIMES.items():
        made += _within(where, column, getattr(criteria, name))
    made += _amounts(where, criteria.total)
    return made


def _claimed(where: Where, actor: Actor, criteria: OrderCriteria) -> list[str]:
    """Whom a claim is of depends on who asks; outside of the house nobody is told of any."""
    by = criteria.claimed_by
    if by is None:
        return []
    if actor.channel_id is not None:
        return ["TRUE" if by is ClaimedBy.NOBODY else "FALSE"]
    if by is ClaimedBy.ME:
        return [f"t.id IN ({_CLAIMED} AND k.holder = {where.bind(actor.key)})"]
    if by is ClaimedBy.ANYBODY:
        return [f"t.id IN ({_CLAIMED})"]
    return [f"NOT EXISTS ({_CLAIMED} AND k.order_id = t.id)"]


def _against(where: Where, actor: Actor, criteria: OrderCriteria, fresh: Sequence[UUID]) -> list[str]:
    """That not all of these hold; no criteria exclude nothing."""
    against = [*conditions(where, criteria), *_claimed(where, actor, criteria)]
    if wording := _wording(criteria):
        against.append(order_search.within(where, Wording(criteria=wording), fresh))
    if criteria.not_ is not None:
        against += _against(where, actor, criteria.not_, fresh)
    return [f"({' AND '.join(against)}) IS NOT TRUE"] if against else []


def _within(where: Where, column: str, span: TimeRange | None) -> list[str]:
    if span is None:
        return []
    ends = ((">=", span.from_), ("<", span.to))
    return [f"{column} {sign} {where.bind(end)}" for sign, end in ends if end is not None]


def _amounts(where: Where, span: AmountRange | None) -> list[str]:
    """Amounts are given in major units, and kept in minor units of the order's own currency."""
    if span is None:
        return []
    signs = ((">=", span.min), ("<=", span.max), (">", span.above), ("<", span.below))
    ends = [(sign, end) for sign, end in signs if end is not None]
    if not ends:
        return []
    cases = [f"WHEN t.currency = ANY({where.bind(codes)}) THEN {places}" for places, codes in _odd_currencies().items()]
    scale = f"10::numeric ^ (CASE {' '.join(cases)} ELSE 2 END)"
    return [f"t.total {sign} {where.bind(end)}::numeric * {scale}" for sign, end in ends]


@cache
def _odd_currencies() -> dict[int, list[str]]:
    """Decimal places → the currencies that have them, for all that do not have two."""
    places: dict[int, list[str]] = {}
    for code in sorted(list_currencies(locale="en")):
        if get_currency_precision(code) != 2:
            places.setdefault(int(get_currency_precision(code)), []).append(code)
    return places


async def one(
    actor: Actor,
    order_id: UUID | None = None,
    number: str | None = None,
    channel: str | None = None,
    external_id: str | None = None,
) -> Order | None:
    """By id, by number, or by the channel's own id, for which a channel's key need not name its channel."""
    where = Where()
    known = [value for value in (order_id, number, external_id) if value is not None]
    if len(known) != 1 or (external_id is None and channel is not None):
        raise refused(ErrorCode.INVALID, "Ask by id, by number, or by channel and externalId.")
    if order_id is not None:
        where.add(f"t.id = {where.bind(order_id)}")
    elif number is not None:
        where.add(_keyed("'number'", where.bind(number)))
    else:
        if channel is None and actor.channel_id is None:
            raise refused(ErrorCode.INVALID, "An external id is known within its channel: name it.", "channel")
        own = "id" if channel is None else "code"
        of = where.bind(actor.channel_id if channel is None else channel)
        where.add(_keyed(f"(SELECT 'channel:' || c.id FROM channel c WHERE c.{own} = {of})", where.bind(external_id)))
    scope(where, actor, Order)
    return next(iter(await rows(Order, f"SELECT t.* FROM sales_order t WHERE {where}", *where.args)), None)


def _keyed(within: str, value: str) -> str:
    return f"t.id = (SELECT k.order_id FROM order_key k WHERE k.scope = {within} AND k.value = {value})"
