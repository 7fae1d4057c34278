"""All orders of a scenario at once, on arrays: what `prices` does order by order. Needs numpy, which is optional.

The same integers, the same ties and so the same answers; orders with the same number of lines go through the subsets of
their lines together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.rules.sourcing.partition import cuts
from backend.rules.sourcing.prices import AVERAGED, Basket, Costs, Schedule

Whole = NDArray[np.int64]

_INFINITE = 1 << 52
#: Orders that go through the subsets together: their arrays stay in the processor's cache.
_CHUNK = 512


class FastResponse:
    """See `prices.Response`. Option numbers: the sites, then the place that stands for not being filled."""

    def __init__(self, costs: Costs, baskets: Sequence[Basket], walk_ins: Whole, stock: Whole) -> None:
        self._sites = stock.shape[1]
        self._skus = stock.shape[0]
        self._bits = (self._sites + 1).bit_length()
        self._walk_ins = walk_ins
        self._refusal = costs.walk_in
        self._groups = list(self._grouped(costs, baskets, stock))

    def __call__(self, prices: Whole) -> tuple[int, Whole]:
        """(the least that all orders cost at these prices, units used by SKU and site); `prices` likewise."""
        accepted = prices < self._refusal
        used = np.where(accepted, self._walk_ins, 0)
        value = int((np.where(accepted, prices, self._refusal) * self._walk_ins).sum())
        padded = np.zeros((self._sites + 1, self._skus), dtype=np.int64)
        padded[: self._sites] = prices.T << self._bits
        cells = np.zeros((self._sites + 1) * self._skus)
        for group in self._groups:
            value += group.add(padded, cells)
        used += cells.reshape(self._skus, self._sites + 1)[:, : self._sites].astype(np.int64)
        return value, used

    def _grouped(self, costs: Costs, baskets: Sequence[Basket], stock: Whole) -> Any:
        fixed = np.array([[*row, costs.unfilled_fixed] for row in costs.fixed], dtype=np.int64).T
        unit = np.array([[*row, costs.unfilled] for row in costs.unit], dtype=np.int64).T
        endless = np.full((1, self._skus), _INFINITE, dtype=np.int64)
        available = np.concatenate([stock.T, endless])
        by_size: dict[int, list[Basket]] = {}
        for basket in baskets:
            by_size.setdefault(len(basket.lines), []).append(basket)
        for _, alike in sorted(by_size.items()):
            for start in range(0, len(alike), _CHUNK):
                yield _Group(alike[start : start + _CHUNK], fixed, unit, available, self._bits)


class _Group:
    """Orders of the same number of lines. Costs carry the option's number in their lower bits."""

    def __init__(self, baskets: Sequence[Basket], fixed: Whole, unit: Whole, available: Whole, bits: int) -> None:
        region = np.array([basket.region for basket in baskets])
        lines = np.array([basket.lines for basket in baskets])
        self._sku = lines[:, :, 0].T.copy()
        self._quantity = lines[:, :, 1].T.copy()
        self._bits = bits
        self._options = len(fixed)
        self._fixed = (fixed[:, region] << bits) + np.arange(self._options)[:, None]
        self._costs = []
        for sku, quantity in zip(self._sku, self._quantity, strict=True):
            cost = (unit[:, region] * quantity) << bits
            self._costs.append(np.where(available[:, sku] >= quantity, cost, _INFINITE))

    def add(self, prices: Whole, cells: NDArray[np.float64]) -> int:
        """The least that the orders cost together; adds what they use to `cells`."""
        count, orders = len(self._costs), len(self._sku[0])
        subsets = np.zeros((1 << count, orders), dtype=np.int64)
        sums = [self._fixed]
        for item, cost in enumerate(self._costs):
            priced = cost + prices[:, self._sku[item]] * self._quantity[item]
            for mask in range(1 << item):
                total = sums[mask] + priced
                sums.append(total)
                total.min(axis=0, out=subsets[1 << item | mask])
        sites = subsets & ((1 << self._bits) - 1)
        subsets >>= self._bits
        least = np.zeros_like(subsets)
        used = np.zeros_like(subsets)
        row = np.arange(orders)
        for whole, parts, rests in _cut_tables(count):
            weights = subsets[parts] + least[rests]
            first = weights.argmin(axis=0)
            least[whole] = weights[first, row]
            used[whole] = parts[first]
        self._count(sites, used, cells)
        return int(least[-1].sum())

    def _count(self, sites: Whole, used: Whole, cells: NDArray[np.float64]) -> None:
        count, orders = len(self._costs), len(self._sku[0])
        row = np.arange(orders)
        mask = np.full(orders, (1 << count) - 1)
        for _ in range(count):
            block = used[mask, row]
            site = sites[block, row]
            for item in range(count):
                taken = block >> item & 1
                cell = self._sku[item] * self._options + site
                cells += np.bincount(cell, weights=taken * self._quantity[item], minlength=len(cells))
            mask ^= block
            if not mask.any():
                return


_TABLES: dict[int, list[tuple[int, NDArray[np.intp], NDArray[np.intp]]]] = {}


def _cut_tables(items: int) -> list[tuple[int, NDArray[np.intp], NDArray[np.intp]]]:
    if items not in _TABLES:
        _TABLES[items] = [
            (whole, np.array([part for part, _ in pairs]), np.array([rest for _, rest in pairs]))
            for whole, pairs in cuts(items)
        ]
    return _TABLES[items]


@dataclass(frozen=True, slots=True)
class FastAscent:
    """See `prices.Ascent`; by SKU and site."""

    average: NDArray[np.float64]
    bound: int
    best: Whole


def ascend(
    respond: Callable[[Whole], tuple[int, Whole]],
    stock: Whole,
    highest: int,
    schedule: Schedule,
    start: NDArray[np.float64] | None = None,
) -> FastAscent:
    """See `prices.ascend`: the same steps."""
    held = stock > 0
    prices = np.zeros(stock.shape) if start is None else np.where(held, start, 0.0)
    pace, total, counted = np.zeros(stock.shape), np.zeros(stock.shape), 0
    bound, best = -1, np.zeros_like(stock)
    shrink = (schedule.last / schedule.first) ** (1 / max(schedule.steps - 1, 1))
    step = schedule.first
    for turn in range(schedule.steps):
        whole = np.rint(prices).astype(np.int64)
        value, used = respond(whole)
        value -= int((whole * stock).sum())
        if value > bound:
            bound, best = value, whole
        pace = schedule.momentum * pace + (used - stock) / np.maximum(np.maximum(used, stock), 1)
        prices = np.where(held, np.clip(prices + step * pace, 0.0, float(highest)), 0.0)
        if turn >= (1 - AVERAGED) * schedule.steps:
            total = total + prices
            counted += 1
        step *= shrink
    return FastAscent(total / max(counted, 1), bound, best)
