"""Jobs: long work that was asked for."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from backend.models.jobs import Job as JobRow
from backend.queries import jobs as queries
from backend.rules.permissions import READERS, Actor
from backend.rules.vocabulary import ImportKind, JobState
from backend.schema.access import field, readable_by
from backend.schema.common import CountedConnection, Info, Node, UserError, column, shows
from backend.schema.order_inputs import OrderFilter


@readable_by(READERS)
@strawberry.type(description="`reference` is what a person calls it: an order's number.")
class JobError:
    reference: str
    message: str


@shows(JobRow)
@readable_by(READERS)
@strawberry.type
class Job(Node):
    kind: str = column()
    state: JobState = column()
    done: int = column()
    total: int = column()
    failed: int = column()
    result: JSON | None = column()
    created_at: datetime = column()
    finished_at: datetime | None = column()

    @field(roles=READERS, description="Whether the one who asks has started it.")
    def own(self, info: Info) -> bool:
        actor: Actor = info.actor
        return bool(self.row.requested_by == actor.key)

    @field(roles=READERS, description="Of an ordersBulk: the name of the mutation.")
    def action(self) -> str | None:
        return self._given("action")

    @field(roles=READERS)
    def reason(self) -> str | None:
        return self._given("reason")

    @field(roles=READERS, description="Whether it only says what would happen.")
    def dry_run(self) -> bool:
        return bool(self.row.given.get("dry_run"))

    @field(roles=READERS, description="The first 100 of what was refused.")
    async def errors(self, info: Info) -> list[JobError]:
        found = await queries.errors(info.actor, self.row.id)
        return [JobError(reference=row["reference"], message=row["message"]) for row in found]

    def _given(self, name: str) -> str | None:
        value = self.row.given.get(name)
        return value if isinstance(value, str) else None


@readable_by(READERS)
@strawberry.type
class JobEdge:
    cursor: str
    node: Job


@readable_by(READERS)
@strawberry.type
class JobConnection(CountedConnection):
    edge = JobEdge
    edges: list[JobEdge]
    nodes: list[Job]


@strawberry.input
class JobIdInput:
    job_id: strawberry.ID


@strawberry.input(description="One action over many orders, by ids or by everything that a filter finds.")
class OrdersBulkInput:
    action: str
    reason: str | None = strawberry.UNSET
    order_ids: list[strawberry.ID] | None = strawberry.UNSET
    query: str | None = strawberry.UNSET
    filter: OrderFilter | None = strawberry.UNSET
    dry_run: bool = strawberry.field(default=False, description="Says what would happen to each, and does nothing.")


@strawberry.input(description="`fileId` is what POST /files answered. A dry run tries the rows and takes them back.")
class ImportStartInput:
    kind: ImportKind
    file_id: strawberry.ID
    dry_run: bool = False


@readable_by(READERS)
@strawberry.type
class JobPayload:
    job: Job | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
