"""Costs as a search compares them: the cost in the upper bits, the tie breakers below.

One unfilled item weighs more than any number of shipments, both together less than one unit of cost.
"""

from __future__ import annotations

SHIFT = 24
#: Weight of an item that stays unfilled.
LEFT = 1 << 12
#: Weight of a shipment.
ONE = 1

#: What each option can give: (item, weight), by item ascending.
Cover = dict[int, list[tuple[int, int]]]
