"""A search as people write it: `late state:waiting_approval total:>100 sku:A,B -tag:vip "John Smith"`.

Words and quoted phrases are looked for in the order; `key:value` is a criterion, `key:a,b` any of them, and a minus
excludes. `parse` and `shown` are each other's inverse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NamedTuple

from backend.errors import ErrorCode, Refused, refused
from backend.rules.criteria import MAX_NUMBERS, AmountRange, ClaimedBy, OrderCriteria, OrderSearch, TimeRange
from backend.rules.vocabulary import DeliveryMethod, FulfillmentStatus, OrderState, PaymentStatus

MAX_LENGTH = 20_000
MAX_WORDS = 8
_MAX_WORD = 200
_MAX_EXCLUSIONS = 20

#: A minus, a key and a colon; then texts, quoted where they hold what separates.
_KEY = re.compile(r"(-?)([a-z_]+):(?=\S)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s",]+)')
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"(?!\S)|(\S+)')
_RANGE = re.compile(r"(>=|<=|>|<)?(.+?)(?:\.\.(.+))?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE = re.compile(r"[^\s\",\\]+")


class _Key(NamedTuple):
    """What a key means: the criterion's field, how its values are read, and whether there may be several."""

    field: str
    read: Callable[[str], Any] = str
    many: bool = False


def _member(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    return lambda text: kind(text.upper())


def _truth(text: str) -> bool:
    return {"yes": True, "true": True, "no": False, "false": False}[text.lower()]


_KEYS: Mapping[str, _Key] = {
    "number": _Key("number"),
    "numbers": _Key("numbers", many=True),
    "external_id": _Key("external_id"),
    "channel": _Key("channel", many=True),
    "state": _Key("state", _member(OrderState), many=True),
    "payment": _Key("payment_status", _member(PaymentStatus), many=True),
    "fulfillment": _Key("fulfillment_status", _member(FulfillmentStatus), many=True),
    "name": _Key("customer_name"),
    "email": _Key("email"),
    "phone": _Key("phone"),
    "postal_code": _Key("postal_code"),
    "city": _Key("city"),
    "country": _Key("country", many=True),
    "sku": _Key("sku", many=True),
    "site": _Key("site", many=True),
    "delivery": _Key("delivery_method", _member(DeliveryMethod), many=True),
    "tracking": _Key("tracking_number"),
    "shipping_method": _Key("shipping_method", many=True),
    "has_alert": _Key("has_alert", _truth),
    "alert": _Key("alert_kind", many=True),
    "suspended": _Key("suspended", _truth),
    "claimed": _Key("claimed_by", _member(ClaimedBy)),
    "tag": _Key("tag", many=True),
}
_TIMES = {"placed": "placed_at", "updated": "updated_at", "promised": "promised_at"}
_TOTAL = "total"


def parse(text: str) -> OrderSearch:
    """Refuses, with the path `query`, naming the word that it does not understand and where it stands."""
    if len(text) > MAX_LENGTH:
        raise refused(ErrorCode.INVALID, f"A query has at most {MAX_LENGTH:,} characters.", "query")
    words: list[str] = []
    wanted: dict[str, Any] = {}
    without: list[OrderCriteria] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        key = _KEY.match(text, place)
        if key is None:
            word, place = _word(text, place)
            words.append(word)
            continue
        values, end = _values(text, key.end(), place)
        given = _criterion(key[2], values, wanted if not key[1] else {}, place)
        if key[1]:
            without.append(OrderCriteria(**given))
        else:
            wanted |= given
        place = end
    _check_sizes(words, without)
    criteria = (OrderCriteria(**wanted),) if wanted else ()
    return OrderSearch(words=tuple(words), criteria=criteria, without=tuple(without))


def _check_sizes(words: list[str], without: list[OrderCriteria]) -> None:
    if len(words) > MAX_WORDS or any(len(word) > _MAX_WORD for word in words):
        message = f"A query has at most {MAX_WORDS} words of {_MAX_WORD} characters; a list of numbers is numbers:1,2,3"
        raise refused(ErrorCode.INVALID, message, "query")
    if len(without) > _MAX_EXCLUSIONS:
        raise refused(ErrorCode.INVALID, f"A query excludes at most {_MAX_EXCLUSIONS} things.", "query")


def _word(text: str, place: int) -> tuple[str, int]:
    """A word, or a phrase in quotes; a quote that is not closed is a letter like others."""
    found = _WORD.match(text, place)
    assert found is not None
    phrase, word = found.groups()
    if phrase is not None and not phrase.strip():
        raise _puzzled(text[place : found.end()], place, "there is nothing between the quotes")
    return (word if phrase is None else _ESCAPED.sub(r"\1", phrase)), found.end()


def _values(text: str, place: int, start: int) -> tuple[list[str], int]:
    """Texts with commas between them, up to a space or the end."""
    values = []
    while True:
        found = _TEXT.match(text, place)
        if found is None:
            raise _puzzled(_at(text, start), start, "a value is missing, or a quote is not closed")
        quoted, bare = found.groups()
        values.append(bare if quoted is None else _ESCAPED.sub(r"\1", quoted))
        place = found.end()
        if place == len(text) or text[place].isspace():
            return values, place
        if text[place] != ",":
            raise _puzzled(_at(text, start), start, "quotes go around a whole value")
        place += 1


def _at(text: str, place: int) -> str:
    return text[place:].split(maxsplit=1)[0]


def _criterion(name: str, values: list[str], known: Mapping[str, Any], place: int) -> dict[str, Any]:
    """The fields of OrderCriteria that one `name:values` sets; ranges go on with what is `known`."""
    said = f"{name}:{','.join(values)}"
    try:
        if name in _TIMES:
            field = _TIMES[name]
            return {field: _times(_single(values), known.get(field))}
        if name == _TOTAL:
            return {_TOTAL: _amounts(_single(values), known.get(_TOTAL))}
        key = _KEYS.get(name)
        if key is None:
            raise _puzzled(said, place, f'there is no criterion "{name}"; quote it to look for it as text')
        if key.field in known:
            raise _puzzled(said, place, f"{name} is said twice; any of several is {name}:a,b")
        if key.many:
            if len(values) > MAX_NUMBERS:
                raise _puzzled(f"{name}:…", place, f"a list has at most {MAX_NUMBERS:,} values")
            return {key.field: [key.read(value) for value in values]}
        return {key.field: key.read(_single(values))}
    except Refused:
        raise
    except (ValueError, KeyError, InvalidOperation, OverflowError):
        raise _puzzled(said, place, f"that is not a value of {name}") from None


def _single(values: list[str]) -> str:
    (value,) = values
    return value


def _ends(text: str) -> list[tuple[str, str]]:
    """Signs and values of `>=a`, `a..b` or `a`, which means from a to a."""
    found = _RANGE.fullmatch(text)
    if found is None or (found[1] and found[3]):
        raise ValueError(text)
    if found[1]:
        return [(found[1], found[2])]
    return [(">=", found[2]), ("<=", found[3] or found[2])]


def _times(text: str, known: TimeRange | None) -> TimeRange:
    """A day stands for all of it, in UTC; a time, for itself."""
    ends = {"from_": known.from_, "to": known.to} if known else {}
    for sign, value in _ends(text):
        start, length = _time(value)
        name = "from_" if sign[0] == ">" else "to"
        if ends.get(name) is not None:
            raise ValueError(text)
        ends[name] = start + length if sign in (">", "<=") else start
    return TimeRange(**ends)


def _time(text: str) -> tuple[datetime, timedelta]:
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC), timedelta(days=1)
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)), timedelta(microseconds=1)


