"""Channels, products, workflows."""

from __future__ import annotations

from backend.models.channels import Channel, Workflow
from backend.models.inventory import Product
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.permissions import Actor


async def channels(actor: Actor) -> list[Channel]:
    """By code."""
    where = Where()
    scope(where, actor, Channel)
    return await rows(Channel, f"SELECT t.* FROM channel t WHERE {where} ORDER BY t.code", *where.args)


async def workflows(actor: Actor) -> list[Workflow]:
    """Every version, in the order in which the active ones are asked whether they apply."""
    where = Where()
    scope(where, actor, Workflow)
    sql = f"SELECT t.* FROM workflow t WHERE {where} ORDER BY t.active DESC, t.position, t.name, t.version DESC"
    return await rows(Workflow, sql, *where.args)


async def product(actor: Actor, sku: str) -> Product | None:
    where = Where()
    where.add(f"t.sku = {where.bind(sku)}")
    scope(where, actor, Product)
    return next(iter(await rows(Product, f"SELECT t.* FROM product t WHERE {where}", *where.args)), None)
