"""Questions that are asked at the same moment, as one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any

from strawberry.dataloader import DataLoader

Find = Callable[[Sequence[Any]], Awaitable[Mapping[Any, Any]]]


class Batches:
    """By name, one for each question. With `kept`, what was found once is not asked for again."""

    def __init__(self, *, kept: bool) -> None:
        self._kept = kept
        self._made: dict[Hashable, DataLoader[Any, Any]] = {}

    def of(self, name: Hashable, find: Find) -> DataLoader[Any, Any]:
        """`find` gives by key what there is; None is answered for the rest."""
        if name not in self._made:

            async def load(keys: list[Any]) -> list[Any]:
                found = await find(list(dict.fromkeys(keys)))
                return [found.get(key) for key in keys]

            self._made[name] = DataLoader(load_fn=load, cache=self._kept)
        return self._made[name]
