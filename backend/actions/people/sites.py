"""The sites that a user or an API key is limited to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.errors import ErrorCode, Problem, Refused
from backend.models.base import uuid7
from backend.models.db import Transaction

_MAX = 500


async def site_ids(tx: Transaction, codes: Sequence[str] | None) -> list[UUID]:
    """Refuses codes that are no site's, each at its place."""
    wanted = list(codes or ())
    if len(wanted) > _MAX:
        raise Refused(Problem(ErrorCode.LIMIT_EXCEEDED, f"At most {_MAX} sites.", ("sites",)))
    rows = await tx.fetch("SELECT id, code FROM inventory_site WHERE code = ANY($1)", wanted)
    known = {row["code"]: row["id"] for row in rows}
    problems = [
        Problem(ErrorCode.NOT_FOUND, "There is no such site.", ("sites", str(place)))
        for place, code in enumerate(wanted)
        if code not in known
    ]
    if problems:
        raise Refused(*problems)
    return list(known.values())


async def set_sites(tx: Transaction, table: str, column: str, owner: UUID, sites: Sequence[UUID]) -> None:
    """Replaces all of them; `table` and `column` are ours."""
    await tx.execute(f"DELETE FROM {table} WHERE {column} = $1 AND NOT site_id = ANY($2)", owner, list(sites))
    await tx.execute(
        f"INSERT INTO {table} (id, {column}, site_id) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])"
        " ON CONFLICT DO NOTHING",
        [uuid7() for _ in sites],
        [owner for _ in sites],
        list(sites),
    )
