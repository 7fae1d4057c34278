"""Enter an order: from a channel, an import, a person, or as the replacement of a return.

One look-up, one insert, one line in the log: the number of statements does not grow with the order. Gateways are not
called here; the worker authorizes, so a slow gateway never slows the intake.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.actions.orders.entry import Entered, draft_facts, rows_of
from backend.actions.reservations.take_over import take_over
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.integrations.gateways import gateway_for
from backend.models import db
from backend.models.db import Row, Transaction, retried, transaction
from backend.rules.assessment import order_context
from backend.rules.order_input import CreateOrder, check
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep
from backend.rules.workflows import WorkflowRules, first_that_applies, steps_from_json


@dataclass(frozen=True, slots=True)
class Created:
    """`duplicate`: (channel, external id) was known; `order_id` is the order of the first call, unchanged."""

    order_id: UUID
    duplicate: bool


async def create(actor: Actor, command: CreateOrder) -> Created:
    """Take the order in; with `draft` it waits for `submit`. (channel, external id) again is no second order."""
    try:
        return await _create(actor, command)
    except Exception as error:
        if not db.violates(error, "uq_order_key"):
            raise
        return await _create(actor, command)


@retried
async def _create(actor: Actor, command: CreateOrder) -> Created:
    async with transaction() as tx:
        return await create_in(tx, actor, command)


async def create_in(
    tx: Transaction,
    actor: Actor,
    command: CreateOrder,
    *,
    exchange_for_id: UUID | None = None,
    recurring_order_id: UUID | None = None,
) -> Created:
    """The same in the caller's transaction: a replacement is entered with its return, or not at all."""
    check(command, tx.now)
    known = await _look_up(tx, actor, command)
    if known["duplicate"] is not None:
        return Created(known["duplicate"], duplicate=True)
    entered = _enter(actor, command, known, tx.now)
    entered.order |= {"exchange_for_id": exchange_for_id, "recurring_order_id": recurring_order_id}
    order_id = await _insert(tx, command, known, entered)
    if command.reservation_id is not None:
        await take_over(tx, command.reservation_id, known["channel_id"], order_id)
    record(
        tx,
        actor,
        "order.created",
        "Entered as a draft." if command.draft else "Entered.",
        subject=("Order", order_id),
        order_id=order_id,
        data={"state": entered.order["state"], "channel": command.channel, "total": entered.order["total"]},
        opens_order=True,
    )
    return Created(order_id, duplicate=False)


async def try_out(tx: Transaction, actor: Actor, command: CreateOrder) -> Row:
    """Refuse what could not be entered now; its channel and customer where they are known. Nothing is written."""
    check(command, tx.now)
    known = await _look_up(tx, actor, command)
    _enter(actor, command, known, tx.now)
    return known


_LOOK_UP = """
SELECT c.id AS channel_id, c.active, c.currency, c.kind AS channel_kind,
       (SELECT k.order_id FROM order_key k WHERE k.scope = 'channel:' || c.id AND k.value = $2) AS duplicate,
       (SELECT json_agg(json_build_array(w.id, w.name, w.version, w.applies_when, w.steps, w.capture_on, w.invoice_on,
                        w.position)) FROM workflow w WHERE w.active) AS workflows,
       (SELECT json_object_agg(s.code, json_build_array(s.id, s.active AND 'PICKUP' = ANY(s.capabilities)))
          FROM inventory_site s WHERE s.code = ANY($3)) AS sites,
       (SELECT json_object_agg(p.sku, p.name) FROM product p WHERE p.sku = ANY($4)) AS products,
       (SELECT json_build_array(u.id, u.name, u.email, u.phone) FROM customer u
         WHERE CASE WHEN $5::text IS NOT NULL THEN u.external_id = $5
                    ELSE u.external_id IS NULL AND lower(u.email) = lower($6) END
         ORDER BY u.created_at LIMIT 1) AS customer
  FROM channel c WHERE c.code = $1
"""


async def _look_up(tx: Transaction, actor: Actor, command: CreateOrder) -> Row:
    customer = command.customer
    row = await tx.fetchrow(
        _LOOK_UP,
        command.channel,
        command.external_id,
        [line.pickup_site for line in command.lines if line.pickup_site],
        list({line.sku for line in command.lines}),
        customer.external_id if customer else None,
        customer.email if customer and not customer.external_id else None,
    )
    if row is None or (actor.channel_id is not None and row["channel_id"] != actor.channel_id):
        raise not_found("channel", "channel")
    if not row["active"]:
        raise refused(ErrorCode.INVALID_STATE, "The channel is not active.", "channel")
    if row["currency"] != command.currency:
        raise refused(ErrorCode.INVALID, f"The channel sells in {row['currency']}.", "currency")
    return row


