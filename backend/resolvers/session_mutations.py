"""Logging in and out."""

from __future__ import annotations

import strawberry

from backend.actions.people.log_in import LoggedIn, log_in
from backend.actions.people.log_out import log_out
from backend.errors import ErrorCode, Refused, refused
from backend.models.people import User as UserRow
from backend.resolvers.commands import refusal_of
from backend.resolvers.context import Context, Cookie
from backend.resolvers.throttle import Throttle
from backend.rules.permissions import READERS
from backend.schema.access import mutation
from backend.schema.common import Info, show
from backend.schema.people import SessionCreateInput, SessionPayload

#: Failures that are forgiven: ten for an address from one place, a hundred from one place, then one in 90 or 9 seconds.
_BY_EMAIL = Throttle(rate=1 / 90, burst=10)
_BY_ADDRESS = Throttle(rate=1 / 9, burst=100)


@strawberry.type
class SessionMutations:
    @mutation(
        roles=READERS,
        description="Logs a person in: sets an HttpOnly session cookie. Machines use an API key as a Bearer token.",
    )
    async def session_create(self, info: Info, input: SessionCreateInput) -> SessionPayload:
        context: Context = info.context
        try:
            entered = await _enter(context, input)
        except Refused as refusal:
            return refusal_of(context, SessionPayload, refusal)
        context.identity = entered.actor
        context.cookie = Cookie(entered.token, entered.seconds)
        return SessionPayload(user=show(await UserRow.get(id=entered.actor.user_id)))

    @mutation(roles=READERS, description="Ends the session that the request's cookie stands for.")
    async def session_end(self, info: Info) -> SessionPayload:
        context: Context = info.context
        if context.session_token is not None:
            await log_out(context.actor, context.session_token)
            context.cookie = Cookie("", 0)
        return SessionPayload()


async def _enter(context: Context, given: SessionCreateInput) -> LoggedIn:
    callers = (_BY_EMAIL, f"{given.email.strip().lower()[:254]} {context.address}"), (_BY_ADDRESS, context.address)
    wait = max(throttle.wait(caller) for throttle, caller in callers)
    if wait:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"Too many failed attempts; try again in {int(wait) + 1} seconds.")
    try:
        return await log_in(given.email, given.password, context.settings.session_hours)
    except Refused:
        for throttle, caller in callers:
            throttle.take(caller)
        raise
