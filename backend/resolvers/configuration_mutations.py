"""How the house is set up: channels, workflows and products."""

from __future__ import annotations

from uuid import UUID

import strawberry

from backend.actions.catalog import channels, products
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.catalog.products import ProductCommand
from backend.actions.workflows import create as workflows
from backend.actions.workflows.activate import activate
from backend.actions.workflows.create import WorkflowCommand
from backend.models.channels import Channel as ChannelRow
from backend.models.channels import Workflow as WorkflowRow
from backend.models.inventory import Product as ProductRow
from backend.resolvers.commands import key, perform, translate, translate_all
from backend.rules.permissions import ADMINS, LEADS, Actor
from backend.schema.access import mutation
from backend.schema.channels import ChannelInput, ChannelPayload
from backend.schema.common import Info, show, show_all
from backend.schema.products import ProductsPayload, ProductsUpsertInput
from backend.schema.workflows import WorkflowIdInput, WorkflowInput, WorkflowPayload


@strawberry.type
class ConfigurationMutations:
    @mutation(roles=ADMINS)
    async def channel_create(self, info: Info, input: ChannelInput) -> ChannelPayload:
        async def shown(made: UUID | None) -> ChannelPayload:
            return ChannelPayload(channel=show(await info.loaders.one(ChannelRow, made)))

        return await perform(
            info, ChannelPayload, lambda actor: channels.create(actor, translate(input, ChannelCommand)), shown
        )

    @mutation(roles=LEADS)
    async def workflow_create(self, info: Info, input: WorkflowInput) -> WorkflowPayload:
        async def shown(made: UUID | None) -> WorkflowPayload:
            return WorkflowPayload(workflow=show(await info.loaders.one(WorkflowRow, made)))

        return await perform(
            info, WorkflowPayload, lambda actor: workflows.create(actor, translate(input, WorkflowCommand)), shown
        )

    @mutation(roles=LEADS, description="Back to a version of before: it takes the place of the one that is active.")
    async def workflow_activate(self, info: Info, input: WorkflowIdInput) -> WorkflowPayload:
        async def shown(_: object) -> WorkflowPayload:
            row = await info.loaders.one(WorkflowRow, key(input.workflow_id, "workflow_id"))
            return WorkflowPayload(workflow=show(row))

        return await perform(
            info, WorkflowPayload, lambda actor: activate(actor, key(input.workflow_id, "workflow_id")), shown
        )

    @mutation(roles=LEADS, description="Each product whole, known by its SKU; all of them or none.")
    async def products_upsert(self, info: Info, input: ProductsUpsertInput) -> ProductsPayload:
        async def act(actor: Actor) -> None:
            await products.upsert(actor, translate_all(input.products, ProductCommand, "products"))

        async def shown(_: object) -> ProductsPayload:
            skus = [product.sku.strip() for product in input.products]
            rows = {row.sku: row for row in await ProductRow.filter(sku__in=skus)}
            return ProductsPayload(products=show_all([rows[sku] for sku in dict.fromkeys(skus) if sku in rows]))

        return await perform(info, ProductsPayload, act, shown)
