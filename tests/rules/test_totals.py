"""Order arithmetic: exact figures, and no unit of money lost or made however the units are cut."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.rules.totals import Amounts, order_amounts, units


@dataclass(frozen=True)
class Line:
    quantity: int
    unit_price: int
    discount: int = 0
    tax: int = 0
    cancelled: int = 0


def test_a_line_of_three_with_a_discount_and_tax_is_cut_without_losing_a_cent() -> None:
    line = Line(quantity=3, unit_price=100, discount=10, tax=20)
    parts = [units(line, n, n + 1, prices_include_tax=False) for n in range(3)]
    assert [(part.discount, part.tax, part.total) for part in parts] == [(3, 7, 104), (4, 6, 102), (3, 7, 104)]
    assert sum((part.total for part in parts), 0) == 310


def test_prices_that_include_tax_do_not_add_it() -> None:
    assert units(Line(2, 119, tax=38), 0, 2, prices_include_tax=True) == Amounts(238, 0, 38, 238)


def test_cancelled_units_are_the_last_ones() -> None:
    lines = [Line(quantity=3, unit_price=100, discount=10, cancelled=2), Line(quantity=1, unit_price=50)]
    assert order_amounts(lines, 599, prices_include_tax=False) == Amounts(150, 3, 0, 746, 599)


@given(
    st.integers(1, 60), st.integers(0, 10_000), st.integers(0, 5_000), st.integers(0, 5_000), st.data(), st.booleans()
)
def test_consecutive_runs_of_units_add_up(
    quantity: int, price: int, discount: int, tax: int, data: st.DataObject, included: bool
) -> None:
    line = Line(quantity, price, min(discount, price * quantity), tax)
    cuts = sorted(data.draw(st.lists(st.integers(0, quantity), max_size=5)))
    edges = [0, *cuts, quantity]
    total = sum(units(line, a, b, prices_include_tax=included).total for a, b in pairwise(edges))
    assert total == units(line, 0, quantity, prices_include_tax=included).total
