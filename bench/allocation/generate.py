"""A world from a setting and a seed: sites, stock, the orders of one horizon, and six horizons of history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.rules.sourcing.prices import Basket, Costs
from bench.allocation.params import MICRO, Params

HISTORY = 6
#: Horizons that the expected demand is estimated from.
_EXPECTED = 20

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stream:
    """What one horizon brings, times from 0 to 1: orders, and walk-ins as (site, SKU)."""

    order_times: Floats
    baskets: list[Basket]
    walk_in_times: Floats
    walk_ins: list[tuple[int, int]]

    def after(self, time: float) -> tuple[list[Basket], list[tuple[int, int]]]:
        first, second = np.searchsorted(self.order_times, time), np.searchsorted(self.walk_in_times, time)
        return self.baskets[first:], self.walk_ins[second:]


@dataclass(frozen=True, slots=True)
class World:
    """`miles` and the costs by region and site, `stock` by SKU and site."""

    params: Params
    miles: Whole
    costs: Costs
    stock: Whole
    stream: Stream
    history: list[Stream]

    @property
    def penalty(self) -> int:
        return self.costs.unfilled


@dataclass(slots=True)
class _Law:
    """What demand is drawn from."""

    params: Params
    chance: np.random.Generator
    popularity: Floats
    category: Whole
    regions: Floats
    walk_in_rate: Floats  # By SKU and site, of one horizon.

    def stream(self) -> Stream:
        baskets = self.baskets(self.params.orders)
        counts = self.chance.poisson(self.walk_in_rate)
        pairs = [(int(site), int(sku)) for sku, site in np.argwhere(counts) for _ in range(counts[sku, site])]
        order = self.chance.permutation(len(pairs))
        return Stream(
            np.sort(self.chance.random(self.params.orders)),
            baskets,
            np.sort(self.chance.random(len(pairs))),
            [pairs[index] for index in order],
        )

    def baskets(self, orders: int) -> list[Basket]:
        params, chance = self.params, self.chance
        sizes = 1 + chance.choice(len(params.lines_pmf), orders, p=_normed(params.lines_pmf))
        regions = chance.choice(len(self.regions), orders, p=self.regions)
        skus = self.lines(sizes)
        quantities = 1 + chance.choice(len(params.qty_pmf), skus.shape, p=_normed(params.qty_pmf))
        return [
            Basket(int(region), tuple(zip(line[:size].tolist(), units[:size].tolist(), strict=True)))
            for region, size, line, units in zip(regions, sizes, skus, quantities, strict=True)
        ]

    def lines(self, sizes: Whole) -> Whole:
        """SKUs by order and line, distinct within an order; those beyond an order's size are -1."""
        skus = np.full((len(sizes), len(self.params.lines_pmf)), -1)
        skus[:, 0] = self.draw(len(sizes))
        for line in range(1, skus.shape[1]):
            open_rows = np.flatnonzero(sizes > line)
            while len(open_rows):
                drawn = self.further(skus[open_rows, 0])
                new = (skus[open_rows, :line] != drawn[:, None]).all(axis=1)
                skus[open_rows[new], line] = drawn[new]
                open_rows = open_rows[~new]
        return skus

    def draw(self, count: int) -> Whole:
        return self.chance.choice(len(self.popularity), count, p=self.popularity)

    def further(self, first: Whole) -> Whole:
        """A SKU of the first one's category, or of all."""
        drawn = self.draw(len(first))
        same = self.chance.random(len(first)) < self.params.p_same_category
        for category in np.unique(self.category[first[same]]):
            rows = np.flatnonzero(same & (self.category[first] == category))
            members = np.flatnonzero(self.category == category)
            weights = self.popularity[members]
            drawn[rows] = self.chance.choice(members, len(rows), p=weights / weights.sum())
        return drawn


