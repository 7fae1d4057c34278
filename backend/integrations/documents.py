"""Invoices and credit notes on paper: typst, with the fonts that it brings along. A pure function of its input.

What people wrote reaches the document as data, never as markup, so no name can break or run anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

import typst

MEDIA_TYPE = "application/pdf"


class DocumentLine(TypedDict):
    """Amounts as people read them: "9.41"."""

    sku: str
    name: str
    quantity: int
    tax: str
    total: str


class Document(TypedDict):
    """`kind` is INVOICE or CREDIT_NOTE; addresses are lists of lines; amounts are in `currency`."""

    kind: str
    number: str
    issued_at: datetime
    order_number: str
    seller: list[str]
    buyer: list[str]
    currency: str
    lines: list[DocumentLine]
    shipping: str
    tax: str
    total: str


_TEMPLATE = """
#let it = json(bytes(sys.inputs.document))
#set document(title: it.title + " " + it.number, date: none)
#set page(paper: "a4", margin: (x: 2cm, y: 2.2cm), footer: context align(right, text(8pt, fill: luma(90))[
  #it.number #h(1em) #counter(page).display() / #counter(page).final().first()
]))
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), size: 10pt)
#grid(columns: (1fr, auto),
  stack(spacing: 5pt, ..it.seller.map(line => text(line))),
  align(right, stack(spacing: 6pt, text(18pt, weight: "bold", it.title), text(12pt, it.number))))
#v(1.2cm)
#grid(columns: (1fr, auto),
  stack(spacing: 5pt, ..it.buyer.map(line => text(line))),
  grid(columns: 2, column-gutter: 1em, row-gutter: 5pt,
    [Date], align(right, text(it.date)), [Order], align(right, text(it.order_number))))
#v(1cm)
#table(columns: (auto, 1fr, auto, auto, auto), stroke: none, inset: (x: 4pt, y: 5pt),
  align: (left, left, right, right, right),
  table.header(table.hline(), [*SKU*], [*Description*], [*Quantity*], [*Tax*], [*Amount*], table.hline(stroke: 0.5pt)),
  ..it.lines.map(line => (text(line.sku), text(line.name), str(line.quantity), line.tax, line.total)).flatten(),
  table.hline(stroke: 0.5pt))
#align(right, block(breakable: false, grid(columns: 2, column-gutter: 2em, row-gutter: 6pt, align: right,
  [Shipping], text(it.shipping), [Tax], text(it.tax),
  text(weight: "bold", "Total " + it.currency), text(weight: "bold", it.total))))
"""
_TITLES = {"INVOICE": "Invoice", "CREDIT_NOTE": "Credit note"}


def invoice_pdf(document: Document) -> bytes:
    """The PDF; the same input gives the same bytes."""
    issued_at = document["issued_at"]
    shown: Mapping[str, Any] = {
        **document,
        "issued_at": None,
        "title": _TITLES[document["kind"]],
        "date": issued_at.date().isoformat(),
    }
    compiler = typst.Compiler(
        _TEMPLATE.encode(), ignore_system_fonts=True, sys_inputs={"document": json.dumps(shown, default=str)}
    )
    pdf = compiler.compile(format="pdf", timestamp=int(issued_at.timestamp()))
    assert isinstance(pdf, bytes)
    return pdf
