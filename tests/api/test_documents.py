"""The invoice's PDF is for those who may see its order."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from backend.models.payments import Invoice, InvoiceLine
from backend.rules.vocabulary import InvoiceKind, Role
from backend.schema.common import decode_id
from tests.api.conftest import Api, code_of
from tests.api.test_scope import CREATE, ORDER


@pytest.fixture
async def invoiced(api: Api) -> UUID:
    """An order of the web shop with invoice I-1."""
    made = (await api.do(CREATE, {"input": ORDER}, role=Role.CHANNEL))["orderCreate"]["order"]
    order_id, line_id = decode_id(made["id"], "Order"), decode_id(made["lines"][0]["id"], "OrderLine")
    invoice = await Invoice.create(
        number="I-1", kind=InvoiceKind.INVOICE, order_id=order_id, currency="USD", total=900,
        issued_at=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip
    line = InvoiceLine(
        invoice_id=invoice.id, order_id=order_id, order_line_id=line_id, sku="TEA", name="Tea #[x]", quantity=2, tax=0,
        total=900,
    )  # fmt: skip
    await line.save(force_create=True)
    return order_id


async def get(api: Api, number: str, role: Role | None) -> tuple[int, str, bytes]:
    headers = {"authorization": f"Bearer {api.keys[role]}"} if role else {}
    response = await api.http.get(f"/documents/invoices/{number}", headers=headers)
    return response.status_code, response.headers["content-type"], response.content


async def test_it_is_shown_to_those_who_see_the_order(api: Api, invoiced: UUID) -> None:
    for role in (Role.ADMIN, Role.VIEWER, Role.CHANNEL):
        status, media_type, content = await get(api, "I-1.pdf", role)
        assert (status, media_type, content[:5]) == (200, "application/pdf", b"%PDF-")
    assert await get(api, "I-1.pdf", Role.ADMIN) == await get(api, "I-1", Role.CHANNEL)


async def test_to_others_there_is_none(api: Api, invoiced: UUID) -> None:
    assert (await get(api, "I-1.pdf", None))[0] == 401
    assert (await get(api, "I-1.pdf", Role.STORE_ASSOCIATE))[0] == 404
    for number in ("I-2.pdf", "x" * 300, "%00", "%F0%9F%8F%83", "' OR 1=1", "..%2F..%2Fetc%2Fpasswd"):
        assert (await get(api, number, Role.ADMIN))[0] == 404


async def test_the_answer_of_a_refusal_has_a_code(api: Api) -> None:
    response = await api.http.get("/documents/invoices/I-1.pdf")
    assert code_of(response.json()) == "UNAUTHENTICATED"
