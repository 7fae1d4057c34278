"""The sandbox's book: one entry a key, and never more drawn than is held."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from backend.integrations.gateways import Answer, Call, GatewayTimeout, GatewayUnavailable, gateway_for, names
from backend.integrations.sandbox_gateway import SandboxGateway
from backend.models import db
from backend.rules.vocabulary import TransactionKind

A, C, V, R = TransactionKind.AUTHORIZE, TransactionKind.CAPTURE, TransactionKind.VOID, TransactionKind.REFUND
gateway = SandboxGateway()


def hold(amount: int = 1000, token: str | None = "sandbox_ok", reference: str | None = None) -> Call:
    return Call(uuid4(), A, amount, "USD", token, reference)


def draw(kind: TransactionKind, amount: int, reference: str | None, currency: str = "USD") -> Call:
    return Call(uuid4(), kind, amount, currency, "sandbox_ok", reference)


async def entries() -> int:
    return int(await db.fetchval("SELECT count(*) FROM sandbox_entry"))


async def test_a_key_is_booked_once(database: str) -> None:
    call = hold()
    answers = await asyncio.gather(*(gateway.authorize(call) for _ in range(16)))
    assert set(answers) == {await gateway.lookup(call.key)}
    assert await entries() == 1
    taken = draw(C, 600, answers[0].reference)
    assert len(set(await asyncio.gather(*(gateway.capture(taken) for _ in range(16))))) == 1
    assert await entries() == 2
    assert await db.fetchval("SELECT captured FROM sandbox_entry WHERE kind = 'AUTHORIZE'") == 600


async def test_a_key_is_not_used_for_something_else(database: str) -> None:
    call = hold()
    await gateway.authorize(call)
    other = await gateway.authorize(Call(call.key, A, 999, "USD", "sandbox_ok"))
    assert (other.approved, other.reason) == (False, "The idempotency key was used for something else.")
    assert await gateway.lookup(call.key) == await gateway.authorize(call)


async def test_concurrent_draws_never_exceed_the_authorization(database: str) -> None:
    held = await gateway.authorize(hold(1000))
    calls = [draw(C, 300, held.reference) for _ in range(6)] + [draw(V, 300, held.reference) for _ in range(6)]
    answers = await asyncio.gather(*(gateway.capture(c) if c.kind is C else gateway.void(c) for c in calls))
    assert [answer.approved for answer in answers].count(True) == 3
    assert {answer.reason for answer in answers if not answer.approved} == {"More than is authorized."}
    captured = sum(
        call.amount for call, answer in zip(calls, answers, strict=True) if answer.approved and call.kind is C
    )
    refunds = await asyncio.gather(*(gateway.refund(draw(R, 200, held.reference)) for _ in range(8)))
    assert [answer.approved for answer in refunds].count(True) == captured // 200


@pytest.mark.parametrize(
    ("token", "reference", "reason"),
    [
        ("sandbox_declined", None, "The card issuer declined."),
        ("tok_visa", None, "The token is not known: use sandbox_ok."),
        (None, None, "The token is not known: use sandbox_ok."),
        (None, "checkout-1", None),
        ("sandbox_ok", "checkout-1", None),
    ],
)
async def test_cards(database: str, token: str | None, reference: str | None, reason: str | None) -> None:
    answer = await gateway.authorize(hold(1000, token, reference))
    assert (answer.approved, answer.reason) == (reason is None, reason)
    assert (answer.expires_at is None) == (reason is not None)


@pytest.mark.parametrize(
    ("kind", "amount", "currency", "reason"),
    [
        (C, 1001, "USD", "More than is authorized."),
        (C, 1000, "EUR", "The currency is another one."),
        (V, 1001, "USD", "More than is authorized."),
        (R, 1, "USD", "More than was captured."),
    ],
)
async def test_draws_that_are_refused(
    database: str, kind: TransactionKind, amount: int, currency: str, reason: str
) -> None:
    held = await gateway.authorize(hold(1000))
    call = draw(kind, amount, held.reference, currency)
    assert await gateway._draw(call) == Answer(False, f"sandbox_{call.key.hex}", reason)
    assert await gateway.lookup(call.key) == await gateway._draw(call)
    assert await db.fetchval("SELECT captured + voided + refunded FROM sandbox_entry WHERE kind = 'AUTHORIZE'") == 0


async def test_references_that_are_unknown_or_expired(database: str) -> None:
    for reference in (None, "nonsense", f"sandbox_{uuid4().hex}", "'; DROP TABLE sandbox_entry; --"):
        answer = await gateway.capture(draw(C, 1, reference))
        assert (answer.approved, answer.reason) == (False, "There is no such authorization.")
    held = await gateway.authorize(hold(1000))
    await db.execute("UPDATE sandbox_entry SET at = at - interval '7 days'")
    assert (await gateway.capture(draw(C, 1, held.reference))).reason == "The authorization has expired."
    assert (await gateway.void(draw(V, 1, held.reference))).approved


async def test_lost_answers_and_refused_payouts(database: str) -> None:
    call = hold(1000, "sandbox_timeout")
    with pytest.raises(GatewayTimeout):
        await gateway.authorize(call)
    found = await gateway.lookup(call.key)
    assert found is not None
    assert (found.approved, await gateway.authorize(call)) == (True, found)
    with pytest.raises(GatewayTimeout):
        await gateway.capture(draw(C, 400, found.reference))
    held = await gateway.authorize(hold(1000, "sandbox_capture_declined"))
    answer = await gateway.capture(draw(C, 1, held.reference))
    assert (answer.approved, answer.reason) == (False, "The card issuer declined to pay out.")
    assert (await gateway.void(draw(V, 1, held.reference))).approved


async def test_nothing_is_known_of_other_keys(database: str) -> None:
    assert await gateway.lookup(UUID(int=7)) is None


async def test_without_a_database_nothing_is_booked(database: str) -> None:
    await db.disconnect()
    await db.connect("postgres://nobody@127.0.0.1:1/nothing")
    with pytest.raises(GatewayUnavailable):
        await gateway.authorize(hold())


def test_the_registry() -> None:
    assert names() == ["manual", "sandbox"]
    assert not gateway_for("sandbox").needs_a_person
    assert gateway_for("manual").needs_a_person
