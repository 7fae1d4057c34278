"""Money: integer minor units inside, `Decimal` in major units outside, never a float.

Every rounding has a name. `largest_remainder` spreads an amount without losing a unit; `cumulative_share` cuts
an amount into consecutive parts that always add up to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import get_currency_precision, list_currencies

from backend.errors import ErrorCode, refused

#: Largest amount accepted, in minor units: far inside bigint, so that sums over an order cannot overflow.
MAX_MINOR = 10**14


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Decimal places of an ISO 4217 currency (USD 2, JPY 0, KWD 3). Refuses unknown codes."""
    if currency not in _currencies():
        raise refused(
            ErrorCode.INVALID,
            f"{currency!r} is not an ISO 4217 currency code.",
            "currency",
        )
    return int(get_currency_precision(currency))


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies(locale="en"))


def to_minor(amount: Decimal | str, currency: str, *path: str | int) -> int:
    """Major units to minor units, exactly: a third decimal of a dollar is refused, not rounded."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise refused(ErrorCode.INVALID, f"{amount!r} is not a decimal amount.", *path) from None
    if not value.is_finite() or abs(value) > MAX_MINOR:
        raise refused(ErrorCode.INVALID, "The amount is out of range.", *path)
    minor = value.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise refused(
            ErrorCode.INVALID,
            f"{currency} has {exponent(currency)} decimal places.",
            *path,
        )
    if abs(minor) > MAX_MINOR:
        raise refused(ErrorCode.INVALID, "The amount is out of range.", *path)
    return int(minor)


def to_decimal(minor: int, currency: str) -> Decimal:
    """Minor units to major units with the currency's decimal places: 941 USD -> Decimal("9.41")."""
    return Decimal(minor).scaleb(-exponent(currency))


def show(minor: int, currency: str) -> str:
    """For messages and log lines: "9.41 USD"."""
    return f"{to_decimal(minor, currency)} {currency}"


def cumulative_share(amount: int, parts: int, first: int, last: int) -> int:
    """The share of parts `first`..`last` (half open) when `amount` is spread over `parts` equal parts.

    Rounds the running total half up, so that consecutive shares add up to `amount` whatever the cuts.
    """
    if not 0 <= first <= last <= parts:
        raise ValueError(f"cannot cut [{first}, {last}) out of {parts}")
    return _running(amount, parts, last) - _running(amount, parts, first)


def _running(amount: int, parts: int, upto: int) -> int:
    return 0 if parts == 0 else (2 * amount * upto + parts) // (2 * parts)


def largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """Spread `amount` over weights by the largest remainder; the parts add up to `amount`, ties go to the first."""
    total = sum(weights)
    if total == 0:
        return [amount if index == 0 else 0 for index in range(len(weights))]
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in by_remainder[: amount - sum(shares)]:
        shares[index] += 1
    return shares
