"""The prices that a policy goes by, kept fresh while the horizon passes; and the bound of hindsight."""

from __future__ import annotations

import time as clock

import numpy as np
from numpy.typing import NDArray

from backend.rules.sourcing.fast_prices import FastResponse, Whole, ascend
from backend.rules.sourcing.prices import Basket, Schedule
from bench.allocation.generate import World
from bench.allocation.params import MICRO

REFRESHES = 10
SCENARIOS = 6
COLD = Schedule(200, 1.0 * MICRO, 0.03 * MICRO)
WARM = Schedule(60, 0.5 * MICRO, 0.02 * MICRO)
HINDSIGHT = Schedule(500, 1.0 * MICRO, 0.01 * MICRO)


def _response(world: World, demand: tuple[list[Basket], list[tuple[int, int]]], stock: Whole) -> FastResponse:
    baskets, walk_ins = demand
    counts = np.zeros_like(stock)
    for site, sku in walk_ins:
        counts[sku, site] += 1
    return FastResponse(world.costs, baskets, counts, stock)


def bound(world: World) -> int:
    """No policy can cost less on this stream, whatever it knows."""
    respond = _response(world, world.stream.after(-1.0), world.stock)
    return ascend(respond, world.stock, world.penalty, HINDSIGHT).bound


class Foresight:
    """Prices from the history, again at each tenth of the horizon, for the stock that is left."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._prices: list[NDArray[np.float64] | None] = [None] * min(SCENARIOS, len(world.history))
        self.seconds = 0.0

    def refresh(self, time: float, stock: Whole) -> list[list[int]]:
        """By SKU and site, in millionths."""
        began = clock.perf_counter()
        for number, before in enumerate(self._prices):
            respond = _response(self._world, self._world.history[number].after(time), stock)
            schedule = COLD if before is None else WARM
            self._prices[number] = ascend(respond, stock, self._world.penalty, schedule, before).average
        found = [prices for prices in self._prices if prices is not None]
        mean = np.rint(sum(found[1:], found[0]) / len(found)).astype(int).tolist()
        self.seconds += clock.perf_counter() - began
        return mean
