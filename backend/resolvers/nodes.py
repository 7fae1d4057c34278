"""Anything by its id."""

from __future__ import annotations

import strawberry

from backend.errors import ErrorCode, refused
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.common import NODES, Info, Node, show, split_id


@strawberry.type
class NodeQueries:
    @field(roles=READERS, description="Null for what does not exist, or may not be seen.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        kind, key = split_id(id, "id")
        if kind not in NODES:
            raise refused(ErrorCode.INVALID, "This is not the id of a node.", "id")
        return show(await info.loaders.one(NODES[kind], key))
