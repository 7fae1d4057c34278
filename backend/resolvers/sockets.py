"""graphql-transport-ws, made safe: bounded messages, nobody without a login, permission asked for each operation."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import CompleteMessage, Message
from strawberry.types.graphql import OperationType
from strawberry.utils.aio import aclosing

from backend.actions.people.authenticate import Credential, authenticate
from backend.models import db
from backend.resolvers.context import Context
from backend.rules.permissions import Actor

_MAX_CHARACTERS = 200_000
#: Seconds between two looks at whether whoever is connected may still be, though nothing is sent.
_RECHECK = 15.0


class SocketAdapter(ASGIWebSocketAdapter):
    """Messages longer than any operation needs end the connection (1009)."""

    def __init__(self, view: Any, request: WebSocket, response: WebSocket) -> None:
        super().__init__(view, request, response)
        self.receive = self.ws.receive_text
        self.ws.receive_text = self._bounded  # type: ignore[method-assign]

    async def _bounded(self) -> str:
        text = await self.receive()
        if len(text) > _MAX_CHARACTERS:
            await self.ws.close(code=1009, reason="The message is too long")
            return '{"type": "pong"}'
        return text


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """Reads alone: mutations go by HTTP, where keys and cross-site checks are."""

    async def handle_message(self, message: Message) -> None:
        if _well_formed(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("Invalid message")

    async def handle(self) -> None:
        watch = asyncio.create_task(self._watch())
        try:
            await super().handle()
        finally:
            watch.cancel()

    async def _watch(self) -> None:
        """A key that was revoked, or a session that ended, ends the connection though nothing happens on it."""
        while True:
            await asyncio.sleep(_RECHECK)
            if self.connection_acknowledged and not await self._is_somebody():
                await self.websocket.close(code=4403, reason="Forbidden")
                return

    async def _is_somebody(self) -> bool:
        """The benefit of the doubt while the database is away."""
        try:
            return await still(self.context) is not None
        except Exception as error:
            if not db.is_away(error):
                raise
            return True

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Each operation has a context of its own, for the actor as he is now: a revoked key ends the connection."""
        context = await authenticated(self.context)
        if context is None:
            await self.websocket.close(code=4403, reason="Forbidden")
            return
        source = await self.schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
            allowed_operation_types=(OperationType.QUERY, OperationType.SUBSCRIPTION),
        )
        async with aclosing(source):
            await self._send_result_stream(operation, source)
        await operation.send_operation_message(CompleteMessage(id=operation.id, type="complete"))


async def authenticated(context: Context) -> Context | None:
    """A fresh context for whom the socket belongs to."""
    credential = _credential(context)
    identity = await authenticate(api_key=credential.api_key, session_token=credential.session_token)
    return None if identity is None else replace(context, identity=identity, prepared=None, cache={})


async def still(context: Context) -> Actor | None:
    """Who that is by now; None for somebody who may not stay."""
    return await context.live.still(_credential(context))


def _credential(context: Context) -> Credential:
    """The cookie of the socket's handshake, or the key of its connection_init."""
    header = (context.connection_params or {}).get("Authorization")
    key = header[7:].strip() if isinstance(header, str) and header.lower().startswith("bearer ") else context.api_key
    return Credential(key, None if key is not None else context.session_token)


async def connect(context: Context) -> None:
    """Answer connection_init; nobody stays who is not logged in."""
    fresh = await authenticated(context)
    if fresh is None:
        raise ConnectionRejectionError
    context.identity = fresh.identity


def _well_formed(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] == "complete":
        return isinstance(message.get("id"), str)
    if message["type"] != "subscribe":
        return True
    payload = message.get("payload")
    return (
        isinstance(message.get("id"), str)
        and isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
