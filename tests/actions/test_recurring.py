"""Recurring orders: made once for each time they are due, by however many workers; failures told and tried again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backend.actions.orders.create import create as create_order
from backend.actions.recurring.cancel import cancel
from backend.actions.recurring.create import CreateRecurring, create
from backend.actions.recurring.edit import EditRecurring, edit
from backend.actions.recurring.pause import pause
from backend.actions.recurring.resume import resume
from backend.actions.recurring.run_due import run_due
from backend.actions.recurring.run_now import run_now
from backend.actions.recurring.skip import skip
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.channels import Channel
from backend.models.orders import Order
from backend.models.recurring import RecurringOrder, RecurringRun
from backend.queries.verify import verify
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import CreateOrder, CustomerCommand, LineCommand
from backend.rules.permissions import Actor
from backend.rules.recurrence import RETRIES
from backend.rules.vocabulary import ChannelKind, PaymentMethodKind, RecurringOrderState, Role
from tests.actions import goods
from tests.actions.goods import DESK, RENO

pytestmark = pytest.mark.usefixtures("world")

ORDER = CreateOrder(
    "web",
    "USD",
    [LineCommand("TEA", 2, Decimal("9.50"), name="Tea")],
    customer=CustomerCommand("Ann", "C-7", "ann@example.com"),
    shipping_address=RENO,
    payments=[PaymentCommand("sandbox", PaymentMethodKind.CARD, Decimal("19.00"), "sandbox_ok")],
    attributes={"giftWrap": True},
)


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()


async def a_recurring(rule: str = "FREQ=WEEKLY", **changes: Any) -> UUID:
    start = changes.pop("start_at", None) or datetime.now(UTC) + timedelta(minutes=5)
    return await create(DESK, CreateRecurring(replace(ORDER, **changes), rule, "Europe/Berlin", start))


async def come_due(recurring: UUID, times: int = 1) -> None:
    """As if its schedule had begun so many weeks ago, less a minute."""
    ago = timedelta(weeks=times - 1, minutes=1)
    await db.execute(
        "UPDATE recurring_order SET start_at = date_trunc('second', now() - $2::interval),"
        " next_at = date_trunc('second', now() - $2::interval), run_at = date_trunc('second', now() - $2::interval)"
        " WHERE id = $1",
        recurring,
        ago,
    )


async def runs(recurring: UUID) -> list[str]:
    rows = await RecurringRun.filter(recurring_order_id=recurring).order_by("due_at")
    return [row.outcome.value for row in rows]


async def kinds(recurring: UUID) -> list[str]:
    rows = await db.fetch("SELECT kind FROM event WHERE subject_id = $1 ORDER BY id", recurring)
    return [row["kind"].removeprefix("recurring_order.") for row in rows]


async def everything() -> list[list[tuple[Any, ...]]]:
    tables = ("recurring_order", "recurring_run", "sales_order", "order_line", "payment", "customer", "event", "alert")
    return [[tuple(row.values()) for row in await db.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")] for table in tables]


async def test_an_order_is_made_when_it_is_due_and_the_next_waits() -> None:
    recurring = await a_recurring()
    assert await run_due() == 0
    await come_due(recurring)
    assert (await run_due(), await run_due()) == (1, 0)
    row = await RecurringOrder.get(id=recurring)
    [order] = await Order.all()
    assert (order.recurring_order_id, order.total, order.email) == (recurring, 1900, "ann@example.com")
    assert order.external_id is not None
    assert order.external_id.startswith(f"{row.number}/")
    assert (order.attributes, order.customer_id) == ({"giftWrap": True}, row.customer_id)
    assert row.next_at is not None
    assert timedelta(days=6, hours=22) < row.next_at - datetime.now(UTC) < timedelta(days=7, hours=1)
    assert (await runs(recurring), await kinds(recurring)) == (["MADE"], ["created", "run"])
    assert [finding.name for finding in await verify() if finding.rows] == []


async def test_many_workers_make_one_order() -> None:
    recurring = [await a_recurring() for _ in range(5)]
    for one in recurring:
        await come_due(one)
    made = await asyncio.gather(*(run_due() for _ in range(8)))
    assert (sum(made), await Order.all().count()) == (5, 5)
    assert [await runs(one) for one in recurring] == [["MADE"]] * 5


async def test_what_came_due_while_nobody_worked_is_made_once() -> None:
    recurring = await a_recurring()
    await come_due(recurring, times=4)
    assert await run_due() == 1
    assert await runs(recurring) == ["SKIPPED"] * 3 + ["MADE"]
    assert await Order.all().count() == 1


async def test_the_last_of_them_ends_it() -> None:
    recurring = await a_recurring("FREQ=WEEKLY;COUNT=1")
    await come_due(recurring)
    assert await run_due() == 1
    row = await RecurringOrder.get(id=recurring)
    assert (row.state, row.next_at) == (RecurringOrderState.ENDED, None)
    with pytest.raises(Refused, match="not possible in state ENDED"):
        await resume(DESK, recurring)


async def test_an_order_that_cannot_be_made_is_told_of_tried_again_and_given_up() -> None:
    recurring = await a_recurring()
    await come_due(recurring)
    await db.execute("UPDATE channel SET active = FALSE")
    for failures, pause_ in enumerate(RETRIES, start=1):
        assert await run_due() == 0
        row = await RecurringOrder.get(id=recurring)
        assert row.run_at is not None
        assert (row.failures, row.problem) == (failures, "The channel is not active.")
        assert abs(row.run_at - datetime.now(UTC) - pause_) < timedelta(seconds=30)
        assert await run_due() == 0
        await db.execute("UPDATE recurring_order SET run_at = greatest(next_at, now())")
    alerts = await db.fetch("SELECT message, cleared_at FROM alert WHERE kind = 'recurring_order.failed'")
    assert [(row["cleared_at"], "cannot be made" in row["message"]) for row in alerts] == [(None, True)]
    assert await run_due() == 0
    row = await RecurringOrder.get(id=recurring)
    assert row.next_at is not None
    assert (await runs(recurring), row.failures, row.next_at > datetime.now(UTC)) == (["FAILED"], 0, True)
    assert await Order.all().count() == 0
    await db.execute("UPDATE channel SET active = TRUE")
    await db.execute("UPDATE recurring_order SET next_at = next_at - interval '7 days', run_at = now()")
    await db.execute("DELETE FROM recurring_run")
    assert await run_due() == 1
    row = await RecurringOrder.get(id=recurring)
    assert (row.problem, row.failures) == (None, 0)
    assert await db.fetchval("SELECT count(*) FROM alert WHERE cleared_at IS NULL") == 0


async def test_one_that_fails_unforeseen_keeps_none_of_the_others() -> None:
    broken, sound = await a_recurring(), await a_recurring()
    for one in (broken, sound):
        await come_due(one)
    await db.execute("""UPDATE recurring_order SET template = '{"lines": 3}' WHERE id = $1""", broken)
    assert await run_due() == 1
    assert (await runs(sound), await runs(broken)) == (["MADE"], [])
    assert (await RecurringOrder.get(id=broken)).failures == 1


async def test_paused_ones_make_nothing_and_go_on_with_what_comes_next() -> None:
    recurring = await a_recurring()
    await pause(DESK, recurring)
    await db.execute("UPDATE recurring_order SET start_at = now() - interval '20 days'")
    assert await run_due() == 0
    await resume(DESK, recurring)
    row = await RecurringOrder.get(id=recurring)
    assert row.next_at is not None
    assert (row.state, row.next_at > datetime.now(UTC)) == (RecurringOrderState.ACTIVE, True)
    assert (await run_due(), await runs(recurring)) == (0, [])
    assert await kinds(recurring) == ["created", "paused", "resumed"]


async def test_one_is_left_out_and_one_is_made_out_of_turn() -> None:
    recurring = await a_recurring()
    first = (await RecurringOrder.get(id=recurring)).next_at
    assert first is not None
    await skip(DESK, recurring)
    row = await RecurringOrder.get(id=recurring)
    assert row.next_at is not None
    assert timedelta(days=6, hours=23) <= row.next_at - first <= timedelta(days=7, hours=1)
    await run_now(DESK, recurring)
    assert (await RecurringOrder.get(id=recurring)).next_at == row.next_at
    assert sorted(await runs(recurring)) == ["MADE", "SKIPPED"]
    assert await Order.all().count() == 1
    with pytest.raises(Refused):
        await run_now(DESK, recurring, expected_version=1)


async def test_cancelled_ones_make_nothing_more() -> None:
    recurring = await a_recurring()
    await come_due(recurring)
    await cancel(DESK, recurring)
    assert (await run_due(), await Order.all().count()) == (0, 0)
    for verb in (pause, resume, skip, run_now, cancel):
        with pytest.raises(Refused, match="not possible in state CANCELLED"):
            await verb(DESK, recurring)


async def test_what_it_makes_and_when_can_be_changed() -> None:
    recurring = await a_recurring()
    more = replace(
        ORDER,
        lines=[LineCommand("TEA", 3, Decimal(1))],
        payments=[PaymentCommand("sandbox", PaymentMethodKind.CARD, Decimal(3), "sandbox_ok")],
    )
    start = datetime.now(UTC) + timedelta(days=2)
    await edit(DESK, EditRecurring(recurring, more, "FREQ=MONTHLY", "America/New_York", start, expected_version=1))
    row = await RecurringOrder.get(id=recurring)
    assert (row.version, row.schedule, row.timezone) == (2, "FREQ=MONTHLY", "America/New_York")
    assert row.next_at == start.replace(microsecond=0)
    await db.execute("UPDATE recurring_order SET next_at = now(), run_at = now(), start_at = now()")
    assert await run_due() == 1
    assert (await Order.get()).total == 300
    before = await everything()
    for changed, path in (
        (EditRecurring(recurring), ()),
        (EditRecurring(recurring, schedule="FREQ=NEVER"), ("schedule",)),
        (EditRecurring(recurring, replace(ORDER, lines=[])), ("order", "lines")),
        (EditRecurring(recurring, expected_version=1, schedule="FREQ=DAILY"), ("expected_version",)),
    ):
        with pytest.raises(Refused) as refusal:
            await edit(DESK, changed)
        assert refusal.value.problems[0].path == path
    assert await everything() == before


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"channel": "nowhere"}, ("order", "channel")),
        ({"currency": "EUR"}, ("order", "currency")),
        ({"external_id": "X-1"}, ("order", "external_id")),
        ({"draft": True}, ("order", "draft")),
        ({"placed_at": datetime(2026, 1, 1, tzinfo=UTC)}, ("order", "placed_at")),
        (
            {"payments": [PaymentCommand("nobody", PaymentMethodKind.CARD, Decimal(19))]},
            ("order", "payments", "0", "gateway"),
        ),
    ],
)
async def test_what_could_not_be_entered_is_refused(changes: dict[str, Any], path: tuple[str, ...]) -> None:
    before = await everything()
    with pytest.raises(Refused) as refusal:
        await a_recurring(**changes)
    assert refusal.value.problems[0].path == path
    assert await everything() == before


async def test_a_channel_has_its_own() -> None:
    other = await Channel.create(code="app", name="App", kind=ChannelKind.MOBILE, currency="USD")
    stranger = Actor("key:app", "app", frozenset({Role.CHANNEL}), channel_id=other.id)
    recurring = await a_recurring()
    before = await everything()
    for verb in (pause, skip, run_now, cancel):
        with pytest.raises(Refused) as refusal:
            await verb(stranger, recurring)
        assert refusal.value.problems[0].code is ErrorCode.NOT_FOUND
    assert await everything() == before


async def test_an_order_of_the_same_time_that_is_there_already_is_not_made_twice() -> None:
    """Its own id at the channel is the time: even a lost note would not make a second."""
    recurring = await a_recurring()
    await come_due(recurring)
    row = await RecurringOrder.get(id=recurring)
    assert row.next_at is not None
    name = f"{row.number}/{row.next_at.astimezone(UTC):%Y%m%dT%H%MZ}"
    await create_order(DESK, replace(ORDER, external_id=name))
    assert (await run_due(), await Order.all().count()) == (1, 1)
