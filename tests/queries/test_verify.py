"""Each invariant finds the fault that it is for, and no other does; a healthy world has none."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pytest

from backend.models.db import transaction
from backend.queries.queues import FOLLOWER
from backend.queries.verify import INVARIANTS, MOVING, SHOWN, Finding, findings, verify
from backend.reactions.fold_dashboard import FILL
from backend.reactions.fold_figures import FOLDS

_CLOSED = "(SELECT id FROM sales_order WHERE external_id = 'GIVEN-BACK')"
_CASH = "(SELECT id FROM sales_order WHERE external_id = 'PAID-IN-CASH')"
_CANCELLED = "(SELECT id FROM sales_order WHERE state = 'CANCELLED' ORDER BY number LIMIT 1)"
_HELD = "(SELECT id FROM sales_order WHERE external_id = 'HELD')"
_CANCELLED_LINE = (
    f"(SELECT id FROM order_line WHERE order_id = {_CANCELLED} AND kind = 'PHYSICAL' ORDER BY position LIMIT 1)"
)
_ANY_LEVEL = "(SELECT id FROM inventory_level WHERE on_hand > allocated + reserved ORDER BY id LIMIT 1)"
_MORE_CASH = f"""
INSERT INTO payment_transaction
       (id, order_id, payment_id, kind, state, amount, at, settled_at, attempts, purpose, actor)
SELECT gen_random_uuid(), order_id, id, 'CAPTURE', 'SUCCEEDED', 1, now(), now(), 1, 'SALE', 'a thief'
  FROM payment WHERE order_id = {_CASH}"""
_JOB = """
INSERT INTO pgqueuer (priority, status, entrypoint, payload, updated, execute_after)
VALUES (0, '{status}', 'fill_backorders', '{{}}', now() - interval '1 hour', now() - interval '1 hour')"""
_ASKED = """
INSERT INTO job (id, kind, state, given, done, total, failed, requested_by, created_at, finished_at)
VALUES (gen_random_uuid(), 'ordersBulk', '{state}', '{{}}', {done}, {done}, 0, 'system', now(), {finished})"""
_RECURRING = """
INSERT INTO recurring_order (id, number, channel_id, state, version, template, schedule, timezone, start_at, failures,
                             created_at, created_by)
SELECT gen_random_uuid(), 'R1', id, 'PAUSED', 1, '{}', 'FREQ=DAILY', 'UTC', now(), 0, now(), 'system'
  FROM channel LIMIT 1"""

#: The dashboard's follower has read the whole log.
_ALL = "(SELECT array_agg(id) FROM sales_order)::uuid[]"
_FOLDED = [
    FILL,
    *(statement.replace("$1::uuid[]", _ALL) for statement in FOLDS),
    f"INSERT INTO follower_position SELECT '{FOLLOWER}', max(xid) + 1, 0, now() FROM event",
]

#: Invariant → how it is broken, and nothing else.
FAULTS: dict[str, Sequence[str]] = {
    "order.sums": [f"UPDATE sales_order SET subtotal = subtotal + 1, total = total + 1 WHERE id = {_CLOSED}"],
    "line.total": [f"UPDATE order_line SET total = total + 1 WHERE order_id = {_CLOSED}"],
    "order.state": [f"UPDATE sales_order SET state = 'WAITING_APPROVAL' WHERE id = {_HELD}"],
    "order.end_recorded": [
        f"UPDATE event SET kind = 'order.noted' WHERE kind = 'order.filed' AND order_id = {_CLOSED}"
    ],
    "order.entry_recorded": [f"UPDATE event SET kind = 'order.noted' WHERE sequence = 1 AND order_id = {_CLOSED}"],
    "line.allocated": [
        "ALTER TABLE order_line DROP CONSTRAINT ck_order_line_units",
        f"UPDATE order_line SET allocated = allocated + 1 WHERE id = {_CANCELLED_LINE}",
    ],
    "line.picked": [
        "ALTER TABLE order_line DROP CONSTRAINT ck_order_line_picked",
        f"UPDATE order_line SET picked = picked + 1 WHERE id = {_CANCELLED_LINE}",
    ],
    "line.fulfilled": [
        "ALTER TABLE order_line DROP CONSTRAINT ck_order_line_units",
        f"UPDATE order_line SET fulfilled = fulfilled + 1 WHERE id = {_CANCELLED_LINE}",
    ],
    "line.returned": [f"UPDATE order_line SET returned = returned + 1 WHERE order_id = {_CLOSED}"],
    "return.received": ["UPDATE return_receipt SET quantity = quantity + 1"],
    "order.suspended": [f"UPDATE sales_order SET suspended = true WHERE id = {_CLOSED}"],
    "webhook.answered": [
        """
