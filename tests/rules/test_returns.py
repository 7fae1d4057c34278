"""Which tender gets how much, and what a return may still give."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import ErrorCode, Refused
from backend.rules.permissions import Actor
from backend.rules.returns import Balance, Tender, after_receipt, check_amount, spread, worth
from backend.rules.vocabulary import PaymentMethodKind, ReturnState, Role
from tests.rules.world import line

DESK = Actor("user:desk", "desk", frozenset({Role.CUSTOMER_SERVICE}))
FINANCE = Actor("user:money", "money", frozenset({Role.FINANCE}))
CARD, GIFT_CARD = PaymentMethodKind.CARD, PaymentMethodKind.GIFT_CARD


def test_gift_cards_first_then_the_last_tender() -> None:
    first, gift, last = (
        Tender(uuid4(), 0, CARD, 1000),
        Tender(uuid4(), 1, GIFT_CARD, 300),
        Tender(uuid4(), 2, CARD, 500),
    )
    parts = [(gift.payment_id, 300), (last.payment_id, 500), (first.payment_id, 200)]
    assert spread([first, gift, last], 1000) == parts
    assert spread([first, gift, last], 0) == []
    assert sum(amount for _, amount in spread([first, gift, last], 5000)) == 1800


def test_what_is_owed() -> None:
    assert Balance(2000, 500, 300, 200, 100).owed == 900
    assert Balance(1000, 0, 0, 0, 2000).owed == 0
    assert Balance(2000, 1500, 0, 500, 0).is_settled
    assert not Balance(2000, 1500, 100, 500, 0).is_settled


def test_the_limit_counts_over_the_whole_return() -> None:
    balance = Balance(20000, 6000, 0, 0, 0)
    assert check_amount(DESK, balance, 20000, Decimal("40.00"), "USD") == 4000
    with pytest.raises(Refused) as refusal:
        check_amount(DESK, balance, 20000, Decimal("40.01"), "USD")
    assert refusal.value.code is ErrorCode.NOT_PERMITTED
    assert check_amount(FINANCE, balance, 20000, None, "USD") == 14000
    assert check_amount(FINANCE, balance, 700, None, "USD") == 700


def test_the_state_after_a_receipt() -> None:
    assert after_receipt([(2, 2), (1, 0)], complete=False) is ReturnState.WAITING_RECEIPT
    assert after_receipt([(2, 2), (1, 0)], complete=True) is ReturnState.WAITING_REFUND
    assert after_receipt([(2, 2)], complete=False) is ReturnState.WAITING_REFUND


@given(
    quantity=st.integers(1, 30),
    price=st.integers(0, 5000),
    discount=st.integers(0, 1000),
    tax=st.integers(0, 1000),
    cut=st.integers(0, 30),
    prices_include_tax=st.booleans(),
)
def test_units_that_come_back_in_two_parts_lose_no_cent(
    quantity: int, price: int, discount: int, tax: int, cut: int, *, prices_include_tax: bool
) -> None:
    discount, cut = min(discount, price * quantity), min(cut, quantity)
    sold = line(quantity, price, fulfilled=quantity, discount=discount, tax=tax)
    whole = worth(sold, quantity, prices_include_tax=prices_include_tax).total
    first = worth(sold, cut, prices_include_tax=prices_include_tax).total
    rest = worth(sold, quantity - cut, after=cut, prices_include_tax=prices_include_tax).total
    assert first + rest == whole == price * quantity - discount + (0 if prices_include_tax else tax)
