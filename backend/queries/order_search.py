"""Orders by what is written in them, from a row of text for each that PostgreSQL can look into by trigrams.

The rows (`order_search`) follow the log (reactions/search_rows.py). Orders of which the log tells more than their rows
know are few; their rows are made while asking, so that what is found is as fresh as the tables.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from backend.events import load_position
from backend.models import db
from backend.queries.paging import once
from backend.queries.sql import Where, contains

FOLLOWER = "order_search"
#: Up to so many orders are looked up one by one; more are met soon enough by walking the list.
_MOST = 3_000
#: So many are sorted to find the newest of them.
_SORTED = 30_000
_MAX_NOTES = 4_000
#: Alternatives to a word that is found nowhere; shorter words have none.
_MOST_LIKE, _SHORTEST = 8, 4
#: Words of so many letters may have two typos.
_LONG = 9

#: Each text begins with a space, so that ` x` begins a word, and ends its line, so that phrases stay within.
_TEXTS = """
t.number, t.external_id, t.email, u.name, t.shipping_address->>'name', t.shipping_address->>'line1',
t.shipping_address->>'postalCode', replace(t.shipping_address->>'postalCode', ' ', ''), t.shipping_address->>'city',
array_to_string(t.tags, E'\\n '), l.skus, l.products, p.tracking, n.notes
"""
#: The rows of the orders `t` that a condition names.
ROWS = f"""
SELECT t.id AS order_id, search_fold(' ' || concat_ws(E'\\n ', {_TEXTS})) AS text,
       coalesce(search_fold(concat_ws(E'\\n', u.name, t.shipping_address->>'name')), '') AS names,
       regexp_replace(coalesce(t.phone, t.shipping_address->>'phone', ''), '\\D', '', 'g') AS phone,
       upper(replace(coalesce(t.shipping_address->>'postalCode', ''), ' ', '')) AS postal_code,
       search_fold(coalesce(t.shipping_address->>'city', '')) AS city,
       search_fold(concat_ws(' ', u.name, t.shipping_address->>'name', t.shipping_address->>'line1',
           t.shipping_address->>'city', array_to_string(t.tags, ' '), l.products, n.notes)) AS words
  FROM sales_order t
  LEFT JOIN customer u ON u.id = t.customer_id
 CROSS JOIN LATERAL (SELECT string_agg(DISTINCT l.sku, E'\\n ') AS skus,
        string_agg(DISTINCT l.name, E'\\n ') AS products
        FROM order_line l WHERE l.order_id = t.id) l
 CROSS JOIN LATERAL (SELECT string_agg(DISTINCT p.tracking_number, E'\\n ') AS tracking
        FROM shipment p WHERE p.order_id = t.id) p
 CROSS JOIN LATERAL (SELECT left(string_agg(n.body, E'\\n '), {_MAX_NOTES}) AS notes
        FROM order_note n WHERE n.order_id = t.id) n
 WHERE {{}}
"""
_FRESH = "SELECT DISTINCT e.order_id FROM event e WHERE e.order_id IS NOT NULL AND (e.xid, e.id) > ($1, $2)"
_EXACT = """
SELECT k.order_id FROM order_key k WHERE k.value = ANY($1)
   AND (k.scope = 'number' OR k.scope IN (SELECT 'channel:' || c.id FROM channel c))
UNION
SELECT p.order_id FROM shipment p WHERE p.tracking_number = ANY($1) LIMIT 100
"""
#: Words of texts, never of identifiers, two letters away at most. The index is over the first letter and the length.
_NEAR = """
SELECT w.word, g.given, levenshtein_less_equal(w.word, g.given, 2) AS typos
  FROM order_word w, (SELECT search_fold($1) AS given) g
 WHERE left(w.word, 1) = left(g.given, 1) AND length(w.word) BETWEEN length(g.given) - 2 AND length(g.given) + 2
   AND levenshtein_less_equal(w.word, g.given, 2) <= 2 ORDER BY typos, w.word