def world(params: Params, seed: int) -> World:
    chance = np.random.default_rng(seed)
    places = chance.random((params.regions, 2)) * (2500, 1500)
    people = chance.lognormal(0, 1, params.regions)
    people /= people.sum()
    warehouses = chance.choice(params.regions, params.warehouses, replace=False, p=people)
    stores = chance.choice(params.regions, params.stores, p=people)
    sites = np.concatenate([
        places[warehouses] + chance.normal(0, 20, (params.warehouses, 2)),
        places[stores] + chance.normal(0, 15, (params.stores, 2)),
    ])  # fmt: skip
    miles = np.linalg.norm(places[:, None, :] - sites[None, :, :], axis=2)
    popularity = _normed(np.arange(1, params.skus + 1) ** -params.zipf)
    carried = _carried(params, chance, popularity)
    law = _Law(
        params,
        chance,
        popularity,
        chance.integers(0, params.categories, params.skus),
        people,
        np.zeros((params.skus, params.sites)),
    )
    expected = _expected(law)
    law.walk_in_rate = _walk_ins(params, chance, popularity, carried, expected.sum())
    stock = _stock(params, chance, expected, carried, law.walk_in_rate, _shares(miles, people, carried))
    history = [law.stream() for _ in range(HISTORY)]
    if params.drift:
        drifted = _normed(popularity * chance.lognormal(0, params.drift, params.skus))
        law.walk_in_rate = law.walk_in_rate * (drifted / popularity)[:, None]
        law.popularity = drifted
    return World(params, np.rint(miles * 1000).astype(np.int64), _costs(params, miles), stock, law.stream(), history)


def _normed(weights: Floats | tuple[float, ...]) -> Floats:
    array = np.asarray(weights, dtype=float)
    return array / array.sum()


def _carried(params: Params, chance: np.random.Generator, popularity: Floats) -> NDArray[np.bool_]:
    """By SKU and site; what no site would carry is carried by the first."""
    store = np.minimum(0.95, params.p_store * (popularity / np.median(popularity)) ** 0.25)
    likely = np.empty((params.skus, params.sites))
    likely[:, : params.warehouses] = params.p_warehouse
    likely[:, params.warehouses :] = store[:, None]
    carried = chance.random(likely.shape) < likely
    carried[~carried.any(axis=1), 0] = True
    return carried


def _expected(law: _Law) -> Floats:
    """Units of each SKU that the orders of one horizon ask for."""
    units = np.zeros(law.params.skus)
    for _ in range(_EXPECTED):
        lines = np.array([line for basket in law.baskets(law.params.orders) for line in basket.lines])
        units += np.bincount(lines[:, 0], weights=lines[:, 1], minlength=len(units))
    return units / _EXPECTED


def _walk_ins(
    params: Params, chance: np.random.Generator, popularity: Floats, carried: NDArray[np.bool_], online: float
) -> Floats:
    size = np.zeros(params.sites)
    size[params.warehouses :] = chance.lognormal(0, 0.5, params.stores)
    weights = carried * popularity[:, None] * size[None, :]
    total = weights.sum()
    return weights * (params.walk_in * online / total) if total else weights


def _shares(miles: Floats, people: Floats, carried: NDArray[np.bool_]) -> Floats:
    """By SKU and site: the share of the people whose nearest site that carries the SKU it is."""
    shares = np.zeros(carried.shape)
    for sku, carrying in enumerate(carried):
        nearest = np.where(carrying[None, :], miles, np.inf).argmin(axis=1)
        shares[sku] = np.bincount(nearest, weights=people, minlength=carried.shape[1])
    return shares


def _stock(
    params: Params,
    chance: np.random.Generator,
    expected: Floats,
    carried: NDArray[np.bool_],
    walk_ins: Floats,
    shares: Floats,
) -> Whole:
    kind = np.where(np.arange(params.sites) < params.warehouses, 1.0, 0.4)
    weights = (shares + 0.01) * kind * chance.lognormal(0, params.misplacement, carried.shape) * carried
    weights /= weights.sum(axis=1, keepdims=True)
    exact = weights * (expected / params.rho)[:, None] + walk_ins / params.rho
    stock = np.floor(exact).astype(np.int64)
    for sku, remainder in enumerate(exact - stock):
        missing = round(remainder.sum())
        stock[sku, np.argsort(-remainder, kind="stable")[:missing]] += 1
    return stock


def _costs(params: Params, miles: Floats) -> Costs:
    is_warehouse = np.arange(params.sites) < params.warehouses
    fixed = np.where(is_warehouse, params.fixed_warehouse, params.fixed_store) + params.fixed_per_mile * miles
    unit = np.where(is_warehouse, params.unit_warehouse, params.unit_store) + params.unit_per_mile * miles
    return Costs(
        np.rint(fixed * MICRO).astype(int).tolist(),
        np.rint(unit * MICRO).astype(int).tolist(),
        round(params.unfilled_penalty * MICRO),
        round(params.unfilled_fixed * MICRO),
        round(params.walk_in_penalty * MICRO),
    )
