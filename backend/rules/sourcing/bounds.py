"""A lower bound by prices of the items: what no plan can be below, and by how much more each option pushes it up.

Dual ascent for facility location (Bilde and Krarup 1977, Erlenkotter 1978): the value of an item rises while the
options that would serve it for less can still pay for the difference out of their fixed cost.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.rules.sourcing.weights import Cover


def ascend(cover: Cover, fixed: dict[int, int], lefts: Sequence[int]) -> tuple[int, dict[int, int]]:
    """(bound, slack by option): a plan that opens the options S weighs at least bound + the sum of slack over S.

    `lefts` by item: what it weighs to leave it.
    """
    slack = {option: fixed[option] for option in cover}
    offers: list[list[tuple[int, int]]] = [[] for _ in lefts]
    for option, entries in cover.items():
        for item, cost in entries:
            offers[item].append((cost, option))
    for each in offers:
        each.sort()
    values = [min(left, each[0][0] if each else left) for left, each in zip(lefts, offers, strict=True)]
    #: By item, how many of its offers are not dearer than its value: they pay for each rise.
    paying = [0] * len(values)
    rising = sorted(range(len(values)), key=lambda item: (len(offers[item]), item))
    while rising:
        rising = [item for item in rising if _raise(item, values, paying, offers[item], slack, lefts[item])]
    return sum(values), slack


def _raise(
    item: int,
    values: list[int],
    paying: list[int],
    offers: Sequence[tuple[int, int]],
    slack: dict[int, int],
    left: int,
) -> bool:
    """Raise the item's value to its next offer, or as far as it goes. False: it can go no further."""
    value, count = values[item], paying[item]
    while count < len(offers) and offers[count][0] <= value:
        count += 1
    paying[item] = count
    target = min(left, offers[count][0]) if count < len(offers) else left
    payers = [option for _, option in offers[:count]]
    room = min((slack[option] for option in payers), default=target - value)
    rise = min(target - value, room)
    if rise <= 0:
        return False
    values[item] = value + rise
    for option in payers:
        slack[option] -= rise
    return rise < room and values[item] < left
