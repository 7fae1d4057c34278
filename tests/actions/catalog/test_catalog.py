"""Channels and products: added once, changed only where they differ, refused whole with every path."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.catalog import channels, products
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.catalog.products import ProductCommand
from backend.errors import ErrorCode, Refused
from backend.models.channels import Channel
from backend.models.inventory import Product
from backend.models.log import Event
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, LineKind

WEB = ChannelCommand("web", "Web shop", ChannelKind.WEB, "USD")
BREAD = ProductCommand("BREAD", "White bread", barcodes=["200000000001", "200000000002"], weight_grams=949)
CARD = ProductCommand("CARD", "Gift card", LineKind.GIFT_CARD)


async def test_a_channel_is_added_once(database: str) -> None:
    results = await asyncio.gather(*(channels.create(SYSTEM, WEB) for _ in range(4)), return_exceptions=True)
    refusals = [it for it in results if isinstance(it, Refused)]
    assert [(it.code, it.problems[0].path) for it in refusals] == [(ErrorCode.DUPLICATE, ("code",))] * 3
    channel = await Channel.get()
    assert (channel.code, channel.kind, channel.currency, channel.active) == ("web", ChannelKind.WEB, "USD", True)
    [event] = await Event.all()
    assert (event.kind, event.subject_id) == ("channel.created", channel.id)


async def test_what_is_wrong_with_a_channel_is_told_at_once(database: str) -> None:
    wrong = ChannelCommand("a b", " ", ChannelKind.WEB, "XXY")
    with pytest.raises(Refused) as refusal:
        await channels.create(SYSTEM, wrong)
    assert [it.path for it in refusal.value.problems] == [("name",), ("code",), ("currency",)]
    assert await Channel.all().count() == 0


async def test_products_are_added_then_changed_where_they_differ(database: str) -> None:
    bread_id, card_id = await products.upsert(SYSTEM, [BREAD, CARD])
    bread = await Product.get(id=bread_id)
    assert (bread.sku, bread.barcodes, bread.weight_grams) == ("BREAD", ["200000000001", "200000000002"], 949)
    written = bread.updated_at
    again = await products.upsert(SYSTEM, [replace(CARD, name="Gift voucher"), BREAD])
    assert again == [card_id, bread_id]
    assert (await Product.get(id=card_id)).name == "Gift voucher"
    assert (await Product.get(id=bread_id)).updated_at == written
    events = await Event.all().order_by("id")
    assert [it.kind for it in events] == ["product.created", "product.created", "product.updated"]
    assert (events[2].data["from"], events[2].data["to"]) == ({"name": "Gift card"}, {"name": "Gift voucher"})


async def test_many_products_at_once_from_several_sides(database: str) -> None:
    many = [ProductCommand(f"S-{number}", f"Thing {number}") for number in range(1000)]
    results = await asyncio.gather(*(products.upsert(SYSTEM, part) for part in (many, many[::-1], many)))
    assert results[0] == results[1][::-1] == results[2]
    assert (await Product.all().count(), await Event.filter(kind="product.created").count()) == (1000, 1000)


async def test_wrong_products_are_refused_whole(database: str) -> None:
    wrong = [
        BREAD,
        replace(BREAD, name=""),
        ProductCommand("X", "X", weight_grams=-1, image_url="file:///etc/passwd", barcodes=["1", "1"]),
    ]
    with pytest.raises(Refused) as refusal:
        await products.upsert(SYSTEM, wrong)
    assert {(it.code, it.path) for it in refusal.value.problems} == {
        (ErrorCode.INVALID, ("products", "1", "name")),
        (ErrorCode.DUPLICATE, ("products", "1", "sku")),
        (ErrorCode.INVALID, ("products", "2", "weight_grams")),
        (ErrorCode.INVALID, ("products", "2", "image_url")),
        (ErrorCode.DUPLICATE, ("products", "2", "barcodes", "1")),
    }
    with pytest.raises(Refused) as refusal:
        await products.upsert(SYSTEM, [ProductCommand(str(number), "x") for number in range(1001)])
    assert refusal.value.code is ErrorCode.LIMIT_EXCEEDED
    assert (await Product.all().count(), await Event.all().count()) == (0, 0)
