"""Many orders of the shape of those that are there: set by set, within the database, quicker than any intake.

They are for reading: lists, searches, facets, pages, queues, figures. Each is a copy of an order that went through the
actions, with a customer, numbers, times, at most four lines and a street of its own, over two years; what is older than
two weeks is closed. Lines and shipping orders are copied along, of the younger ones payments, returns and open alerts
too; stock and the gateways' books are not, so the books do not agree on them.
"""

from __future__ import annotations

import asyncio
from itertools import cycle, islice
from pathlib import Path

from backend.models import db
from backend.reactions import search_rows
from bench.import_trial import KINDS, files
from tests.stack import Stack, at_rest

_ROUND = 50_000
_REST_SECONDS = 1500

_ORIGINALS = "SELECT id FROM sales_order WHERE NOT coalesce(attributes ? 'copy', false) ORDER BY id"
_NAMES = "SELECT DISTINCT name FROM customer WHERE name LIKE '% %' LIMIT 5000"
#: What the copies of a round are copies of, with ids that begin with their time.
_PLAN = """
CREATE TEMP TABLE copied AS
SELECT c.*, c.placed_at < now() - interval '14 days' AS is_over,
       (lpad(to_hex((extract(epoch FROM c.placed_at) * 1000)::bigint), 12, '0')
             || substr(md5(random()::text), 13))::uuid AS id,
       gen_random_uuid() AS customer_id,
       (string_to_array(c.name_of, ' '))[1] || ' ' || initcap((string_to_array(c.other, ' '))[2]) AS name,
       '+1' || (2000000000 + floor(random() * 7999999999))::bigint AS phone
  FROM (SELECT o.id AS old, o.placed_at AS was, now() - random() * interval '730 days' AS placed_at,
               ($2::text[])[1 + floor(random() * cardinality($2))::int] AS name_of,
               ($2::text[])[1 + floor(random() * cardinality($2))::int] AS other, row_number() OVER () AS n
          FROM unnest($1::uuid[]) AS given(id) JOIN sales_order o ON o.id = given.id) c
"""
_COPIES = (
    """
    INSERT INTO customer SELECT r.*
      FROM copied n JOIN sales_order o ON o.id = n.old JOIN customer c ON c.id = o.customer_id,
           LATERAL jsonb_populate_record(NULL::customer, to_jsonb(c) || jsonb_build_object(
        'id', n.customer_id, 'external_id', NULL, 'name', n.name, 'phone', n.phone,
        'email', lower(replace(n.name, ' ', '.')) || n.n || '@example.com')) r
    """,
    """
    INSERT INTO sales_order SELECT r.*
      FROM copied n JOIN sales_order o ON o.id = n.old LEFT JOIN customer c ON c.id = n.customer_id,
           LATERAL jsonb_populate_record(NULL::sales_order, to_jsonb(o) || jsonb_build_object(
        'id', n.id, 'number', nextval('order_number'), 'phone', n.phone, 'email', lower(replace(n.name, ' ', '.'))
            || n.n || '@example.com', 'customer_id', c.id,
        'external_id', CASE WHEN o.external_id IS NOT NULL THEN upper(substr(md5(n.id::text), 1, 10)) END,
        'placed_at', n.placed_at, 'created_at', n.placed_at, 'state_since', n.placed_at + (o.state_since - n.was),
        'updated_at', n.placed_at + random() * interval '5 days',
        'state', CASE WHEN n.is_over AND o.state <> 'CANCELLED' THEN 'CLOSED' ELSE o.state END,
        'closed_at', CASE WHEN n.is_over OR o.closed_at IS NOT NULL THEN n.placed_at + interval '5 days' END,
        'suspended', o.suspended AND NOT n.is_over,
        'promised_at', n.placed_at + (o.promised_at - n.was), 'exchange_for_id', NULL,
        'shipping_address', o.shipping_address || jsonb_build_object('name', n.name, 'line1',
            floor(random() * 9999)::int || ' ' || substr(o.shipping_address ->> 'line1', 5)),
        'attributes', coalesce(o.attributes, '{}') || '{"copy": true}')) r
    """,
    """
    INSERT INTO order_key (scope, value, order_id)
    SELECT k.scope, k.value, o.id FROM copied n JOIN sales_order o ON o.id = n.id CROSS JOIN LATERAL
           (VALUES ('number', o.number), ('channel:' || o.channel_id, o.external_id)) AS k(scope, value)
     WHERE k.value IS NOT NULL
    """,
    """
    INSERT INTO order_line SELECT r.*
      FROM copied n JOIN order_line l ON l.order_id = n.old AND l.position <= 4,
           LATERAL jsonb_populate_record(l, jsonb_build_object(
        'id', md5(l.id::text || n.id)::uuid, 'order_id', n.id)) r
    """,
    """
    INSERT INTO shipping_order SELECT r.*
      FROM copied n JOIN shipping_order s ON s.order_id = n.old,
           LATERAL jsonb_populate_record(s, jsonb_build_object(
        'id', md5(s.id::text || n.id)::uuid, 'order_id', n.id, 'number', substr(md5(random()::text), 1, 12),
        'decision_id', NULL,
        'state', CASE WHEN n.is_over THEN 'SHIPPED' ELSE s.state END,
        'fulfilled_at', CASE WHEN n.is_over THEN n.placed_at + interval '2 days' ELSE s.fulfilled_at END)) r
    """,
    """
    INSERT INTO shipping_order_line SELECT r.*
      FROM copied n JOIN shipping_order_line p ON p.order_id = n.old
      JOIN order_line l ON l.id = p.order_line_id AND l.position <= 4,
           LATERAL jsonb_populate_record(p, jsonb_build_object(
        'id', gen_random_uuid(), 'order_id', n.id, 'order_line_id', md5(l.id::text || n.id)::uuid,
        'shipping_order_id', md5(p.shipping_order_id::text || n.id)::uuid)) r
    """,
    """
    INSERT INTO payment SELECT r.*
      FROM copied n JOIN payment p ON p.order_id = n.old,
           LATERAL jsonb_populate_record(p, jsonb_build_object(
        'id', gen_random_uuid(), 'order_id', n.id, 'created_at', n.placed_at)) r
     WHERE NOT n.is_over
    """,
    """
    INSERT INTO return_order SELECT r.*
      FROM copied n JOIN return_order b ON b.order_id = n.old,
           LATERAL jsonb_populate_record(b, jsonb_build_object(
        'id', gen_random_uuid(), 'order_id', n.id, 'number', substr(md5(random()::text), 1, 12),
        'exchange_order_id', NULL)) r
     WHERE NOT n.is_over
    """,
    """
    INSERT INTO alert SELECT r.*
      FROM copied n JOIN alert a ON a.order_id = n.old AND a.cleared_at IS NULL AND a.shipping_order_id IS NULL,
           LATERAL jsonb_populate_record(a, jsonb_build_object(
        'id', gen_random_uuid(), 'order_id', n.id, 'shipping_order_id', NULL, 'key', a.kind || ':' || n.id)) r
     WHERE NOT n.is_over
    """,
)


async def bring_in(stack: Stack, folder: Path) -> None:
    """The files of a folder through `crossdock import` and a worker, until it rests. The pool (db.connect) is open."""
    given = files(folder)
    for kind in KINDS:
        await asyncio.to_thread(stack.run, "import", kind, str(given[kind]))
    worker = stack.worker()
    await at_rest(_REST_SECONDS)
    worker.stop()


async def make_searchable() -> None:
    """As a worker would in time."""
    await search_rows.fill()
    await db.execute("VACUUM ANALYZE")


async def multiply(wanted: int) -> int:
    """Until there are so many orders; how many there are then. The pool (db.connect) is open."""
    have = int(await db.fetchval("SELECT count(*) FROM sales_order"))
    originals = [row["id"] for row in await db.fetch(_ORIGINALS)]
    names = [row["name"] for row in await db.fetch(_NAMES)]
    while have < wanted:
        size = min(_ROUND, wanted - have)
        async with db.transaction() as tx:
            await tx.execute(_PLAN, list(islice(cycle(originals), size)), names)
            await tx.execute("ANALYZE copied")
            for statement in _COPIES:
                await tx.execute(statement)
            await tx.execute("DROP TABLE copied")
        have += size
    await db.execute("ANALYZE")
    return have
