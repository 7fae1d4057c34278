"""Money of an order, decided without a database: what may be asked of a tender, what an invoice contains.

Amounts are minor units of the order's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.money import show, to_minor
from backend.rules import permissions as who
from backend.rules.lifecycle import Verb
from backend.rules.permissions import Actor, require
from backend.rules.totals import Amounts, PricedLine, units
from backend.rules.vocabulary import (
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    Role,
    TransactionKind,
    TransactionState,
)

#: What customer service may give away, and what finance may give back, without a manager. Major units.
APPEASEMENT_LIMIT = Decimal("50.00")
REFUND_LIMIT = Decimal("500.00")


@dataclass(frozen=True, slots=True)
class PaymentCommand:
    """A tender as handed in. `amount` is in major units; `authorized_reference` names what a checkout authorized."""

    gateway: str
    method: PaymentMethodKind
    amount: Decimal
    token: str | None = None
    authorized_reference: str | None = None


def _verb(name: str, sources: Iterable[OrderState], roles: frozenset[Role], *, suspended: bool) -> Verb[OrderState]:
    return Verb(name, frozenset(sources), frozenset(), roles, suspended)


_O = OrderState
_ENTERED = frozenset(_O) - {_O.DRAFT}

#: In which states of the order money may move. A cancelled order's tenders can still be voided and given back.
PAYMENT_VERBS: Mapping[TransactionKind, Verb[OrderState]] = {
    TransactionKind.AUTHORIZE: _verb(
        "paymentAuthorize", _ENTERED - {_O.CLOSED, _O.CANCELLED}, who.DESK | who.MONEY, suspended=False
    ),
    TransactionKind.CAPTURE: _verb("paymentCapture", _ENTERED - {_O.CANCELLED}, who.MONEY, suspended=False),
    TransactionKind.VOID: _verb("paymentVoid", frozenset(_O), who.DESK | who.MONEY, suspended=True),
    TransactionKind.REFUND: _verb("paymentRefund", _ENTERED, who.DESK | who.MONEY, suspended=True),
}


class Asked(Protocol):
    """What the sums need of a transaction: the ORM's row, or a fact."""

    @property
    def kind(self) -> TransactionKind: ...
    @property
    def state(self) -> TransactionState: ...
    @property
    def amount(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Tender:
    """A payment and what was asked of its gateway, oldest first."""

    amount: int
    authorized: int
    captured: int
    refunded: int
    asked: Sequence[Asked] = ()

    def open(self, kind: TransactionKind) -> int:
        """Asked of the gateway, and its answer not known yet."""
        return sum(
            it.amount
            for it in self.asked
            if it.kind is kind and it.state in (TransactionState.PENDING, TransactionState.UNCERTAIN)
        )

    @property
    def authorizable(self) -> int:
        """All of the tender, while nothing of it is authorized; one authorization at a time."""
        return 0 if self.authorized or self.open(TransactionKind.AUTHORIZE) else self.amount

    @property
    def capturable(self) -> int:
        """Authorized, and neither captured nor about to be captured or voided. The same may be voided."""
        drawn = self.captured + self.open(TransactionKind.CAPTURE) + self.open(TransactionKind.VOID)
        return max(0, self.authorized - drawn)

    @property
    def refundable(self) -> int:
        return max(0, self.captured - self.refunded - self.open(TransactionKind.REFUND))

    def available(self, kind: TransactionKind) -> int:
        """The most that may be asked for now."""
        if kind is TransactionKind.AUTHORIZE:
            return self.authorizable
        return self.refundable if kind is TransactionKind.REFUND else self.capturable

    @property
    def status(self) -> PaymentStatus:
        if self.refunded:
            return PaymentStatus.REFUNDED if self.refunded >= self.captured else PaymentStatus.PARTIALLY_REFUNDED
        if self.captured:
            return PaymentStatus.CAPTURED if self.captured >= self.authorized else PaymentStatus.PARTIALLY_CAPTURED
        if self.authorized:
            return PaymentStatus.AUTHORIZED
        return self._untouched()

    def _untouched(self) -> PaymentStatus:
        """Nothing is held or taken: never asked for, declined, or given up."""
        status = PaymentStatus.UNPAID
        for it in self.asked:
            if it.kind is TransactionKind.VOID and it.state is TransactionState.SUCCEEDED:
                status = PaymentStatus.VOIDED
            elif it.kind is TransactionKind.AUTHORIZE:
                status = PaymentStatus.FAILED if it.state is TransactionState.FAILED else PaymentStatus.UNPAID
        return status

    def after(self, kind: TransactionKind, amount: int) -> Tender:
        """The sums once the gateway has said yes. What was authorized shrinks by what is voided."""
        held, taken, given = self.authorized, self.captured, self.refunded
        if kind is TransactionKind.AUTHORIZE:
            held += amount
        elif kind is TransactionKind.VOID:
            held -= amount
        elif kind is TransactionKind.CAPTURE:
            taken += amount
        else:
            given += amount
        return Tender(self.amount, held, taken, given, self.asked)


_NOTHING = {
    TransactionKind.AUTHORIZE: "Nothing is left to authorize.",
    TransactionKind.CAPTURE: "Nothing is authorized that could be captured.",
    TransactionKind.VOID: "Nothing is authorized that could be voided.",
    TransactionKind.REFUND: "Nothing is captured that could be given back.",
}


def amount_to_ask(tender: Tender, kind: TransactionKind, amount: Decimal | None, currency: str) -> int:
    """The amount of a person's command in minor units; all that is available where none is given."""
    available = tender.available(kind)
    if tender.open(kind):
        raise refused(ErrorCode.CONFLICT, f"The gateway has not answered the last {kind.value} yet.")
    if not available:
        raise refused(ErrorCode.INVALID_STATE, _NOTHING[kind])
    if amount is None:
        return available
    wanted = to_minor(amount, currency, "amount")
    if not 0 < wanted <= available:
        raise refused(ErrorCode.INVALID, f"An amount above 0, up to {show(available, currency)}.", "amount")
    return wanted


def spread(amount: int, available: Iterable[tuple[UUID, int]]) -> list[tuple[UUID, int]]:
    """Take `amount` from tenders in the order given, each up to what it has; less comes out where they have less."""
    taken = []
    for payment_id, most in available:
        part = min(amount, most)
        if part > 0:
            taken.append((payment_id, part))
            amount -= part
    return taken


class Tendered(Protocol):
    @property
    def status(self) -> PaymentStatus: ...
    @property
    def amount(self) -> int: ...
    @property
    def authorized(self) -> int: ...


def uncovered(total: int, payments: Iterable[Tendered]) -> int:
    """What the tenders leave open of a total: one that was never asked for counts whole, else what it holds."""
    held = sum(it.amount if it.status is PaymentStatus.UNPAID else it.authorized for it in payments)
    return max(0, total - held)


def may_give(actor: Actor, amount: int, limit: Decimal, currency: str) -> None:
    """Giving money away above a limit (major units) needs a manager."""
    if amount > to_minor(limit, currency):
        require(actor, who.LEADS, f"Above {show(to_minor(limit, currency), currency)} a manager is needed.", "amount")


class BilledLine(PricedLine, Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def invoiced(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of an invoice: how many units, and what they come to."""

    line_id: UUID
    quantity: int
    amounts: Amounts


def bill(lines: Iterable[BilledLine], wanted: Mapping[UUID, int], *, prices_include_tax: bool) -> list[Billed]:
    """The next units of each line that are not invoiced yet, up to `wanted`; nothing is invoiced twice."""
    billed = []
    for line in lines:
        last = min(line.invoiced + wanted.get(line.id, 0), line.quantity - line.cancelled)
        if last > line.invoiced:
            amounts = units(line, line.invoiced, last, prices_include_tax=prices_include_tax)
            billed.append(Billed(line.id, last - line.invoiced, amounts))
    return billed


def unbill(line: BilledLine, quantity: int, *, prices_include_tax: bool) -> Billed:
    """Take back the last `quantity` invoiced units: they were cancelled, or will be invoiced again."""
    first = line.invoiced - quantity
    return Billed(line.id, quantity, units(line, first, line.invoiced, prices_include_tax=prices_include_tax))


def credit_returned(line: BilledLine, credited: int, quantity: int, *, prices_include_tax: bool) -> Billed:
    """The next `quantity` invoiced units that came back, after `credited` before them."""
    last = min(credited + quantity, line.invoiced)
    return Billed(line.id, last - credited, units(line, credited, last, prices_include_tax=prices_include_tax))