"""


async def fresh() -> list[UUID]:
    """Orders that the log tells more of than their rows know."""
    position = await load_position(FOLLOWER)
    return [row["order_id"] for row in await db.fetch(_FRESH, position.xid, position.event_id)]


async def exact(words: Sequence[str]) -> list[UUID]:
    """Orders of which a word is the number, the channel's own id or a tracking number."""
    return [row["order_id"] for row in await db.fetch(_EXACT, list(words))] if words else []


@dataclass(frozen=True, slots=True)
class Wording:
    """What must stand in a row: of each of `words` one spelling, and these criteria by name."""

    words: Sequence[Sequence[str]] = ()
    criteria: Sequence[tuple[str, str]] = ()

    def condition(self, where: Where) -> str:
        """Over the search row `s`."""
        made = [f"({' OR '.join(_word(where, spelling) for spelling in spellings)})" for spellings in self.words]
        made += [_CRITERIA[name](where, value) for name, value in self.criteria]
        return " AND ".join(made)


_CRITERIA: Mapping[str, Callable[[Where, str], str]] = {
    "customer_name": lambda where, value: f"s.names LIKE search_fold({where.bind(contains(value))})",
    "phone": lambda where, value: f"s.phone = {where.bind(_digits(value) or None)}",
    "postal_code": lambda where, value: f"s.postal_code = {where.bind(value.replace(' ', '').upper())}",
    "city": lambda where, value: f"s.city = search_fold({where.bind(value.strip())})",
}
CRITERIA = frozenset(_CRITERIA)


def within(where: Where, wording: Wording, fresh: Sequence[UUID]) -> str:
    """The wording as a condition over the order `t`, wherever one may stand."""
    return f"t.id IN ({_found(where, wording, fresh)})"


class Many(NamedTuple):
    """More orders than are looked up: those with the wording, of which these are fresh."""

    wording: Wording
    fresh: Sequence[UUID]


async def look_up(where: Where, wording: Wording, fresh: Sequence[UUID]) -> Many | None:
    """Narrow `where` to orders with the wording. None where they are few.

    A word that stands nowhere is taken for what it nearly is.
    """
    ids = await few(wording, fresh)
    if ids == [] and (respelled := await _respelled(wording, fresh)) != wording:
        wording = respelled
        ids = await few(wording, fresh)
    if ids is not None:
        where.add(f"t.id = ANY({where.bind(ids)}::uuid[])")
        return None
    own = f"EXISTS (SELECT 1 FROM order_search s WHERE s.order_id = t.id AND {wording.condition(where)})"
    if fresh:
        newer, made = _of_fresh(where, wording, fresh)
        own = f"({own} AND t.id <> ALL({newer}) OR t.id IN ({made}))"
    where.add(own)
    return Many(wording, fresh)


async def few(wording: Wording, fresh: Sequence[UUID], most: int | None = None) -> list[UUID] | None:
    """The orders; None where there are more than can be looked up, or than `most`."""
    where, most = Where(), _MOST if most is None else most
    sql = f"WITH {_looked_up(where, wording, fresh)} SELECT f.order_id FROM f LIMIT {most + 1}"
    rows = await db.fetch(sql, *where.args)
    return [row["order_id"] for row in rows] if len(rows) <= most else None


def counter(many: Many, cap: int) -> Callable[[], Awaitable[int]]:
    """Of all of them, to `cap` + 1."""
    where = Where()
    found = _looked_up(where, *many)
    return once(f"WITH {found} SELECT count(*) FROM (SELECT 1 FROM f LIMIT {cap + 1}) c", where.args)


