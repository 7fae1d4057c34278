"""The planner: exact plans, their reasons, and what holds for every plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rules import allocation
from backend.rules.allocation import Demand, Plan, Site, distance_km, plan
from backend.rules.vocabulary import AllocationOutcome, DeliveryMethod, SiteCapability

HERE = (39.5, -119.8)
SHIPS = frozenset({SiteCapability.SHIP, SiteCapability.PICKUP})
#: A degree of latitude is 111.195 km.
DEGREE = 111.195


def number(value: int) -> UUID:
    return UUID(int=value)


def site(code: str, degrees: float | None = 0, **changes: object) -> Site:
    """`degrees` north of the customer; None: nobody knows where."""
    place = None if degrees is None else (HERE[0] + degrees, HERE[1])
    plain: dict[str, object] = {"active": True, "capabilities": SHIPS, "place": place}
    return Site(id=number(ord(code)), code=code, **(plain | changes))  # type: ignore[arg-type]


def ship(line: int, sku: str, quantity: int) -> Demand:
    return Demand(number(line), sku, quantity, DeliveryMethod.SHIP)


def collect(line: int, sku: str, quantity: int, code: str) -> Demand:
    return Demand(number(line), sku, quantity, DeliveryMethod.PICKUP, number(ord(code)))


def stock(**units: int) -> dict[tuple[UUID, str], int]:
    """`A_X=3`: site A has 3 of X."""
    return {(number(ord(name[0])), name[2:]): count for name, count in units.items()}


def shown(made: Plan) -> list[tuple[int, str, int]]:
    """(line, site, units)."""
    return [(it.line_id.int, chr(it.site_id.int), it.quantity) for it in made.assignments]


def excluded(made: Plan) -> dict[str, str]:
    return {chr(it.site_id.int): it.reason for it in made.excluded}


def test_the_distance_of_a_degree_and_of_half_the_world() -> None:
    assert distance_km((0, 0), (1, 0)) == pytest.approx(DEGREE, abs=0.001)
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015.1, abs=0.1)
    assert distance_km((0, 0), None) is None


def test_the_nearest_site_that_has_everything() -> None:
    sites = [site("A", 3), site("B", 2), site("C", 1)]
    made = plan([ship(1, "X", 2), ship(2, "Y", 1)], sites, stock(A_X=9, A_Y=9, B_X=2, B_Y=1, C_X=9), HERE)
    assert shown(made) == [(1, "B", 2), (2, "B", 1)]
    assert (made.outcome, made.backordered, made.kilometres) == (AllocationOutcome.FULL, {}, 222)
    assert [it.why_not for it in made.alternatives] == [
        "Nearer or preferred, but lacks 1 × Y.",
        "Farther: 334 km instead of 222 km.",
    ]


@pytest.mark.parametrize(
    ("sites", "chosen"),
    [
        ([site("A", 1), site("B", 1)], "A"),
        ([site("A", 1, rank=50), site("B", 1, rank=10)], "B"),
        ([site("A", None, rank=1), site("B", 9, rank=100)], "B"),
        ([site("A", None, rank=2), site("B", None, rank=1)], "B"),
    ],
)
def test_ties_go_to_the_rank_and_then_the_code(sites: list[Site], chosen: str) -> None:
    assert shown(plan([ship(1, "X", 1)], sites, stock(A_X=1, B_X=1), HERE)) == [(1, chosen, 1)]


def test_without_a_destination_the_rank_decides() -> None:
    sites = [site("A", 0, rank=9), site("B", 50, rank=1)]
    made = plan([ship(1, "X", 1)], sites, stock(A_X=1, B_X=1), None)
    assert (shown(made), made.kilometres) == ([(1, "B", 1)], 0)


def test_two_sites_rather_than_three_and_the_nearer_two() -> None:
    sites = [site("A", 1), site("B", 2), site("C", 3), site("D", 4)]
    demands = [ship(1, "X", 1), ship(2, "Y", 1), ship(3, "Z", 1)]
    made = plan(demands, sites, stock(A_X=1, B_Y=1, C_Z=1, C_Y=1, D_Z=1, D_Y=1), HERE)
    assert shown(made) == [(1, "A", 1), (2, "C", 1), (3, "C", 1)]
    assert [it.why_not for it in made.alternatives][-1] == "Farther: 556 km instead of 445 km."


def test_a_line_is_split_only_where_no_site_has_all_of_it() -> None:
    whole = plan([ship(1, "X", 3)], [site("A", 1), site("B", 2), site("C", 9)], stock(A_X=2, B_X=2, C_X=3), HERE)
    assert shown(whole) == [(1, "C", 3)]
    split = plan([ship(1, "X", 4)], [site("A", 1), site("B", 2), site("C", 9)], stock(A_X=2, B_X=2, C_X=3), HERE)
    assert shown(split) == [(1, "A", 2), (1, "B", 2)]


def test_what_nobody_has_is_backordered() -> None:
    made = plan([ship(1, "X", 5), ship(2, "Y", 1)], [site("A", 1)], stock(A_X=3), HERE)
    assert shown(made) == [(1, "A", 3)]
    assert (made.outcome, made.backordered) == (AllocationOutcome.PARTIAL, {number(1): 2, number(2): 1})
    nothing = plan([ship(1, "X", 5)], [site("A", 1)], {}, HERE)
    assert (nothing.outcome, nothing.backordered) == (AllocationOutcome.BACKORDERED, {number(1): 5})
    assert plan([], [site("A", 1)], {}, HERE).outcome is AllocationOutcome.NONE


def test_pick_ups_come_first_and_from_their_site_alone() -> None:
    demands = [ship(1, "X", 2), collect(2, "X", 2, "A")]
    made = plan(demands, [site("A", 0), site("B", 5)], stock(A_X=3, B_X=2), HERE)
    assert sorted(shown(made)) == [(1, "B", 2), (2, "A", 2)]
    alone = plan([collect(1, "X", 2, "A")], [site("A", 0), site("B", 5)], stock(A_X=1, B_X=9), HERE)
    assert (shown(alone), alone.backordered) == ([(1, "A", 1)], {number(1): 1})


def test_why_sites_are_left_out() -> None:
    sites = [
        site("A", 1, active=False),
        site("B", 1, capabilities=frozenset({SiteCapability.PICKUP})),
        site("C", 1, excluded="Too busy"),
        site("D", 1),
        site("E", 9),
    ]
    made = plan([ship(1, "X", 1)], sites, stock(A_X=1, B_X=1, C_X=1, D_Y=1, E_X=1), HERE)
    assert shown(made) == [(1, "E", 1)]
    assert excluded(made) == {"A": "INACTIVE", "B": "CANNOT_SHIP", "C": "REJECTED_BEFORE", "D": "NO_STOCK"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"active": False}, "INACTIVE"),
        ({"capabilities": frozenset({SiteCapability.SHIP})}, "CANNOT_HOLD_PICKUPS"),
        ({"excluded": "Too busy"}, "REJECTED_BEFORE"),
    ],
)
def test_pick_up_sites_that_cannot(changes: dict[str, object], reason: str) -> None:
    made = plan([collect(1, "X", 1, "A")], [site("A", 0, **changes)], stock(A_X=1), HERE)
    assert (shown(made), excluded(made)) == ([], {"A": reason})


@pytest.mark.parametrize("reason", ["OUT_OF_STOCK", "DAMAGED", "SHORT_PICK"])
def test_a_pick_up_is_tried_again_where_the_stock_was_put_right(reason: str) -> None:
    assert shown(plan([collect(1, "X", 1, "A")], [site("A", 0, excluded=reason)], stock(A_X=1), HERE)) == [(1, "A", 1)]


def test_many_sites_are_searched_by_taking_what_helps_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation, "MAX_SETS", 0)
    sites = [site("A", 1), site("B", 2), site("C", 3)]
    demands = [ship(1, "X", 1), ship(2, "Y", 1), ship(3, "Z", 1)]
    made = plan(demands, sites, stock(A_X=1, B_Y=1, C_X=1, C_Y=1, C_Z=1), HERE)
    assert shown(made) == [(1, "C", 1), (2, "C", 1), (3, "C", 1)]


CODES = "ABCDE"
SKUS = "XYZ"
sites_of = st.lists(
    st.builds(
        site,
        st.sampled_from(CODES),
        st.one_of(st.none(), st.integers(0, 3)),
        rank=st.integers(1, 2),
        active=st.booleans() | st.just(True),
        capabilities=st.sampled_from([SHIPS, SHIPS, frozenset({SiteCapability.PICKUP})]),
        excluded=st.sampled_from([None, None, None, "Too busy", "SHORT_PICK"]),
    ),
    unique_by=lambda it: it.code,
    max_size=len(CODES),
)
demands_of = st.lists(
    st.tuples(st.sampled_from(SKUS), st.integers(1, 4), st.sampled_from(["", "", *CODES])), min_size=1, max_size=5
).map(
    lambda rows: [
        collect(line, sku, units, code) if code else ship(line, sku, units)
        for line, (sku, units, code) in enumerate(rows, start=1)
    ]
)
stock_of = st.dictionaries(
    st.tuples(st.sampled_from(CODES).map(lambda code: number(ord(code))), st.sampled_from(SKUS)), st.integers(-1, 5)
)


def usable(sites: Sequence[Site], available: Mapping[tuple[UUID, str], int]) -> list[Site]:
    able = [it for it in sites if it.active and it.excluded is None and SiteCapability.SHIP in it.capabilities]
    return [it for it in able if any(available.get((it.id, sku), 0) > 0 for sku in SKUS)]


@given(sites=sites_of, demands=demands_of, available=stock_of)
def test_every_unit_is_planned_or_backordered_and_none_twice(
    sites: list[Site], demands: list[Demand], available: dict[tuple[UUID, str], int]
) -> None:
    made = plan(demands, sites, available, HERE)
    taken = Counter[tuple[UUID, str]]()
    of_line = Counter[UUID](dict(made.backordered))
    wanted = {demand.line_id: demand for demand in demands}
    for it in made.assignments:
        assert it.quantity > 0
        assert (it.sku, it.delivery_method) == (wanted[it.line_id].sku, wanted[it.line_id].delivery_method)
        if it.delivery_method is DeliveryMethod.PICKUP:
            assert it.site_id == wanted[it.line_id].pickup_site_id
        taken[it.site_id, it.sku] += it.quantity
        of_line[it.line_id] += it.quantity
    assert all(units <= available.get(key, 0) for key, units in taken.items())
    assert of_line == Counter({demand.line_id: demand.quantity for demand in demands})
    assert len(made.alternatives) <= 3
    assert plan(demands, sites, available, HERE) == made
    assert plan(demands, sites[::-1], available, HERE) == made


@given(sites=sites_of, demands=demands_of, available=stock_of)
def test_as_many_units_as_there_are_from_as_few_sites_as_can_be(
    sites: list[Site], demands: list[Demand], available: dict[tuple[UUID, str], int]
) -> None:
    """Against every subset of sites. One line for each SKU, so that what a set can give is a plain sum."""
    shipped = list({demand.sku: ship(demand.line_id.int, demand.sku, demand.quantity) for demand in demands}.values())
    able = usable(sites, available)

    def gives(chosen: Sequence[Site]) -> tuple[int, bool]:
        """Units given, and whether a line is split that one site has whole."""
        total, split = 0, False
        for demand in shipped:
            there = [max(0, available.get((it.id, demand.sku), 0)) for it in chosen]
            total += min(demand.quantity, sum(there))
            everywhere = [available.get((it.id, demand.sku), 0) for it in able]
            split |= any(units >= demand.quantity for units in everywhere) and max(there, default=0) < demand.quantity
        return total, split

    made = plan(shipped, sites, available, HERE)
    best, _ = gives(able)
    assert sum(it.quantity for it in made.assignments) == best
    whole = {d.line_id for d in shipped if any(available.get((it.id, d.sku), 0) >= d.quantity for it in able)}
    parts = Counter(it.line_id for it in made.assignments)
    assert all(parts[line_id] == 1 for line_id in whole)
    used = {it.site_id for it in made.assignments}
    if parts and max(parts.values()) == 1:
        for size in range(len(used)):
            assert not any(gives(chosen) == (best, False) for chosen in combinations(able, size))