def _enter(actor: Actor, command: CreateOrder, known: Row, now: datetime) -> Entered:
    sites = json.loads(known["sites"] or "{}")
    for index, payment in enumerate(command.payments or ()):
        gateway_for(payment.gateway, "payments", index, "gateway")
    for index, line in enumerate(command.lines):
        if line.pickup_site is not None and not (sites.get(line.pickup_site) or (None, False))[1]:
            raise refused(ErrorCode.INVALID, "Nobody can collect there.", "lines", index, "pickup_site")
    facts = draft_facts(command, known["channel_kind"], actor.label, now)
    workflow = first_that_applies(_workflows(known["workflows"] or "[]"), order_context(facts))
    if workflow is None:
        raise refused(ErrorCode.INVALID, "No active workflow applies to this order.")
    return rows_of(command, facts, workflow, sites, json.loads(known["products"] or "{}"), actor.label, now)


@functools.lru_cache(maxsize=8)
def _workflows(rows: str) -> tuple[WorkflowRules, ...]:
    """Read once for as long as the active ones stay the same."""
    return tuple(
        WorkflowRules(
            id=UUID(identity),
            name=name,
            version=version,
            applies_when=applies_when,
            steps=steps_from_json(steps),
            capture_on=LifecycleStep(capture_on),
            invoice_on=LifecycleStep(invoice_on),
            position=position,
        )
        for identity, name, version, applies_when, steps, capture_on, invoice_on, position in json.loads(rows)
    )


_INSERT = """
WITH customer_row AS (
    INSERT INTO customer (id, external_id, name, email, phone, created_at)
    SELECT c.id, c.external_id, c.name, c.email, c.phone, $5
      FROM jsonb_populate_record(NULL::customer, $1::jsonb) c WHERE $1::jsonb IS NOT NULL
        ON CONFLICT (external_id) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone
 RETURNING id
), numbered AS (
    SELECT $2::jsonb || jsonb_build_object('number', nextval('order_number')::text,
                                           'customer_id', coalesce((SELECT id FROM customer_row), $6)) AS order_row
), sales AS (
    INSERT INTO sales_order
    SELECT o.* FROM numbered n, jsonb_populate_record(NULL::sales_order, n.order_row) o RETURNING id, number
), keyed AS (
    INSERT INTO order_key (scope, value, order_id)
    SELECT 'number', number, id FROM sales
     UNION ALL SELECT $7::text, $8::text, id FROM sales WHERE $8::text IS NOT NULL
), line AS (
    INSERT INTO order_line SELECT * FROM jsonb_populate_recordset(NULL::order_line, $3::jsonb)
), tender AS (
    INSERT INTO payment SELECT * FROM jsonb_populate_recordset(NULL::payment, $4::jsonb -> 'payments')
), asked AS (
    INSERT INTO payment_transaction
    SELECT * FROM jsonb_populate_recordset(NULL::payment_transaction, $4::jsonb -> 'transactions')
)
SELECT id FROM sales
"""


async def _insert(tx: Transaction, command: CreateOrder, known: Row, entered: Entered) -> UUID:
    customer, customer_id = _customer(command, known, entered.customer_id)
    order = entered.order | {"channel_id": known["channel_id"]}
    order_id = await tx.fetchval(
        _INSERT,
        db.jsonb(customer) if customer else None,
        db.jsonb(order),
        db.jsonb(entered.lines),
        db.jsonb({"payments": entered.payments, "transactions": entered.transactions}),
        tx.now,
        customer_id,
        f"channel:{known['channel_id']}",
        command.external_id,
    )
    return UUID(str(order_id))


def _customer(command: CreateOrder, known: Row, new_id: UUID) -> tuple[Mapping[str, Any] | None, UUID | None]:
    """The row to write, where the customer is new or has changed, and the id of one that is known as it is."""
    given = command.customer
    if given is None:
        return None, None
    if known["customer"] is not None:
        identity, name, email, phone = json.loads(known["customer"])
        if given.external_id is None or (name, email, phone) == (given.name, given.email, given.phone):
            return None, UUID(identity)
    row = {"id": new_id, "external_id": given.external_id, "name": given.name}
    return row | {"email": given.email, "phone": given.phone}, None
