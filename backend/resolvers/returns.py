"""Returns, read."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from backend.actions.returns.create import CreateReturn
from backend.queries import returns as queries
from backend.resolvers.arguments import key, window, word
from backend.resolvers.commands import translate
from backend.rules.criteria import ReturnCriteria
from backend.rules.lifecycle import ORDER_VERBS
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.common import Info, given, show
from backend.schema.returns import Return, ReturnConnection, ReturnCreateInput, ReturnFilter, ReturnPreview


@strawberry.type
class ReturnQueries:
    @field(roles=READERS, name="return")
    async def return_(self, info: Info, id: strawberry.ID | None = UNSET, number: str | None = UNSET) -> Return | None:
        return show(await queries.return_(info.actor, key(id, "Return"), word(number, "number")))

    @field(roles=ORDER_VERBS["returnCreate"].roles, description="What returnCreate would come to; nothing is done.")
    async def return_preview(self, info: Info, input: ReturnCreateInput) -> ReturnPreview:
        command = translate(input, CreateReturn)
        order, preview = await queries.preview(
            info.actor, command.order_id, command.lines, command.exchange_lines or ()
        )
        return ReturnPreview.of(preview, order.currency)

    @field(roles=READERS, description="The oldest first.")
    async def returns(
        self, info: Info, filter: ReturnFilter | None = UNSET, first: int | None = UNSET, after: str | None = UNSET
    ) -> ReturnConnection:
        criteria = translate(given(filter), ReturnCriteria)
        return ReturnConnection.of(await queries.returns(info.actor, criteria, window(first, after)))
