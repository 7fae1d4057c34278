"""Reading rows: a condition under construction, and rows as the ORM's objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from tortoise.models import Model

from backend.models import db
from backend.models.orders import OrderLine
from backend.models.returns import Return, ReturnLine

M = TypeVar("M", bound=Model)

#: Amounts of these are in the order's currency, which they are read with.
_WITH_CURRENCY = (OrderLine, Return, ReturnLine)
_CURRENCY = ", (SELECT o.currency FROM sales_order o WHERE o.id = t.order_id) AS currency"


@dataclass(slots=True)
class Where:
    """Conditions over the row `t`, all of which must hold; values are bound, never written into the text."""

    args: list[Any] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)

    def bind(self, value: Any) -> str:
        """The placeholder of a value."""
        self.args.append(value)
        return f"${len(self.args)}"

    def add(self, *conditions: str) -> None:
        self.conditions.extend(conditions)

    def __str__(self) -> str:
        return " AND ".join(self.conditions) or "TRUE"


def table_of(model: type[Model]) -> str:
    return str(model._meta.db_table)


def columns_of(model: type[Model]) -> str:
    """What to select of the row `t`."""
    return "t.*" + (_CURRENCY if model in _WITH_CURRENCY else "")


async def rows(model: type[M], sql: str, *args: Any) -> list[M]:
    """Objects of the ORM from a statement that selects `columns_of(model)`."""
    return [row_of(model, record) for record in await db.fetch(sql, *args)]


def row_of(model: type[M], record: db.Row) -> M:
    made = model._init_from_db(**dict(record))
    if model in _WITH_CURRENCY:
        object.__setattr__(made, "currency", record["currency"])
    return made


def contains(text: str) -> str:
    """An ILIKE pattern that finds the text anywhere."""
    return f"%{_escaped(text)}%"


def begins(text: str) -> str:
    return f"{_escaped(text)}%"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
