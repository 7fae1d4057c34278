"""Order arithmetic, in minor units: what some units of a line come to, and what an order comes to.

A line of `quantity` units costs unit_price × quantity − discount + tax (tax only where prices do not include it).
Units are counted from the first: those cancelled are the last ones. Discount and tax are spread by
`cumulative_share`, so the amounts of consecutive runs of units always add up to the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from backend.money import cumulative_share


class PricedLine(Protocol):
    """What the sums need of a line: the ORM's row, or a fact."""

    @property
    def quantity(self) -> int: ...
    @property
    def cancelled(self) -> int: ...
    @property
    def unit_price(self) -> int: ...
    @property
    def discount(self) -> int: ...
    @property
    def tax(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Amounts:
    """`total` = `subtotal` − `discount` + `shipping` (+ `tax` where prices do not include it)."""

    subtotal: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0
    shipping: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.subtotal + other.subtotal,
            self.discount + other.discount,
            self.tax + other.tax,
            self.total + other.total,
            self.shipping + other.shipping,
        )


def units(line: PricedLine, first: int, last: int, *, prices_include_tax: bool) -> Amounts:
    """What units `first`..`last` (half open) of the line come to."""
    subtotal = line.unit_price * (last - first)
    discount = cumulative_share(line.discount, line.quantity, first, last)
    tax = cumulative_share(line.tax, line.quantity, first, last)
    return Amounts(subtotal, discount, tax, subtotal - discount + (0 if prices_include_tax else tax))


def order_amounts(lines: Iterable[PricedLine], shipping: int, *, prices_include_tax: bool) -> Amounts:
    """What the units that are not cancelled come to, with the shipping charge."""
    amounts = Amounts(shipping=shipping, total=shipping)
    for line in lines:
        amounts += units(line, 0, line.quantity - line.cancelled, prices_include_tax=prices_include_tax)
    return amounts
