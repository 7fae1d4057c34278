"""Orders for people to work on."""

from __future__ import annotations

import asyncio
import itertools
import time
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
    total = f"{quantity * 9.90:.2f}"
    given = {
        "channel": "shop",
        "externalId": f"BROWSER-{next(_external_ids)}",
        "currency": "EUR",
        "email": "ada@example.com",
        "customer": {"name": "Ada Abel", "email": "ada@example.com"},
        "shippingAddress": _BERLIN,
        "lines": [{"sku": "TR-1000", "quantity": quantity, "unitPrice": "9.90"}],
        "payments": [{"gateway": "sandbox", "method": "CARD", "amount": total, "token": "sandbox_ok"}],
    }
    payload = world.ask(_CREATE, input=given)
    assert payload["userErrors"] == []
    number = payload["order"]["number"]
    end = time.monotonic() + 40
    while not any(part["state"] == "WAITING_PICK" for part in order(world, number)["shippingOrders"]):
        assert time.monotonic() < end, order(world, number)
        await asyncio.sleep(0.1)
    return str(number)
