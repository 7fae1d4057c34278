"""Alert rules are asked: those of events by a follower of the log, those of queues by the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from backend import events
from backend.actions.alert_rules.ask import FOLLOWER, settle, settle_queue
from backend.events import Position
from backend.models.db import Row, transaction
from backend.models.facts import load
from backend.models.log import AlertRule
from backend.queries.queues import queues
from backend.rules.alert_rules import queue_context
from backend.rules.assessment import order_context
from backend.rules.conditions import holds, speaks_of
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AlertTrigger

_BATCH = 500


async def ask_about_events() -> None:
    """Follow the log to its end: from where it ends now, the first time."""
    position = await events.find_position(FOLLOWER)
    if position is None:
        async with transaction() as tx:
            await events.save_position(tx, FOLLOWER, await events.head())
        return
    rules = await AlertRule.filter(active=True, trigger=AlertTrigger.EVENT)
    while read := await events.read_after(position, _BATCH):
        for row in read:
            await _ask(row, rules)
        position = Position.of(read[-1])
        await _pass(position)


async def _pass(position: Position) -> None:
    """To where nothing came of it; never back behind another worker."""
    async with transaction() as tx:
        at = await tx.fetchrow("SELECT xid, event_id FROM follower_position WHERE name = $1 FOR UPDATE", FOLLOWER)
        if at is not None and Position(at["xid"], at["event_id"]) < position:
            await events.save_position(tx, FOLLOWER, position)


async def _ask(row: Row, rules: list[AlertRule]) -> None:
    clears = [rule for rule in rules if row["kind"] in rule.clears_on]
    watching = [rule for rule in rules if rule.watches == row["kind"]]
    context = await _context(watching, row) if watching else {}
    raises, failures = [], []
    for rule in watching:
        try:
            if holds(rule.when, context):
                raises.append(rule)
        except ValueError as error:
            failures.append((rule, str(error)))
    if clears or raises or failures:
        await settle(row, raises, clears, failures)


async def _context(rules: Sequence[AlertRule], row: Row) -> Mapping[str, Any]:
    """What these rules may speak of. Without an order, `order` is not there, and a rule that speaks of it fails."""
    event = {"event": {"kind": row["kind"], "actor": row["actor"], "data": orjson.loads(row["data"])}}
    if row["order_id"] is None or not any("order" in speaks_of(rule.when or "true") for rule in rules):
        return event
    return event | order_context(await load(row["order_id"]))


async def ask_about_queues() -> None:
    now = datetime.now(UTC)
    rules = await AlertRule.filter(active=True, trigger=AlertTrigger.QUEUE).order_by("name")
    if not rules:
        return
    counted = {queue.name: queue for queue in await queues(SYSTEM, now)}
    for rule in rules:
        queue = counted[rule.watches]
        try:
            found, why = holds(rule.when, queue_context(queue.count, queue.oldest_at, now)), None
        except ValueError as error:
            found, why = False, str(error)
        await settle_queue(rule, found, why)
