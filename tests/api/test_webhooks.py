"""Webhooks: made, signed, at least once, in order per order, tried for days, given up, sent again, never inwards."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.actions.people.clean_up import clean_up
from backend.actions.webhooks import deliver
from backend.config import get_settings
from backend.integrations.webhooks import HttpSender
from backend.models import db
from backend.reactions.deliver_webhooks import deliver_webhooks
from backend.rules.vocabulary import Role
from tests.api.conftest import Api, code_of
from tests.api.world import enter, stock
from tests.receiver import Receiver, Taken, receiver

ERRORS = "userErrors { code message path }"
CREATE = f"""mutation ($input: WebhookCreateInput!) {{ webhookCreate(input: $input) {{
  secret webhook {{ id url topics active }} {ERRORS} }} }}"""
UPDATE = f"""mutation ($input: WebhookUpdateInput!) {{ webhookUpdate(input: $input) {{
  secret webhook {{ id url topics active }} {ERRORS} }} }}"""
REDELIVER = f"mutation ($input: WebhookRedeliverInput!) {{ webhookRedeliver(input: $input) {{ {ERRORS} }} }}"
SHOWN = """{ webhooks { id url deliveries(first: 50) {
  nodes { id topic status attempts responseCode failure at nextAt } pageInfo { hasNextPage } } } }"""


@pytest.fixture
async def there(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    del api
    monkeypatch.setenv("CROSSDOCK_WEBHOOK_NETWORKS", "127.0.0.0/8")
    get_settings.cache_clear()
    deliver._sender.cache_clear()
    async with receiver() as made:
        yield made
    monkeypatch.undo()
    get_settings.cache_clear()
    deliver._sender.cache_clear()


async def made(api: Api, url: str, *topics: str) -> tuple[str, str]:
    answer = (await api.do(CREATE, {"input": {"url": url, "topics": list(topics)}}))["webhookCreate"]
    assert answer["userErrors"] == []
    return answer["webhook"]["id"], answer["secret"]


async def shown(api: Api) -> list[dict[str, Any]]:
    [webhook] = (await api.do(SHOWN))["webhooks"]
    nodes: list[dict[str, Any]] = webhook["deliveries"]["nodes"]
    return nodes


async def later() -> None:
    """Every wait is over."""
    await db.execute("UPDATE webhook_delivery SET next_at = now(), claimed_at = claimed_at - interval '1 hour'")


def is_signed(taken: Taken, secret: str) -> bool:
    """As the specification tells receivers to check."""
    signed = f"{taken.headers['webhook-id']}.{taken.headers['webhook-timestamp']}.".encode() + taken.body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return taken.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


async def test_what_happens_arrives_signed_and_once(api: Api, there: Receiver) -> None:
    await stock("TEA", quantity=10)
    await enter(1)  # Before there was anybody to tell.
    await deliver_webhooks()
    _, secret = await made(api, there.url, "order.*")
    order = await enter(2)
    await asyncio.gather(deliver_webhooks(), deliver_webhooks())
    await deliver_webhooks()
    bodies = [json.loads(taken.body) for taken in there.heard]
    of_order = await db.fetch(
        "SELECT kind FROM event WHERE order_id = $1 AND kind LIKE 'order.%' ORDER BY id", order.id
    )
    assert [body["type"] for body in bodies] == [row["kind"] for row in of_order]
    assert {body["data"]["order"]["number"] for body in bodies} == {order.number}
    assert all(is_signed(taken, secret) for taken in there.heard)
    assert len({taken.headers["webhook-id"] for taken in there.heard}) == len(bodies) > 0
    assert [it["topic"] for it in await shown(api)] == [body["type"] for body in reversed(bodies)]
    assert {(it["status"], it["attempts"], it["responseCode"]) for it in await shown(api)} == {("DELIVERED", 1, 200)}
    node = "query ($id: ID!) { node(id: $id) { ... on Order { number } } }"
    assert (await api.do(node, {"id": bodies[0]["data"]["order"]["id"]}))["node"] == {"number": order.number}


async def test_those_of_an_order_wait_for_each_other_and_no_other_order_waits(api: Api, there: Receiver) -> None:
    await stock("TEA", quantity=10)
    await made(api, there.url, "order.*")
    one = await enter(1)
    there.answers = ["503 Busy"]
    await deliver_webhooks()
    [first] = there.heard
    other = await enter(2)
    await deliver_webhooks()
    numbers = [json.loads(taken.body)["data"]["order"]["number"] for taken in there.heard[1:]]
    assert set(numbers) == {other.number}
    assert {it["status"] for it in await shown(api)} == {"PENDING", "DELIVERED"}
    await later()
    await deliver_webhooks()
    again = [json.loads(taken.body) for taken in there.heard[1 + len(numbers) :]]
    assert [body["data"]["sequence"] for body in again] == sorted(body["data"]["sequence"] for body in again)
    assert {body["data"]["order"]["number"] for body in again} == {one.number}
    assert there.heard[1 + len(numbers)].headers["webhook-id"] == first.headers["webhook-id"]
    assert there.heard[1 + len(numbers)].body == first.body


async def test_it_is_tried_for_days_then_given_up_told_of_and_sent_again_when_asked(api: Api, there: Receiver) -> None:
    webhook, _ = await made(api, there.url, "product.created")
    await stock("TEA", quantity=10)
    there.answers = ["500 No", "302 Found", "410 Gone", *["500 No"] * 7]
    waited = 0.0
    for attempt in range(1, 11):
        await deliver_webhooks()
        [one] = await shown(api)
        assert (one["status"], one["attempts"]) == ("PENDING" if attempt < 10 else "DEAD", attempt)
        wait = "SELECT extract(epoch FROM next_at - now()) FROM webhook_delivery"
        waited += max(0.0, float(await db.fetchval(wait)))
        await later()
    assert waited > 72 * 3600
    assert len(there.heard) == 10  # A redirect is an answer that is not followed.
    assert (one["responseCode"], one["failure"], one["nextAt"]) == (500, "The receiver said 500 No.", None)
    assert await db.fetchval("SELECT count(*) FROM alert WHERE kind = 'webhook.dead' AND cleared_at IS NULL") == 1
    await deliver_webhooks()
    assert len(there.heard) == 10
    assert (await api.do(REDELIVER, {"input": {"webhookId": webhook}}))["webhookRedeliver"]["userErrors"] == []
    await deliver_webhooks()
    assert {taken.headers["webhook-id"] for taken in there.heard} == {there.heard[0].headers["webhook-id"]}
    assert ([it["status"] for it in await shown(api)], len(there.heard)) == (["DELIVERED"], 11)
    assert await db.fetchval("SELECT count(*) FROM alert WHERE kind = 'webhook.dead' AND cleared_at IS NULL") == 0
    given = {"input": {"webhookId": webhook, "deliveryId": one["id"]}}
    assert (await api.do(REDELIVER, given))["webhookRedeliver"]["userErrors"] == []
    await deliver_webhooks()
    assert len(there.heard) == 12


async def test_what_a_dead_worker_had_is_sent_again(api: Api, there: Receiver) -> None:
    await made(api, there.url, "product.created")
    await stock("TEA", quantity=10)
    await deliver_webhooks()
    await db.execute("UPDATE webhook_delivery SET state = 'SENDING', settled_at = NULL")
    await deliver_webhooks()
    assert len(there.heard) == 1
    await later()
    await deliver_webhooks()
    assert len(there.heard) == 2
    assert there.heard[0].headers["webhook-id"] == there.heard[1].headers["webhook-id"]


async def test_what_happens_in_a_pause_waits(api: Api, there: Receiver) -> None:
    webhook, _ = await made(api, there.url, "product.created")
    paused = (await api.do(UPDATE, {"input": {"webhookId": webhook, "active": False}}))["webhookUpdate"]
    assert (paused["webhook"]["active"], paused["secret"], paused["userErrors"]) == (False, None, [])
    await stock("TEA", quantity=10)
    await deliver_webhooks()
    assert (there.heard, [it["status"] for it in await shown(api)]) == ([], ["PENDING"])
    await api.do(UPDATE, {"input": {"webhookId": webhook, "active": True}})
    await deliver_webhooks()
    assert len(there.heard) == 1
    await db.execute("UPDATE webhook_delivery SET created_at = now() - interval '31 days'")
    await clean_up()
    assert await shown(api) == []


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"url": "http://example.com/"}, ["url"]),
        ({"url": "ftp://example.com/"}, ["url"]),
        ({"url": "https://ann:secret@example.com/"}, ["url"]),
        ({"url": "https://[::1"}, ["url"]),
        ({"url": "https://example.com:99999/"}, ["url"]),
        ({"url": "https://localhost/"}, ["url"]),
        ({"url": "https://127.0.0.1/"}, ["url"]),
        ({"url": "https://169.254.169.254/latest"}, ["url"]),
        ({"url": "https://[::ffff:10.0.0.1]/"}, ["url"]),
        ({"url": "https://[64:ff9b::a00:1]/"}, ["url"]),
        ({"url": ""}, ["url"]),
        ({"topics": []}, ["topics"]),
        ({"topics": ["order.*", "user.*"]}, ["topics", "1"]),
        ({"topics": ["order"]}, ["topics", "0"]),
    ],
)
async def test_what_could_never_arrive_is_refused(api: Api, given: dict[str, Any], path: list[str]) -> None:
    asked = {"url": "https://example.com/hooks", "topics": ["*"]} | given
    answer = (await api.do(CREATE, {"input": asked}))["webhookCreate"]
    assert [(it["code"], it["path"]) for it in answer["userErrors"]] == [("INVALID", path)]
    assert (answer["webhook"], await db.fetchval("SELECT count(*) FROM webhook")) == (None, 0)


async def test_an_address_is_checked_when_it_is_used(there: Receiver) -> None:
    """Whatever a name meant when the webhook was made."""
    for url in (there.url, f"http://localhost:{there.port}/hooks?a=1", f"https://localhost:{there.port}/hooks"):
        answer = await HttpSender(2).post(url, {}, b"{}")
        assert answer.code is None
        assert "private network" in (answer.failure or "")
    assert there.heard == []


async def test_only_those_who_lead_see_them(api: Api) -> None:
    await made(api, "https://example.com/hooks", "*")
    assert code_of(await api.ask(SHOWN, role=Role.CUSTOMER_SERVICE)) == "FORBIDDEN"
    assert len((await api.do(SHOWN, role=Role.MANAGER))["webhooks"]) == 1
