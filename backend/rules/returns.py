"""Returns: which units may come back, what they are worth, and to which tenders the money goes, in minor units.

The worth of units is that of the order (rules/totals.py): units of a line come back from the first one on, whatever
return they belong to, so that the amounts of all returns of a line add up to the line and no cent is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.money import show, to_minor
from backend.rules import totals
from backend.rules.order_input import Problems
from backend.rules.permissions import MONEY, Actor, require
from backend.rules.vocabulary import Disposition, PaymentMethodKind, ReturnState

MAX_LINES = 2_000
#: In major units of the order's currency: what one return may give back in all without a manager or finance.
REFUND_LIMIT = Decimal("100.00")
#: The reason of the hold on an exchange order until its return has come back.
AWAITING_RETURN = "AWAITING_RETURN"
#: The states in which units are still expected, and so cannot be asked for by another return.
EXPECTING = (ReturnState.WAITING_APPROVAL, ReturnState.WAITING_RECEIPT)


class SoldLine(totals.PricedLine, Protocol):
    """An order's line: the ORM's row, or a fact."""

    @property
    def fulfilled(self) -> int: ...
    @property
    def returned(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Units of an order line that a customer wants to give back, and why."""

    order_line_id: UUID
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units of a return line that came back, and what becomes of them."""

    line_id: UUID
    quantity: int
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class Tender:
    """A payment of the order; `refundable` is captured, and neither given back nor on its way."""

    payment_id: UUID
    position: int
    method: PaymentMethodKind
    refundable: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a return would come to: each of its lines, and the worth of the goods given in exchange."""

    lines: Sequence[totals.Amounts]
    exchange: int = 0

    @property
    def credit(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def to_refund(self) -> int:
        return max(0, self.credit - self.exchange)

    @property
    def to_pay(self) -> int:
        return max(0, self.exchange - self.credit)


@dataclass(frozen=True, slots=True)
class Balance:
    """What a return owes. `in_flight` is asked of gateways, `pledged` kept for an exchange order."""

    refund_due: int
    refunded: int
    in_flight: int
    credited: int
    pledged: int

    @property
    def owed(self) -> int:
        """What may be given back now."""
        return max(0, self.refund_due - self.refunded - self.in_flight - self.credited - self.pledged)

    @property
    def is_settled(self) -> bool:
        return self.refund_due == self.refunded + self.credited and not self.in_flight


def check_asked(asked: Sequence[Asked], lines: Mapping[UUID, SoldLine], claimed: Mapping[UUID, int]) -> None:
    """Refuse lines that are not the order's, and units that were not delivered, came back, or are claimed already."""
    problems = Problems()
    if not asked:
        problems.add("A return has at least one line.", "lines")
    if len(asked) > MAX_LINES:
        problems.add(f"At most {MAX_LINES} lines.", "lines", code=ErrorCode.LIMIT_EXCEEDED)
        problems.check()
    seen: set[UUID] = set()
    for index, ask in enumerate(asked):
        problems.text(ask.reason, 500, "lines", index, "reason", required=True)
        line = lines.get(ask.order_line_id)
        if line is None:
            code = ErrorCode.NOT_FOUND
            problems.add("There is no such line of this order.", "lines", index, "order_line_id", code=code)
            continue
        if ask.order_line_id in seen:
            problems.add("This line is given twice.", "lines", index, "order_line_id", code=ErrorCode.DUPLICATE)
        seen.add(ask.order_line_id)
        most = returnable(line, claimed.get(ask.order_line_id, 0))
        if ask.quantity < 1 or ask.quantity > most:
            message = f"1 to {most} units can come back." if most > 0 else "None of its units can come back."
            problems.add(message, "lines", index, "quantity")
    problems.check()


def returnable(line: SoldLine, expected: int) -> int:
    """Units that a return may ask for: delivered, not back, and expected by no other return."""
    return line.fulfilled - line.returned - expected


def worth(line: SoldLine, quantity: int, *, after: int = 0, prices_include_tax: bool) -> totals.Amounts:
    """What the next `quantity` units to come back come to; `after` more units that are expected before them."""
    first = line.returned + after
    return totals.units(line, first, first + quantity, prices_include_tax=prices_include_tax)


def amounts(
    asked: Sequence[Asked], lines: Mapping[UUID, SoldLine], claimed: Mapping[UUID, int], *, prices_include_tax: bool
) -> list[totals.Amounts]:
    """What each of the asked units will come to, behind those that other returns expect."""
    return [
        worth(
            lines[ask.order_line_id],
            ask.quantity,
            after=claimed.get(ask.order_line_id, 0),
            prices_include_tax=prices_include_tax,
        )
        for ask in asked
    ]


def after_receipt(expected: Iterable[tuple[int, int]], *, complete: bool) -> ReturnState:
    """The state after a receipt, from (announced, received) of each line; `complete`: nothing more is waited for."""
    missing = any(received < announced for announced, received in expected)
    return ReturnState.WAITING_RECEIPT if missing and not complete else ReturnState.WAITING_REFUND


def check_amount(actor: Actor, balance: Balance, refundable: int, amount: Decimal | None, currency: str) -> int:
    """What is to be given back now: without an amount, all that is owed and on the tenders. Refuses more than that.

    The limit counts over the whole return, so that it cannot be passed in small steps.
    """
    most = min(balance.owed, refundable)
    wanted = most if amount is None else to_minor(amount, currency, "amount")
    if amount is not None and not 0 < wanted <= most:
        raise refused(ErrorCode.INVALID, f"An amount above 0, up to {show(most, currency)}.", "amount")
    limit = to_minor(REFUND_LIMIT, currency)
    if wanted and balance.refunded + wanted > limit:
        require(actor, MONEY, f"Above {show(limit, currency)} a manager or finance gives money back.", "amount")
    return wanted


def spread(tenders: Sequence[Tender], amount: int) -> list[tuple[UUID, int]]:
    """To which payments the money goes: gift cards first (value of our own, no fee), then the last tender first.

    Gives less than `amount` where the tenders hold less.
    """
    shares: list[tuple[UUID, int]] = []
    for tender in sorted(tenders, key=lambda t: (t.method is not PaymentMethodKind.GIFT_CARD, -t.position)):
        share = min(amount, tender.refundable)
        if share > 0:
            shares.append((tender.payment_id, share))
            amount -= share
    return shares
