"""Invoices on paper: the same bytes for the same input, whatever people have written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.integrations.documents import Document, invoice_pdf

PLAIN: Document = {
    "kind": "INVOICE",
    "number": "INV-000001",
    "issued_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
    "order_number": "100001",
    "seller": ["Crossdock Demo", "1 Main St", "Reno"],
    "buyer": ["Ann Lee", "2 Elm St", "89501 Reno"],
    "currency": "USD",
    "lines": [{"sku": "A", "name": "Apple", "quantity": 2, "tax": "0.40", "total": "20.40"}],
    "shipping": "5.99",
    "tax": "0.40",
    "total": "26.39",
}


def test_a_pdf_and_always_the_same() -> None:
    first = invoice_pdf(PLAIN)
    assert first.startswith(b"%PDF-")
    assert invoice_pdf(PLAIN) == first
    assert invoice_pdf({**PLAIN, "kind": "CREDIT_NOTE"}) != first


@pytest.mark.parametrize(
    "text",
    [
        "#panic(1)",
        '#read("/etc/passwd")',
        "*bold* _it_ $x$ `raw` <label> @ref \\ // /* #{",
        '"); #panic("',
        "]]]}}})))",
        "\n\n= Heading\n- item",
        "",
        "مرحبا 東京 🎉",
        "x" * 500,
    ],
)
def test_what_people_write_is_text(text: str) -> None:
    line = {**PLAIN["lines"][0], "name": text, "sku": text}
    document: Document = {**PLAIN, "lines": [line], "buyer": [text, text], "seller": [text]}  # type: ignore[list-item]
    assert invoice_pdf(document).startswith(b"%PDF-")


def test_a_long_invoice_has_pages() -> None:
    one = PLAIN["lines"][0]
    assert len(invoice_pdf({**PLAIN, "lines": [one] * 2000})) > 3 * len(invoice_pdf(PLAIN))


def test_without_lines() -> None:
    assert invoice_pdf({**PLAIN, "lines": [], "buyer": [], "seller": []}).startswith(b"%PDF-")