async def newest(many: Many, most: int) -> list[UUID]:
    """So many of them, by their ids, which begin with the time.

    Where they are not too many they are looked up and sorted; else the rows are walked from the end.
    """
    where = Where()
    found = f"{_looked_up(where, *many)}, few AS MATERIALIZED (SELECT f.order_id FROM f LIMIT {_SORTED + 1})"
    rows = await db.fetch(
        f"WITH {found} SELECT order_id, count(*) OVER () AS found FROM few ORDER BY order_id DESC LIMIT {most}",
        *where.args,
    )
    if rows and rows[0]["found"] > _SORTED:
        walked = Where()
        sql = _found(walked, *many)
        rows = await db.fetch(f"SELECT f.order_id FROM ({sql}) f ORDER BY f.order_id DESC LIMIT {most}", *walked.args)
    return [row["order_id"] for row in rows]


def _looked_up(where: Where, wording: Wording, fresh: Sequence[UUID]) -> str:
    """The orders as `f` of a WITH. Materialized, it is planned for all of them: by the trigrams. Planned for the few
    that are wanted, PostgreSQL would read the whole table in the hope of meeting them soon, and there may be none.
    """
    return f"f AS MATERIALIZED ({_found(where, wording, fresh)})"


async def among(orders: Sequence[UUID], words: Sequence[str], supposed: Container[UUID]) -> set[UUID]:
    """Those of the orders that have all the words; of those that are supposed to, words that are nearly the same do."""
    if not orders:
        return set()
    newer = await fresh()
    found = await _among(orders, Wording([[word] for word in words]), newer)
    doubtful = [order for order in orders if order in supposed and order not in found]
    if doubtful:
        found |= await _among(doubtful, Wording([[word, *await _near(word)] for word in words]), newer)
    return found


async def _among(orders: Sequence[UUID], wording: Wording, fresh: Sequence[UUID]) -> set[UUID]:
    where = Where()
    sql = f"SELECT f.order_id FROM ({_found(where, wording, fresh)}) f"
    rows = await db.fetch(f"{sql} WHERE f.order_id = ANY({where.bind(orders)}::uuid[])", *where.args)
    return {row["order_id"] for row in rows}


def _found(where: Where, wording: Wording, fresh: Sequence[UUID]) -> str:
    own = f"SELECT s.order_id FROM order_search s WHERE {wording.condition(where)}"
    if not fresh:
        return own
    newer, made = _of_fresh(where, wording, fresh)
    return f"{own} AND s.order_id <> ALL({newer}) UNION ALL {made}"


def _of_fresh(where: Where, wording: Wording, fresh: Sequence[UUID]) -> tuple[str, str]:
    """The fresh orders as an array, and the statement that finds those of them with the wording."""
    newer = f"{where.bind(fresh)}::uuid[]"
    rows = ROWS.format(f"t.id = ANY({newer})")
    return newer, f"SELECT s.order_id FROM ({rows}) s WHERE {wording.condition(where)}"


async def _respelled(wording: Wording, fresh: Sequence[UUID]) -> Wording:
    """Every word of letters that stands in no order, with the words that it nearly is."""
    words = []
    for spellings in wording.words:
        word = spellings[0]
        alone = Wording([spellings])
        if word.isalpha() and len(word) >= _SHORTEST and await few(alone, fresh, most=0) == []:
            words.append(await _near(word) or spellings)
        else:
            words.append(spellings)
    return replace(wording, words=words)


async def _near(word: str) -> list[str]:
    """A letter more, less or another, or two that changed places; two of these in a long word."""
    rows = await db.fetch(_NEAR, word)
    most = 2 if len(word) >= _LONG else 1
    letters = sorted(rows[0]["given"]) if rows else []
    return [row["word"] for row in rows if row["typos"] <= most or sorted(row["word"]) == letters][:_MOST_LIKE]


def _word(where: Where, text: str) -> str:
    """The word or phrase: the beginning of a word where it is short, else any part."""
    pattern = contains(text)
    if len(text) < 3 and text.isalnum():
        pattern = f"% {pattern[1:]}"
    ways = [f"s.text LIKE search_fold({where.bind(pattern)})"]
    digits = _digits(text)
    if len(digits) >= 4 and not re.search(r"[^\W\d_]", text):
        ways.append(f"s.phone LIKE {where.bind(contains(digits))}")
    return " OR ".join(ways)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
