"""Rows become the commands that the API would make; what is wrong is told with its path."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from backend.actions.catalog.products import ProductCommand
from backend.actions.imports.shapes import Shape
from backend.actions.inventory.sites import SiteCommand
from backend.actions.inventory.stock import StockChange
from backend.errors import Refused
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, CustomerCommand, LineCommand
from backend.rules.vocabulary import DeliveryMethod, FileForm, LineKind, PaymentMethodKind, SiteCapability

_ORDERS = Shape(CreateOrder)


def _row(**more: Any) -> bytes:
    line = {"sku": "A", "quantity": 2, "unitPrice": "1.50"}
    return json.dumps({"channel": "web", "currency": "USD", "lines": [line]} | more).encode()


def test_a_whole_order() -> None:
    row = _row(
        externalId="W-1",
        placedAt="2026-05-01T14:00:00+02:00",
        customer={"externalId": "C-1", "name": "Ada"},
        shippingAddress={"line1": "1 Way", "city": "Reno", "country": "US", "postalCode": "89506", "latitude": 39.5},
        lines=[
            {"sku": "A", "quantity": 2, "unitPrice": "1.50", "discount": "0.10", "attributes": {"size": 4.5}},
            {"sku": "B", "quantity": 1, "unitPrice": 3, "kind": "SERVICE"},
            {"sku": "C", "quantity": 1, "unitPrice": "3", "deliveryMethod": "PICKUP", "pickupSite": "ST"},
        ],
        payments=[{"gateway": "sandbox", "method": "CARD", "amount": "9.00", "token": "sandbox_ok"}],
        tags=["a"],
    )
    assert _ORDERS.read(row) == CreateOrder(
        channel="web",
        currency="USD",
        external_id="W-1",
        placed_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
        customer=CustomerCommand("Ada", external_id="C-1"),
        shipping_address=Address("1 Way", "Reno", "US", postal_code="89506", latitude=39.5),
        lines=[
            LineCommand("A", 2, Decimal("1.50"), discount=Decimal("0.10"), attributes={"size": 4.5}),
            LineCommand("B", 1, Decimal(3), kind=LineKind.SERVICE),
            LineCommand("C", 1, Decimal(3), delivery_method=DeliveryMethod.PICKUP, pickup_site="ST"),
        ],
        payments=[PaymentCommand("sandbox", PaymentMethodKind.CARD, Decimal("9.00"), token="sandbox_ok")],
        tags=["a"],
    )


@pytest.mark.parametrize(
    ("row", "path"),
    [
        (b"nonsense", ()),
        (b"[]", ()),
        (b'{"channel": "\xff"}', ()),
        (_row(unknown=1), ("unknown",)),
        (_row(external_id="W-1"), ("external_id",)),
        (_row(channel=7), ("channel",)),
        (_row(channel=None), ("channel",)),
        (_row(draft="yes"), ("draft",)),
        (_row(priority="1"), ("priority",)),
        (_row(placedAt="2026-05-01T12:00:00"), ("placedAt",)),
        (_row(placedAt="May"), ("placedAt",)),
        (_row(shipping=4.9), ("shipping",)),
        (_row(shipping="NaN"), ("shipping",)),
        (_row(shipping="1e5"), ("shipping",)),
        (_row(shipping=True), ("shipping",)),
        (_row(lines=[{"sku": "A", "quantity": 1.5, "unitPrice": "1"}]), ("lines", "0", "quantity")),
        (_row(lines=[{"sku": "A", "quantity": "1", "unitPrice": "1"}]), ("lines", "0", "quantity")),
        (_row(lines=[{"sku": "A", "quantity": 1}]), ("lines", "0", "unitPrice")),
        (_row(lines=[{"sku": "A", "quantity": 1, "unitPrice": "1", "kind": "BOAT"}]), ("lines", "0", "kind")),
        (_row(customer={"name": "Ada", "e-mail": "x"}), ("customer", "e-mail")),
    ],
)
def test_what_is_wrong(row: bytes, path: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refusal:
        _ORDERS.read(row)
    assert [problem.path for problem in refusal.value.problems] == [path]


def test_all_of_it_is_told_at_once() -> None:
    with pytest.raises(Refused) as refusal:
        _ORDERS.read(b'{"channel": 1, "lines": [{}]}')
    assert {".".join(problem.path) for problem in refusal.value.problems} == {
        *("channel", "currency", "lines.0.sku", "lines.0.quantity", "lines.0.unitPrice"),
    }


def test_rows_of_csv_are_text() -> None:
    counts, products, sites = (Shape(kind, FileForm.CSV) for kind in (StockChange, ProductCommand, SiteCommand))
    assert counts.read(b'{"site": "S1", "sku": "0012", "quantity": "-3"}') == StockChange("S1", "0012", -3)
    row = b'{"sku": "A", "name": "Tea", "weightGrams": "250", "barcodes": "111 | 222"}'
    assert products.read(row) == ProductCommand("A", "Tea", barcodes=["111", "222"], weight_grams=250)
    address = {"line1": "1 Way", "city": "Reno", "country": "US", "latitude": "39.5"}
    given = {"code": "S1", "name": "One", "kind": "STORE", "timezone": "UTC", "capabilities": "SHIP|PICKUP"}
    site = sites.read(json.dumps(given | {"address": address}).encode())
    assert (site.address.latitude, site.capabilities) == (39.5, [SiteCapability.SHIP, SiteCapability.PICKUP])
    with pytest.raises(Refused) as refusal:
        counts.read(b'{"site": "S1", "sku": "A", "quantity": "three"}')
    assert [problem.path for problem in refusal.value.problems] == [("quantity",)]
