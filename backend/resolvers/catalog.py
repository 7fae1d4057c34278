"""Channels, products, workflows and the dashboard, read."""

from __future__ import annotations

import strawberry

from backend.queries import catalog as queries
from backend.resolvers.commands import text
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.channels import Channel
from backend.schema.common import Info, show, show_all
from backend.schema.dashboard import Dashboard
from backend.schema.products import Product
from backend.schema.workflows import WORKFLOW_READERS, Workflow


@strawberry.type
class CatalogQueries:
    @field(roles=READERS)
    async def channels(self, info: Info) -> list[Channel]:
        return show_all(await queries.channels(info.actor))

    @field(roles=READERS)
    async def product(self, info: Info, sku: str) -> Product | None:
        return show(await queries.product(info.actor, text(sku, "sku")))

    @field(roles=WORKFLOW_READERS, description="Every version, the active ones first, as they are asked.")
    async def workflows(self, info: Info) -> list[Workflow]:
        return show_all(await queries.workflows(info.actor))

    @field(roles=READERS)
    def dashboard(self) -> Dashboard:
        return Dashboard()