_SIGNS = {">=": "min", "<=": "max", ">": "above", "<": "below"}


def _amounts(text: str, known: AmountRange | None) -> AmountRange:
    ends = {name: getattr(known, name) for name in _SIGNS.values()} if known else {}
    for sign, value in _ends(text):
        amount = Decimal(value)
        if ends.get(_SIGNS[sign]) is not None or not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
            raise ValueError(text)
        ends[_SIGNS[sign]] = amount
    return AmountRange(**ends)


def _puzzled(word: str, place: int, why: str) -> Refused:
    shown = word if len(word) <= 60 else f"{word[:59]}…"
    return refused(ErrorCode.INVALID, f"{shown} (at character {place + 1}): {why}.", "query")


def shown(search: OrderSearch) -> str:
    """The text that `parse` reads as this search, of one criteria object and without a `not` inside."""
    parts = [_shown_word(word) for word in search.words]
    parts += [part for criteria in search.criteria for part in _shown_criteria(criteria)]
    parts += [f"-{part}" for criteria in search.without for part in _shown_criteria(criteria)]
    return " ".join(parts)


def _shown_word(word: str) -> str:
    plain = _BARE.fullmatch(word) and not _KEY.match(word)
    return word if plain else _quoted(word)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown_criteria(criteria: OrderCriteria) -> list[str]:
    parts = []
    for name, key in _KEYS.items():
        value = getattr(criteria, key.field)
        if value is not None:
            parts.append(f"{name}:{','.join(_shown_value(item) for item in (value if key.many else [value]))}")
    for name, field in _TIMES.items():
        span = getattr(criteria, field)
        ends = ((">=", span.from_), ("<", span.to)) if span else ()
        parts += [f"{name}:{sign}{end.isoformat()}" for sign, end in ends if end is not None]
    if criteria.total is not None:
        limits = [(sign, getattr(criteria.total, name)) for sign, name in _SIGNS.items()]
        parts += [f"{_TOTAL}:{sign}{limit}" for sign, limit in limits if limit is not None]
    return parts


def _shown_value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return value.value.lower()
    return value if _BARE.fullmatch(value) else _quoted(value)
