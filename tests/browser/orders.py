"""Orders for people to work on."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.browser.conftest import World

_CREATE = (
    "mutation($input: OrderCreateInput!) { orderCreate(input: $input) { order { number } userErrors { message } } }"
)
_SHIP = "mutation($i: ShippingOrder{verb}Input!) {{ shippingOrder{verb}(input: $i) {{ userErrors {{ message }} }} }}"
_ORDER = (
    "query($number: String!) { order(number: $number) { id state suspended alerts { kind } totals { total { amount } }"
    " lines { sku quantity returnable } returns { id number state exchangeOrder { number } }"
    " shippingOrders { id number state site { code name } lines { id sku quantity } } } }"
)
_BERLIN = {"name": "Ada Abel", "line1": "Gartenweg 1", "city": "Berlin", "postalCode": "10437", "country": "DE"}
_external_ids = itertools.count(1)


def order(world: World, number: str) -> Any:
    return world.ask(_ORDER, number=number)


async def entered(world: World, quantity: int = 2, token: str = "sandbox_ok") -> str:
    """The number of a new order that waits for a picker."""
    number = _enter(world, "TR-1000", quantity, token=token)
    await _until(world, number, lambda it: any(part["state"] == "WAITING_PICK" for part in it["shippingOrders"]))
    return number


async def shipped(world: World, quantity: int = 2, token: str = "sandbox_ok") -> str:
    """The number of a new order of which everything has left its site."""
    number = await entered(world, quantity, token)
    (part,) = order(world, number)["shippingOrders"]
    units = [{"lineId": line["id"], "quantity": line["quantity"]} for line in part["lines"]]
    for verb, given in (
        ("Pick", {"lines": units}),
        ("Pack", {"packages": [{"lines": units}]}),
        ("Ship", {"carrier": "dhl", "trackingNumbers": [f"TRACK-{number}"]}),
    ):
        payload = world.ask(_SHIP.format(verb=verb), i={"shippingOrderId": part["id"], **given})
        assert payload["userErrors"] == []
    await _until(world, number, lambda it: bool(it["lines"][0]["returnable"]))
    return number


async def declined(world: World) -> str:
    """The number of a shipped order whose card's issuer authorized it, then refuses to pay out."""
    number = await shipped(world, 1, "sandbox_capture_declined")
    await _until(world, number, lambda it: any(one["kind"] == "payment.capture_declined" for one in it["alerts"]))
    return number


async def unapproved(world: World) -> str:
    """The number of a new order so large that a person has to approve it, by a workflow that is now active."""
    (above,) = (one for one in world.ask("{ workflows { id name } }") if one["name"] == "approval above an amount")
    document = "mutation($i: WorkflowIdInput!) { workflowActivate(input: $i) { userErrors { message } } }"
    assert world.ask(document, i={"workflowId": above["id"]})["userErrors"] == []
    number = _enter(world, "TR-1000", 2, price="300.00")
    await _until(world, number, lambda it: it["state"] == "WAITING_APPROVAL")
    return number


async def waiting(world: World, sku: str) -> str:
    """The number of a new order that waits for goods that no site has."""
    number = _enter(world, sku, 2)
    await _until(world, number, lambda it: it["state"] == "WAITING_ALLOCATION")
    return number


def _enter(world: World, sku: str, quantity: int, price: str = "9.90", token: str = "sandbox_ok") -> str:
    total = str(quantity * Decimal(price))
    given = {
        "channel": "shop",
        "externalId": f"BROWSER-{next(_external_ids)}",
        "currency": "EUR",
        "email": "ada@example.com",
        "customer": {"name": "Ada Abel", "email": "ada@example.com"},
        "shippingAddress": _BERLIN,
        "lines": [{"sku": sku, "quantity": quantity, "unitPrice": price}],
        "payments": [{"gateway": "sandbox", "method": "CARD", "amount": total, "token": token}],
    }
    payload = world.ask(_CREATE, input=given)
    assert payload["userErrors"] == []
    return str(payload["order"]["number"])


async def _until(world: World, number: str, holds: Callable[[Any], bool]) -> None:
    end = time.monotonic() + 40
    while not holds(order(world, number)):
        assert time.monotonic() < end, order(world, number)
        await asyncio.sleep(0.1)
