"""Jobs: asked for, looked at, cancelled."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import strawberry
from strawberry import UNSET

from backend.actions.imports import start as imports
from backend.actions.jobs.cancel import cancel
from backend.actions.orders import bulk as actions
from backend.errors import ErrorCode, not_found, refused
from backend.models.jobs import Job as JobRow
from backend.queries import jobs as queries
from backend.queries import orders
from backend.resolvers.arguments import key as key_of
from backend.resolvers.arguments import window, word
from backend.resolvers.commands import key, maybe_text, perform, text, translate
from backend.rules.criteria import OrderCriteria
from backend.rules.lifecycle import ORDER_VERBS
from backend.rules.permissions import READERS, Actor
from backend.schema.access import field, mutation
from backend.schema.common import Info, given, show
from backend.schema.jobs import ImportStartInput, Job, JobConnection, JobIdInput, JobPayload, OrdersBulkInput

_BULK_ROLES = frozenset(role for action in actions.ACTIONS for role in ORDER_VERBS[action].roles)


@strawberry.type
class JobQueries:
    @field(roles=READERS, description="One's own; those who lead see all.")
    async def job(self, info: Info, id: strawberry.ID) -> Job | None:
        return show(await queries.job(info.actor, key_of(id, "Job")))

    @field(roles=READERS, description="The newest first. One's own; those who lead see all.")
    async def jobs(self, info: Info, first: int | None = UNSET, after: str | None = UNSET) -> JobConnection:
        return JobConnection.of(await queries.jobs(info.actor, window(first, after)))


@strawberry.type
class JobMutations:
    @mutation(roles=_BULK_ROLES, description="`action` is the name of a mutation: orderApprove, orderCancel …")
    async def orders_bulk(self, info: Info, input: OrdersBulkInput) -> JobPayload:
        return await perform(info, JobPayload, lambda actor: _bulk(actor, input), partial(show_job, info))

    @mutation(roles=imports.IMPORTERS, description="Rows that are in already change nothing, so it may be done again.")
    async def import_start(self, info: Info, input: ImportStartInput) -> JobPayload:
        async def start(actor: Actor) -> UUID:
            return await imports.start_import(actor, translate(input, imports.StartImport))

        return await perform(info, JobPayload, start, partial(show_job, info))

    @mutation(roles=READERS, description="What was done stays done. One's own; those who lead cancel any.")
    async def job_cancel(self, info: Info, input: JobIdInput) -> JobPayload:
        return await perform(
            info, JobPayload, lambda actor: cancel(actor, key(input.job_id, "job_id")), partial(show_job, info)
        )


async def _bulk(actor: Actor, input: OrdersBulkInput) -> UUID:
    action, reason = text(input.action, "action"), maybe_text(input.reason, "reason")
    actions.check(actor, action, reason)
    found = await _orders(actor, input)
    return await actions.bulk(actor, actions.Bulk(action, found, reason, input.dry_run))


async def _orders(actor: Actor, input: OrdersBulkInput) -> list[tuple[UUID, str]]:
    """Those of the ids, all of which must be there; or what the search finds, at most one more than is allowed."""
    most = actions.limit(actor)
    ids, query, wanted = given(input.order_ids), word(input.query, "query"), given(input.filter)
    if (ids is None) == (query is None and wanted is None):
        raise refused(ErrorCode.INVALID, "Say orderIds, or query and filter; filter: {} is every order.", "order_ids")
    if ids is None:
        return await orders.numbers(actor, query, translate(wanted, OrderCriteria), most + 1)
    if len(ids) > most:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {most} orders at once.", "order_ids")
    keys = list(dict.fromkeys(key(gid, "order_id") for gid in ids))
    known = await orders.numbers_of(actor, keys)
    for place, one in enumerate(keys):
        if one not in known:
            raise not_found("order", "order_ids", str(place))
    return [(one, known[one]) for one in keys]


async def show_job(info: Info, job_id: UUID | None) -> JobPayload:
    return JobPayload(job=show(await info.loaders.one(JobRow, job_id)))
