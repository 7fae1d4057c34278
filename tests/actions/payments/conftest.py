from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from backend.integrations import gateways
from tests.actions.money import ShakyGateway


@pytest.fixture
def shaky() -> Iterator[Callable[..., ShakyGateway]]:
    """Registers a gateway `shaky` for this test."""
    known = dict(gateways._registry())

    def make(**how: int | bool) -> ShakyGateway:
        gateway = ShakyGateway(**how)  # type: ignore[arg-type]
        gateways.register(gateway)
        return gateway

    yield make
    gateways._registry().clear()
    gateways._registry().update(known)
