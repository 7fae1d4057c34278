"""`crossdock dev` as a process: from nothing to a closed order, and down to the last process on SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.integrations.postgres import EmbeddedPostgres

pytestmark = pytest.mark.alone

_CREATE = """
mutation ($input: OrderCreateInput!) {
  orderCreate(input: $input) { duplicate order { id number } userErrors { code message path } }
}"""
_ORDER = """
query ($id: ID!) {
  order(id: $id) {
    state paymentStatus fulfillmentStatus totals { total { amount } captured { amount } }
    waitingFor { step reason }
    shippingOrders { id state lines { id quantity } }
    invoices { number total { amount } }
  }
}"""
_DO = "mutation ($input: %s!) { %s(input: $input) { userErrors { code message path } } }"
_ADDRESS = {"name": "Ada Abel", "line1": "Gartenweg 1", "city": "Berlin", "postalCode": "10437", "country": "DE"}
_INPUT = {
    "channel": "shop",
    "externalId": "FIRST",
    "currency": "EUR",
    "customer": {"name": "Ada Abel", "email": "ada@example.com"},
    "email": "ada@example.com",
    "shippingAddress": _ADDRESS,
    "lines": [{"sku": "TR-1000", "quantity": 2, "unitPrice": "9.90"}],
    "shipping": "4.90",
    "payments": [{"gateway": "sandbox", "method": "CARD", "amount": "24.70", "token": "sandbox_ok"}],
}


class Dev:
    """The running process, what it wrote to demo.json, and a client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = time.monotonic()
        folder.parent.mkdir(parents=True)
        self.log = folder.parent / "dev.log"
        with self.log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "dev", "--port", "0"],
                env={**os.environ, "CROSSDOCK_DATA_DIR": str(folder)},
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def access(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
        return known

    def ask(self, key: str, query: str, variables: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.access["graphql"],
            json.dumps({"query": query, "variables": variables}).encode(),
            {"content-type": "application/json", "authorization": f"Bearer {key}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = json.load(answer)
        assert "errors" not in body, body
        return next(iter(body["data"].values()))

    def do(self, key: str, name: str, kind: str, **given: Any) -> None:
        assert self.ask(key, _DO % (kind, name), {"input": given})["userErrors"] == []

    def until(self, what: Callable[[], bool], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def answers(self) -> bool:
        if not (self.folder / "demo.json").exists():
            return False
        try:
            with urllib.request.urlopen(self.access["url"] + "/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture
def dev(open_dir: Path) -> Iterator[Dev]:
    running = Dev(open_dir / "dev" / "data")
    running.until(running.answers)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()
    EmbeddedPostgres(running.folder).stop()


@pytest.mark.slow
def test_from_nothing_to_a_closed_order(dev: Dev) -> None:
    assert stat.S_IMODE((dev.folder / "demo.json").stat().st_mode) == 0o600
    access = dev.access
    assert set(access["apiKeys"]) >= {"ADMIN", "MANAGER", "CUSTOMER_SERVICE", "FULFILLMENT", "STORE_ASSOCIATE"}
    assert set(access["channelKeys"]) == {"shop", "app", "phone", "tills", "wholesale"}
    assert access["admin"]["password"] in dev.log.read_text()

    shop, clerk = access["channelKeys"]["shop"], access["apiKeys"]["MANAGER"]
    made = dev.ask(shop, _CREATE, {"input": _INPUT})
    assert (made["userErrors"], made["duplicate"]) == ([], False)
    order_id = made["order"]["id"]
    assert dev.ask(shop, _CREATE, {"input": _INPUT})["duplicate"] is True

    def order() -> Any:
        return dev.ask(clerk, _ORDER, {"id": order_id})

    def waits_for() -> tuple[str, list[str]]:
        """State and reasons of one and the same answer: between two steps an order waits for nothing."""
        seen = order()
        return seen["state"], [wait["reason"] for wait in seen["waitingFor"]]

    dev.until(lambda: waits_for() == ("WAITING_FULFILLMENT", ["PICK"]))
    (part,) = order()["shippingOrders"]
    lines = [{"lineId": line["id"], "quantity": line["quantity"]} for line in part["lines"]]
    assert [line["quantity"] for line in lines] == [2]
    given = {"shippingOrderId": part["id"]}
    dev.do(clerk, "shippingOrderPick", "ShippingOrderPickInput", **given, lines=lines)
    dev.do(clerk, "shippingOrderPack", "ShippingOrderPackInput", **given, packages=[{"lines": lines}])
    dev.do(clerk, "shippingOrderShip", "ShippingOrderShipInput", **given, carrier="dhl", trackingNumbers=["JD1"])
    dev.until(lambda: order()["state"] == "CLOSED")
    closed = order()
    assert (closed["paymentStatus"], closed["fulfillmentStatus"]) == ("CAPTURED", "FULFILLED")
    assert closed["totals"] == {"total": {"amount": "24.70"}, "captured": {"amount": "24.70"}}
    assert [invoice["total"]["amount"] for invoice in closed["invoices"]] == ["24.70"]

    server = EmbeddedPostgres(dev.folder)
    assert server.server_pid() is not None
    assert dev.stop() == 0, dev.log.read_text()
    assert server.server_pid() is None
    assert "Traceback" not in dev.log.read_text()


@pytest.mark.slow
def test_it_is_told_to_stop_while_it_begins(open_dir: Path) -> None:
    starting = Dev(open_dir / "dev-stopped" / "data")
    starting.until(lambda: "demo world" in starting.log.read_text())
    assert starting.stop() == 0, starting.log.read_text()
    assert EmbeddedPostgres(starting.folder).server_pid() is None
