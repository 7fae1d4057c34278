"""What the search engine knows of an order: one document, made from the tables by one statement for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.models import db
from backend.money import to_decimal

_MAX_NOTES = 4_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SELECT = """
SELECT t.id, t.version, t.number, t.external_id, c.code AS channel, t.channel_id, t.state, t.payment_status,
       t.fulfillment_status, t.suspended, t.email, t.placed_at, t.updated_at, t.promised_at, t.total, t.currency,
       t.shipping_method, t.tags,
       regexp_replace(coalesce(t.phone, t.shipping_address->>'phone', ''), '\\D', '', 'g') AS phone,
       t.shipping_address->>'name' AS ship_name, t.shipping_address->>'line1' AS line1,
       t.shipping_address->>'postalCode' AS postal_code, t.shipping_address->>'city' AS city,
       t.shipping_address->>'country' AS country, u.name AS customer_name,
       l.skus, l.products, l.methods, l.pickup_sites, s.site_ids, s.sites, r.return_site_ids, p.tracking, a.kinds,
       n.notes
  FROM sales_order t
  JOIN channel c ON c.id = t.channel_id
  LEFT JOIN customer u ON u.id = t.customer_id
 CROSS JOIN LATERAL (SELECT array_agg(DISTINCT l.sku) AS skus, array_agg(DISTINCT l.name) AS products,
        array_agg(DISTINCT l.delivery_method::text) AS methods, array_agg(DISTINCT i.code) AS pickup_sites
        FROM order_line l LEFT JOIN inventory_site i ON i.id = l.pickup_site_id WHERE l.order_id = t.id) l
 CROSS JOIN LATERAL (SELECT array_agg(DISTINCT s.site_id::text) AS site_ids, array_agg(DISTINCT i.code) AS sites
        FROM shipping_order s JOIN inventory_site i ON i.id = s.site_id WHERE s.order_id = t.id) s
 CROSS JOIN LATERAL (SELECT array_agg(DISTINCT r.site_id::text) AS return_site_ids
        FROM return_order r WHERE r.order_id = t.id) r
 CROSS JOIN LATERAL (SELECT array_agg(DISTINCT p.tracking_number) AS tracking
        FROM shipment p WHERE p.order_id = t.id) p
 CROSS JOIN LATERAL (SELECT array_agg(DISTINCT a.kind) AS kinds
        FROM alert a WHERE a.order_id = t.id AND a.cleared_at IS NULL) a
 CROSS JOIN LATERAL (SELECT array_agg(n.body) AS notes FROM order_note n WHERE n.order_id = t.id) n
"""


async def documents(ids: Sequence[UUID]) -> list[dict[str, Any]]:
    return [_document(row) for row in await db.fetch(f"{_SELECT} WHERE t.id = ANY($1::uuid[])", ids)]


async def documents_after(after: UUID, limit: int) -> list[dict[str, Any]]:
    """The next ones of all, by id."""
    return [_document(row) for row in await db.fetch(f"{_SELECT} WHERE t.id > $1 ORDER BY t.id LIMIT $2", after, limit)]


def _document(row: db.Row) -> dict[str, Any]:
    names = _some([row["customer_name"], row["ship_name"]])
    address = _some([row["line1"], row["postal_code"], row["city"]])
    products, skus, notes = _some(row["products"]), _some(row["skus"]), _some(row["notes"])
    tracking, tags = _some(row["tracking"]), list(row["tags"])
    keys = _some([row["number"], row["external_id"]])
    texts = [*names, *address, *products, *tags, *notes]
    return {
        **{name: row[name] for name in _AS_THEY_ARE},
        "id": str(row["id"]),
        "channel_id": str(row["channel_id"]),
        "keys": keys,
        "identifiers": _some({*keys, row["email"], row["phone"], *skus, *tracking, *_odd_words(texts)}),
        "names": names,
        "customer_names": names,
        "email": (row["email"] or "").lower() or None,
        "postal_code": (row["postal_code"] or "").replace(" ", "").upper() or None,
        "address": address,
        "skus": skus,
        "products": products,
        "notes": "\n".join(notes)[:_MAX_NOTES],
        "sites": sorted({*_some(row["sites"]), *_some(row["pickup_sites"])}),
        "scope_sites": sorted({*_some(row["site_ids"]), *_some(row["return_site_ids"])}),
        "delivery_methods": _some(row["methods"]),
        "tracking_numbers": tracking,
        "alert_kinds": _some(row["kinds"]),
        "has_alert": bool(row["kinds"]),
        "tags": tags,
        "placed_at": microseconds(row["placed_at"]),
        "updated_at": microseconds(row["updated_at"]),
        "promised_at": microseconds(row["promised_at"]) if row["promised_at"] else None,
        "total": float(to_decimal(row["total"], row["currency"])),
        "total_minor": row["total"],
    }


_AS_THEY_ARE = (
    *("version", "number", "external_id", "channel", "state", "payment_status", "fulfillment_status", "suspended"),
    *("phone", "city", "country", "shipping_method"),
)


def microseconds(time: datetime) -> int:
    """Since 1970; exact in the engine's numbers until the year 2255."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def _some(values: Iterable[str | None] | None) -> list[str]:
    return [value for value in values or () if value]


def _odd_words(texts: Iterable[str]) -> set[str]:
    """Words that are not of letters alone are found like identifiers: by any part of them, and without typos."""
    return {word for text in texts for word in text.split()[:200] if not word.isalpha()}
