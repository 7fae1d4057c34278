"""Orders for people to work on."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from tests.browser.conftest import World

_CREATE = (
    "mutation($input: OrderCreateInput!) { orderCreate(input: $input) { order { number } userErrors { message } } }"
)
_ORDER = (
    "query($number: String!) { order(number: $number) { id state suspended totals { total { amount } }"
    " lines { sku quantity } returns { id number state }"
    " shippingOrders { number state site { code name } lines { sku quantity } } } }"
)
_BERLIN = {"name": "Ada Abel", "line1": "Gartenweg 1", "city": "Berlin", "postalCode": "10437", "country": "DE"}
_external_ids = itertools.count(1)


def order(world: World, number: str) -> Any:
    return world.ask(_ORDER, number=number)


async def entered(world: World, quantity: int = 2) -> str:
    """The number of a new order that waits for a picker."""
    number = _enter(world, "TR-1000", quantity)
    await _until(world, number, lambda it: any(part["state"] == "WAITING_PICK" for part in it["shippingOrders"]))
    return number


async def waiting(world: World, sku: str) -> str:
    """The number of a new order that waits for goods that no site has."""
    number = _enter(world, sku, 2)
    await _until(world, number, lambda it: it["state"] == "WAITING_ALLOCATION")
    return number


def _enter(world: World, sku: str, quantity: int) -> str:
    total = f"{quantity * 9.90:.2f}"
    given = {
        "channel": "shop",
        "externalId": f"BROWSER-{next(_external_ids)}",
        "currency": "EUR",
        "email": "ada@example.com",
        "customer": {"name": "Ada Abel", "email": "ada@example.com"},
        "shippingAddress": _BERLIN,
        "lines": [{"sku": sku, "quantity": quantity, "unitPrice": "9.90"}],
        "payments": [{"gateway": "sandbox", "method": "CARD", "amount": total, "token": "sandbox_ok"}],
    }
    payload = world.ask(_CREATE, input=given)
    assert payload["userErrors"] == []
    return str(payload["order"]["number"])


async def _until(world: World, number: str, holds: Callable[[Any], bool]) -> None:
    end = time.monotonic() + 40
    while not holds(order(world, number)):
        assert time.monotonic() < end, order(world, number)
        await asyncio.sleep(0.1)
