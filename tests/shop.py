"""A small shop on a real stack: its channel, sites, stock and keys, and clients that call its servers over HTTP."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.inventory import sites
from backend.actions.inventory.adjust import AdjustInventory, adjust
from backend.actions.inventory.sites import SiteCommand
from backend.actions.inventory.stock import StockChange
from backend.actions.people import api_keys
from backend.actions.people.api_keys import ApiKeyCommand
from backend.actions.workflows.install import install_ready
from backend.rules.order_input import Address
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, MovementReason, Role, SiteCapability, SiteKind

RENO = {"line1": "1 Main St", "city": "Reno", "subdivision": "US-NV", "postalCode": "89501", "country": "US"}
ORDER_CREATE = (
    "mutation($input: OrderCreateInput!) { orderCreate(input: $input)"
    " { order { id number state } duplicate userErrors { code message path } } }"
)
_RETRIES = 60


async def open_shop(stock: Mapping[str, Mapping[str, int]]) -> str:
    """Sites with their stock by SKU, the channel `web`, and an administrator's key, on the connected database."""
    await install_ready()
    await channels.create(SYSTEM, ChannelCommand("web", "Web shop", ChannelKind.WEB, "USD"))
    for code in stock:
        address = Address(line1="1 Dock Rd", city="Reno", country="US", latitude=39.53, longitude=-119.81)
        ways = [SiteCapability.SHIP, SiteCapability.PICKUP, SiteCapability.RETURNS]
        await sites.create(SYSTEM, SiteCommand(code, code, SiteKind.WAREHOUSE, address, "America/Los_Angeles", ways))
    changes = [StockChange(code, sku, units) for code, held in stock.items() for sku, units in held.items()]
    await adjust(SYSTEM, AdjustInventory(MovementReason.RECEIPT, changes))
    return (await api_keys.create(SYSTEM, ApiKeyCommand("test", Role.ADMIN))).secret


def order_of(*lines: tuple[str, int], external_id: str | None = None, token: str = "sandbox_ok") -> dict[str, Any]:
    """An OrderCreateInput: these units at 10.00 each, shipped to Reno, on one card."""
    total = sum(quantity for _, quantity in lines) * 10
    return {
        "channel": "web",
        "externalId": external_id,
        "currency": "USD",
        "email": "ann@example.com",
        "shippingAddress": RENO,
        "lines": [{"sku": sku, "quantity": quantity, "unitPrice": "10.00"} for sku, quantity in lines],
        "payments": [{"gateway": "sandbox", "method": "CARD", "amount": f"{total}.00", "token": token}],
    }


@dataclass
class Clients:
    """Calls go to one server after the other. What goes wrong in between is tried again, with the same key."""

    urls: Sequence[str]
    key: str
    http: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(
            timeout=30, limits=httpx.Limits(max_connections=None, max_keepalive_connections=None)
        )
    )
    calls: int = 0
    retries: int = 0
    #: Answers of a server that did not know what had happened to it.
    faults: list[str] = field(default_factory=list)

    async def do(self, document: str, given: Mapping[str, Any], key: str | None = None) -> dict[str, Any]:
        """The payload of the one mutation; its userErrors may hold something. `AssertionError` on any other error.

        Without a key it is sent once; with one, until it is answered.
        """
        for attempt in range(_RETRIES if key else 1):
            self.calls += 1
            url = self.urls[self.calls % len(self.urls)]
            try:
                return await self._send(url, document, given, key)
            except (httpx.TransportError, _Busy):
                if key is None or attempt == _RETRIES - 1:
                    raise
            self.retries += 1
            await asyncio.sleep(random.uniform(0.05, 0.3))
        raise AssertionError("unreachable")

    async def _send(self, url: str, document: str, given: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.key}"} | ({"idempotency-key": key} if key else {})
        body = {"query": document, "variables": {"input": given}}
        response = await self.http.post(f"{url}/graphql", json=body, headers=headers)
        if response.status_code == 503:
            raise _Busy(response.text)
        if response.status_code >= 500:
            self.faults.append(response.text)
            raise _Busy(response.text)
        answer = response.json()
        if "errors" in answer:
            if answer["errors"][0]["extensions"]["code"] == "INTERNAL":
                self.faults.append(response.text)
                raise _Busy(response.text)
            raise AssertionError(answer)
        (payload,) = answer["data"].values()
        if key and [error["code"] for error in payload["userErrors"]] == ["CONFLICT"]:
            raise _Busy(response.text)
        return dict(payload)


class _Busy(Exception):
    """The server is going down, has lost its database, or is still at it."""