WITH w AS (INSERT INTO webhook (id, url, topics, active, secret, created_at)
    VALUES (gen_random_uuid(), 'https://example.com', '{*}', true, 's', now()) RETURNING id)
INSERT INTO webhook_delivery (id, webhook_id, event_id, event_xid, topic, state, attempts, next_at, created_at,
                              claimed_at)
SELECT gen_random_uuid(), id, 1, 1, 'order.created', 'SENDING', 1, now(), now(), now() - interval '2 hours' FROM w"""
    ],
    "digest.answered": [
        """
WITH d AS (INSERT INTO alert_digest (id, user_id, way, pace, hour, timezone, severity_from)
    VALUES (gen_random_uuid(), gen_random_uuid(), 'MAIL', 'OFF', 8, 'UTC', 'INFO') RETURNING id)
INSERT INTO alert_digest_sending (id, digest_id, due_at, upto, contents, state, attempts, next_at, claimed_at)
SELECT gen_random_uuid(), id, now(), now(), '{}', 'SENDING', 1, now(), now() - interval '2 hours' FROM d"""
    ],
    "alert.holds": [
        f"""
INSERT INTO alert (id, kind, severity, message, key, raised_at, order_id)
VALUES (gen_random_uuid(), 'fire', 'CRITICAL', 'It burns.', 'fire', now(), {_HELD})"""
    ],
    "order.keys": [f"UPDATE order_key SET value = 'ANOTHER' WHERE scope <> 'number' AND order_id = {_CLOSED}"],
    "recurring.orders": [
        _RECURRING,
        f"UPDATE sales_order SET recurring_order_id = (SELECT id FROM recurring_order) WHERE id = {_CLOSED}",
    ],
    "exchange.links": ["UPDATE return_order SET exchange_order_id = NULL"],
    "level.on_hand": [f"UPDATE inventory_level SET on_hand = on_hand + 1 WHERE id = {_ANY_LEVEL}"],
    "level.allocated": [f"UPDATE inventory_level SET allocated = allocated + 1 WHERE id = {_ANY_LEVEL}"],
    "level.reserved": [f"UPDATE inventory_level SET reserved = reserved + 1 WHERE id = {_ANY_LEVEL}"],
    "level.fenced": [f"UPDATE inventory_level SET fenced = fenced + 1 WHERE id = {_ANY_LEVEL}"],
    "level.not_oversold": [
        "ALTER TABLE inventory_level DROP CONSTRAINT ck_inventory_level_not_oversold",
        f"""
WITH made AS (
    INSERT INTO reservation (id, reference, channel_id, created_at, expires_at)
    SELECT gen_random_uuid(), 'cart', id, now(), now() FROM channel LIMIT 1 RETURNING id
)
INSERT INTO reservation_line (id, reservation_id, position, site_id, sku, quantity)
SELECT gen_random_uuid(), made.id, 1, l.site_id, l.sku, l.on_hand + 1
  FROM made, inventory_level l WHERE l.id = {_ANY_LEVEL}""",
        f"UPDATE inventory_level SET reserved = on_hand + 1 WHERE id = {_ANY_LEVEL}",
    ],
    "shipment.units": [f"UPDATE shipment_line SET quantity = quantity + 1 WHERE order_id = {_CLOSED}"],
    "receipt.open": [
        """
INSERT INTO expected_receipt (id, reference, site_id, expected_on, state, version, created_at)
SELECT gen_random_uuid(), 'PO-1', id, now(), 'EXPECTED', 1, now() FROM inventory_site LIMIT 1"""
    ],
    "payment.sums": [_MORE_CASH],
    "payment.bounds": [
        "ALTER TABLE payment DROP CONSTRAINT ck_payment_captured",
        "ALTER TABLE sales_order DROP CONSTRAINT ck_sales_order_captured",
        _MORE_CASH,
        f"UPDATE payment SET captured = captured + 1 WHERE order_id = {_CASH}",
        f"UPDATE sales_order SET captured = captured + 1 WHERE id = {_CASH}",
    ],
    "order.tendered": [f"UPDATE sales_order SET authorized = authorized + 1 WHERE id = {_CLOSED}"],
    "gateway.has_ours": [
        f"""
UPDATE sandbox_entry SET amount = amount + 1
 WHERE key = (SELECT id::text FROM payment_transaction WHERE order_id = {_CLOSED} AND kind = 'CAPTURE')"""
    ],
    "gateway.is_known": [
        """
