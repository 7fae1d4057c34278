"""argon2id in a thread: it takes tens of milliseconds on purpose, and few run at once."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 200
_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_at_once = asyncio.Semaphore(4)


async def hashed(password: str) -> str:
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Takes as long where there is no hash to match, so that the time tells nobody which accounts exist."""
    async with _at_once:
        found = await asyncio.to_thread(_verify, password, password_hash or _nobodys())
    return found and password_hash is not None


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody's password")
