"""The order that a recurring order makes each time: what it may hold, and how it is kept."""

from __future__ import annotations

import json
from typing import Any

from backend.actions.imports.shapes import Shape, written
from backend.errors import Problem, Refused
from backend.rules.order_input import CreateOrder, Problems

_SHAPE = Shape(CreateOrder)
_OF_ONE_ORDER = ("external_id", "placed_at", "promised_at", "reservation_id")


def check_template(order: CreateOrder) -> None:
    """Refuses what belongs to one order alone."""
    problems = Problems()
    for name in _OF_ONE_ORDER:
        if getattr(order, name) is not None:
            problems.add("This is of one order, and not of all that are made.", name)
    if order.draft:
        problems.add("Orders that are made are not drafts.", "draft")
    problems.check()


def keep(order: CreateOrder) -> dict[str, Any]:
    kept: dict[str, Any] = written(order)
    return kept


def order_of(template: dict[str, Any]) -> CreateOrder:
    return _SHAPE.read(json.dumps(template).encode())


def below(refusal: Refused, name: str) -> Refused:
    """The same with the paths of what lies in the input's field."""
    return Refused(*(Problem(it.code, it.message, (name, *it.path)) for it in refusal.problems))