INSERT INTO sandbox_entry (key, kind, reference, amount, currency, approved, at)
VALUES (gen_random_uuid()::text, 'CAPTURE', 'sandbox_x', 100, 'EUR', true, now())"""
    ],
    "invoice.gapless": ["UPDATE number_series SET value = value + 1 WHERE name = 'CREDIT_NOTE'"],
    "invoice.total": [f"UPDATE invoice SET total = total + 1 WHERE order_id = {_CLOSED} AND kind = 'INVOICE'"],
    "line.invoiced": [f"UPDATE order_line SET invoiced = invoiced - 1 WHERE order_id = {_CLOSED}"],
    "invoice.shipping": [f"UPDATE sales_order SET shipping_invoiced = false WHERE id = {_CLOSED}"],
    "return.refunded": [f"UPDATE return_order SET refunded = refunded - 1 WHERE order_id = {_CLOSED}"],
    "return.due": [f"UPDATE return_order SET refund_due = refund_due + 1 WHERE order_id = {_CLOSED}"],
    "event.gapless": [f"DELETE FROM event WHERE order_id = {_CLOSED} AND sequence = 3"],
    "event.sequence": [f"UPDATE sales_order SET event_sequence = event_sequence + 1 WHERE id = {_CLOSED}"],
    "payment.answered": [
        f"""
INSERT INTO payment_transaction (id, order_id, payment_id, kind, state, amount, at, attempts, purpose, actor)
SELECT gen_random_uuid(), order_id, id, 'VOID', 'PENDING', 1, now() - interval '11 minutes', 1, 'SALE', 'system'
  FROM payment WHERE order_id = {_CASH}"""
    ],
    "job.taken": [_JOB.format(status="queued")],
    "job.told": [_JOB.format(status="failed")],
    "job.counted": [_ASKED.format(state="SUCCEEDED", done=1, finished="now()")],
    "file.whole": [
        """
INSERT INTO uploaded_file (id, name, form, row_count, uploaded_by, created_at)
VALUES (gen_random_uuid(), 'orders', 'JSON', 1, 'system', now())"""
    ],
    "order.searchable": [
        """
INSERT INTO follower_position (name, xid, event_id, updated_at)
SELECT 'order_search', max(xid), max(id), now() FROM event"""
    ],
    "job.under_way": [_ASKED.format(state="RUNNING", done=0, finished="NULL")],
    "queue.entries": [
        *_FOLDED,
        "UPDATE queue_entry SET since = since - interval '1 day' WHERE queue = 'orders.suspended'",
    ],
    "queue.counts": [*_FOLDED, "UPDATE queue_count SET count = count + 1 WHERE queue = 'orders.suspended'"],
    "figures.sales": [*_FOLDED, "UPDATE sales_figure SET revenue = revenue + 1 WHERE cut = 'SITE'"],
    "figures.service": [*_FOLDED, "UPDATE service_figure SET in_time = in_time + 1 WHERE step = 'APPROVAL'"],
    "figures.workflow": [
        *_FOLDED,
        "UPDATE workflow_figure SET orders = orders + 1 WHERE state = 'WAITING_FULFILLMENT'",
    ],
    MOVING: [
        """
DELETE FROM pgqueuer WHERE convert_from(payload, 'UTF8')::jsonb ->> 'order_id' =
       (SELECT id::text FROM sales_order WHERE state = 'WAITING_PAYMENT' AND payment_status = 'UNPAID'
         ORDER BY number LIMIT 1)"""
    ],
}


def _broken(found: Sequence[Finding]) -> dict[str, list[object]]:
    return {finding.name: list(finding.rows) for finding in found if finding.rows}


async def _with(fault: Sequence[str]) -> list[Finding]:
    """What is found after a fault, which is taken back. Triggers and foreign keys are off, as for whoever cheats."""
    found: list[Finding] = []
    with contextlib.suppress(_RollBack):
        async with transaction() as tx:
            await tx.execute("SET LOCAL session_replication_role = replica")
            changed = [await tx.execute(statement) for statement in fault]
            assert changed[-1] >= 1, "The fault changed nothing."
            found = await findings(tx)
            raise _RollBack
    return found


class _RollBack(Exception):
    pass


async def test_a_healthy_world(world: str) -> None:
    found = await verify()
    assert _broken(found) == {}
    assert [finding.name for finding in found] == [*(invariant.name for invariant in INVARIANTS), MOVING]


def test_there_is_a_fault_for_each() -> None:
    assert set(FAULTS) == {invariant.name for invariant in INVARIANTS} | {MOVING}
    assert len(FAULTS) == len(INVARIANTS) + 1 >= 35


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found(world: str, name: str) -> None:
    broken = _broken(await _with(FAULTS[name]))
    assert set(broken) == {name}, broken


async def test_a_world_whose_dashboard_is_kept(world: str) -> None:
    assert _broken(await _with(_FOLDED)) == {}


async def test_what_is_shown_is_bounded(world: str) -> None:
    found = await _with(["UPDATE inventory_level SET on_hand = on_hand + 1"])
    wrong = next(finding for finding in found if finding.name == "level.on_hand")
    assert (len(wrong.rows), wrong.capped) == (SHOWN, True)
