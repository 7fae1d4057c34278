"""No cent is lost: over any cuts of lines into invoices, and any answers of a gateway."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import ErrorCode, Refused
from backend.rules.billing import (
    APPEASEMENT_LIMIT,
    Tender,
    amount_to_ask,
    bill,
    credit_returned,
    may_give,
    spread,
    unbill,
    uncovered,
)
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.totals import units
from backend.rules.vocabulary import PaymentStatus, Role, TransactionKind, TransactionState
from tests.rules.world import line, payment

A, C, V, R = TransactionKind.AUTHORIZE, TransactionKind.CAPTURE, TransactionKind.VOID, TransactionKind.REFUND
OK, NO, OPEN = TransactionState.SUCCEEDED, TransactionState.FAILED, TransactionState.PENDING
UNSURE = TransactionState.UNCERTAIN


@dataclass(frozen=True)
class Asked:
    kind: TransactionKind
    state: TransactionState
    amount: int = 1000


@pytest.mark.parametrize(
    ("sums", "asked", "status"),
    [
        ((0, 0, 0), [], "UNPAID"),
        ((0, 0, 0), [(A, OPEN)], "UNPAID"),
        ((0, 0, 0), [(A, UNSURE)], "UNPAID"),
        ((0, 0, 0), [(A, NO)], "FAILED"),
        ((0, 0, 0), [(A, NO), (A, OPEN)], "UNPAID"),
        ((1000, 0, 0), [(A, OK)], "AUTHORIZED"),
        ((1000, 0, 0), [(A, OK), (C, NO)], "AUTHORIZED"),
        ((0, 0, 0), [(A, OK), (V, OK)], "VOIDED"),
        ((0, 0, 0), [(A, OK), (V, OK), (A, NO)], "FAILED"),
        ((1000, 1, 0), [(A, OK), (C, OK)], "PARTIALLY_CAPTURED"),
        ((1000, 1000, 0), [(A, OK), (C, OK)], "CAPTURED"),
        ((400, 400, 0), [(A, OK), (C, OK), (V, OK)], "CAPTURED"),
        ((1000, 1000, 1), [(A, OK), (C, OK), (R, OK)], "PARTIALLY_REFUNDED"),
        ((1000, 400, 400), [(A, OK), (C, OK), (R, OK)], "REFUNDED"),
    ],
)
def test_status(sums: tuple[int, int, int], asked: list[tuple[TransactionKind, TransactionState]], status: str) -> None:
    tender = Tender(1000, *sums, [Asked(kind, state) for kind, state in asked])
    assert tender.status is PaymentStatus(status)


def test_what_is_under_way_is_not_asked_for_again() -> None:
    tender = Tender(1000, 1000, 300, 100, [Asked(C, OPEN, 200), Asked(V, UNSURE, 50), Asked(R, UNSURE, 150)])
    assert (tender.authorizable, tender.capturable, tender.refundable) == (0, 450, 50)
    for kind in (C, V, R):
        with pytest.raises(Refused) as refusal:
            amount_to_ask(tender, kind, None, "USD")
        assert refusal.value.code is ErrorCode.CONFLICT
    assert amount_to_ask(replace(tender, asked=()), C, None, "USD") == 700
    assert amount_to_ask(replace(tender, asked=()), R, Decimal("2.00"), "USD") == 200


@given(
    st.integers(1, 10**9),
    st.lists(st.tuples(st.sampled_from([A, C, V, R]), st.integers(0, 10**9), st.sampled_from([OK, NO])), max_size=30),
)
def test_whatever_is_asked_the_sums_stay_in_order(
    amount: int, steps: list[tuple[TransactionKind, int, TransactionState]]
) -> None:
    tender, taken, given_back, voided = Tender(amount, 0, 0, 0), 0, 0, 0
    held = 0
    for kind, wanted, answer in steps:
        most = tender.available(kind)
        assert most >= 0
        part = min(wanted, most)
        if not part or answer is NO:
            continue
        tender = tender.after(kind, part)
        held += part if kind is A else 0
        voided += part if kind is V else 0
        taken += part if kind is C else 0
        given_back += part if kind is R else 0
        assert 0 <= tender.refunded <= tender.captured <= tender.authorized <= tender.amount
    assert (tender.authorized, tender.captured, tender.refunded) == (held - voided, taken, given_back)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=8))
def test_spread_takes_all_there_is_and_no_more(amount: int, available: list[int]) -> None:
    most: dict[UUID, int] = {uuid4(): part for part in available}
    parts = spread(amount, most.items())
    assert sum(part for _, part in parts) == min(amount, sum(available))
    assert all(0 < part <= most[payment_id] for payment_id, part in parts)
    order = list(most)
    assert [order.index(payment_id) for payment_id, _ in parts] == sorted(order.index(one) for one, _ in parts)


LINES = st.builds(
    lambda quantity, price, discount, tax: line(quantity, price, discount=min(discount, quantity * price), tax=tax),
    st.integers(1, 50),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
)


@given(st.lists(LINES, min_size=1, max_size=4), st.lists(st.integers(0, 9), max_size=12), st.booleans())
def test_invoices_of_any_parts_add_up_to_the_lines(lines: list, cuts: list[int], included: bool) -> None:  # type: ignore[type-arg]
    total = tax = 0
    for cut in [*cuts, 50]:
        billed = bill(lines, {it.id: cut for it in lines}, prices_include_tax=included)
        total += sum(part.amounts.total for part in billed)
        tax += sum(part.amounts.tax for part in billed)
        taken = {part.line_id: part.quantity for part in billed}
        lines = [replace(it, invoiced=it.invoiced + taken.get(it.id, 0)) for it in lines]
    assert [it.invoiced for it in lines] == [it.quantity for it in lines]
    whole = [units(it, 0, it.quantity, prices_include_tax=included) for it in lines]
    assert (total, tax) == (sum(it.total for it in whole), sum(it.tax for it in whole))


@given(LINES, st.data(), st.booleans())
def test_what_is_taken_off_and_billed_again_is_the_same(it, data, included: bool) -> None:  # type: ignore[no-untyped-def]
    invoiced = replace(it, invoiced=data.draw(st.integers(1, it.quantity)))
    off = unbill(invoiced, data.draw(st.integers(1, invoiced.invoiced)), prices_include_tax=included)
    again = bill(
        [replace(invoiced, invoiced=invoiced.invoiced - off.quantity)],
        {it.id: off.quantity},
        prices_include_tax=included,
    )
    assert again == [off]


@given(LINES, st.lists(st.integers(1, 9), max_size=10), st.booleans())
def test_credits_of_any_returns_add_up_to_the_invoice(it, cuts: list[int], included: bool) -> None:  # type: ignore[no-untyped-def]
    it = replace(it, invoiced=it.quantity)
    credited = total = 0
    for cut in [*cuts, 50]:
        part = credit_returned(it, credited, cut, prices_include_tax=included)
        credited += part.quantity
        total += part.amounts.total
    assert (credited, total) == (it.quantity, units(it, 0, it.quantity, prices_include_tax=included).total)


def test_cancelled_units_are_not_billed() -> None:
    it = line(5, 100, cancelled=2, invoiced=1)
    (part,) = bill([it], {it.id: 5}, prices_include_tax=False)
    assert (part.quantity, part.amounts.total) == (2, 200)


def test_what_tenders_leave_open() -> None:
    tenders = [
        payment(500),
        payment(700, status=PaymentStatus.FAILED),
        payment(600, authorized=400, status=PaymentStatus.AUTHORIZED),
        payment(300, status=PaymentStatus.VOIDED),
    ]
    assert uncovered(1000, tenders) == 100
    assert uncovered(800, tenders) == 0


def test_who_may_give_how_much() -> None:
    desk = Actor("user:desk", "desk", frozenset({Role.CUSTOMER_SERVICE, Role.FINANCE}))
    may_give(desk, 5000, APPEASEMENT_LIMIT, "USD")
    may_give(desk, 50, APPEASEMENT_LIMIT, "JPY")
    for amount, currency in ((5001, "USD"), (51, "JPY")):
        with pytest.raises(Refused) as refusal:
            may_give(desk, amount, APPEASEMENT_LIMIT, currency)
        assert refusal.value.code is ErrorCode.NOT_PERMITTED
        may_give(SYSTEM, amount, APPEASEMENT_LIMIT, currency)
