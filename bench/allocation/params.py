"""The settings of the benchmark: S1 to S7, or one from a file."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

#: Costs of the parameters are in money; inside they are integers of a millionth.
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Params:
    """One setting. Distances in miles; `unfilled_fixed` is paid once by an order that anything is missing of."""

    warehouses: int = 3
    stores: int = 7
    regions: int = 30
    skus: int = 100
    orders: int = 1500
    lines_pmf: tuple[float, ...] = (0.52, 0.22, 0.12, 0.07, 0.04, 0.03)
    qty_pmf: tuple[float, ...] = (0.9, 0.08, 0.02)
    zipf: float = 0.8
    p_warehouse: float = 0.75
    p_store: float = 0.35
    rho: float = 0.9
    misplacement: float = 0.5
    walk_in: float = 0.5
    categories: int = 20
    p_same_category: float = 0.6
    drift: float = 0.0
    fixed_warehouse: float = 7.0
    fixed_store: float = 8.0
    fixed_per_mile: float = 0.0025
    unit_warehouse: float = 0.5
    unit_store: float = 1.2
    unit_per_mile: float = 0.0005
    unfilled_penalty: float = 30.0
    unfilled_fixed: float = 0.0
    walk_in_penalty: float = 15.0

    @property
    def sites(self) -> int:
        return self.warehouses + self.stores


S1 = Params()
S2 = Params(warehouses=4, stores=16, regions=60, skus=500, orders=8000)
_LONGEST = (2500**2 + 1500**2) ** 0.5
S3 = Params(
    warehouses=10,
    stores=0,
    regions=99,
    skus=20,
    orders=10_000,
    lines_pmf=(0.2,) * 5,
    qty_pmf=(1.0,),
    zipf=0.3,
    rho=0.98,
    misplacement=0.0,
    walk_in=0.0,
    categories=1,
    p_same_category=0.0,
    fixed_warehouse=8.759,
    fixed_per_mile=0.0,
    unit_warehouse=0.423,
    unit_per_mile=0.000541,
    unfilled_fixed=2 * 8.759,
    unfilled_penalty=2 * (0.423 + 0.000541 * _LONGEST),
)
SETTINGS = {
    "S1": S1,
    "S2": S2,
    "S3": S3,
    "S4": replace(S2, rho=0.7),
    "S5": replace(S2, rho=1.1),
    "S6": replace(S2, drift=0.5),
    "S7": replace(S2, warehouses=6, stores=44, regions=100, skus=1000, orders=10_000, p_store=0.25),
}


def read(path: Path) -> Params:
    """The setting of a file. Keys that start with `_` are remarks; a key that is not known is an error."""
    given = {key: value for key, value in json.loads(path.read_text(encoding="utf-8")).items() if key[:1] != "_"}
    unknown = given.keys() - {field.name for field in fields(Params)}
    if unknown:
        raise SystemExit(f"{path}: unknown parameters {', '.join(sorted(unknown))}")
    return checked(replace(S1, **{key: _value(value) for key, value in given.items()}), str(path))


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def checked(params: Params, name: str) -> Params:
    """Refuses what no world can be made of."""
    if params.sites < 1 or params.warehouses > params.regions or min(params.skus, params.orders) < 1:
        raise SystemExit(f"{name}: needs a site, a SKU and an order, and no more warehouses than regions")
    if len(params.lines_pmf) > params.skus:
        raise SystemExit(f"{name}: orders cannot have more lines than there are SKUs")
    return params
