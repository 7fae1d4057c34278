"""/graphql: GraphQL over HTTP (the draft's status codes) and over graphql-transport-ws."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from backend import events
from backend.actions.people.authenticate import authenticate
from backend.config import Settings
from backend.resolvers import bodies, explorer, faults, idempotency, origins
from backend.resolvers.bodies import BadRequest, GraphQLRequest
from backend.resolvers.context import Context
from backend.resolvers.documents import Prepared, is_mutation, is_subscription
from backend.resolvers.gate import GatedSchema
from backend.resolvers.sockets import SocketAdapter, SocketHandler, connect
from backend.resolvers.throttle import Throttle
from backend.resolvers.watching import Feeds

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
COOKIE = "crossdock_session"
_STATUS = {faults.UNAUTHENTICATED: 401, faults.FORBIDDEN: 403, faults.INTERNAL: 500}
#: These open and close sessions: a key makes no sense, and a stored answer would outlive the session.
_UNKEYED = frozenset({"sessionCreate", "sessionEnd"})


class Endpoint(GraphQL[Context, None]):
    """Our own way from request to answer; the base class serves the sockets."""

    websocket_adapter_class = SocketAdapter
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, schema: GatedSchema, settings: Settings) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=50,
            allowed_origins=(settings.public_url,) if settings.public_url else (),
        )
        self.gated = schema
        self.settings = settings
        self.live = Feeds(settings.database_url or "", settings.database_statement_cache)
        self.throttle = Throttle(settings.rate_limit, settings.rate_limit * 2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            response = await self.answer(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        media_type = JSON
        try:
            media_type = _negotiate(request.headers.get("accept"))
            if _wants_page(request) and self.settings.environment == "development":
                return explorer.page()
            context = await self.context(request)
            request.state.actor = context.identity.key if context.identity else None
            context.idempotency_key = idempotency.key_of(request.headers)
            self.admit(request, context)
            answer = await self._run(await self._read(request), context, reading=request.method == "GET")
            request.state.operation = context.operation
        except BadRequest as error:
            entry = {"message": str(error), "extensions": {"code": error.code}}
            return _respond({"errors": [entry]}, media_type, error.status, error.headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is a masked one
            entry, status, headers = faults.response(error)
            return _respond({"errors": [entry]}, media_type, status, headers)
        status = _status(answer, media_type)
        response = _respond(answer, media_type, status, faults.RETRY if status == 503 else None)
        if context.cookie is not None:
            secure = self.settings.environment != "development"
            value, age = context.cookie.value, context.cookie.max_age
            response.set_cookie(COOKIE, value, max_age=age, path="/", httponly=True, samesite="lax", secure=secure)
        return response

    async def context(self, request: Request | WebSocket) -> Context:
        """Who asks, in one statement; an API key counts before a cookie."""
        token = request.cookies.get(COOKIE)
        key = _bearer(request.headers.get("authorization"))
        return Context(
            settings=self.settings,
            live=self.live,
            request_id=request.scope.get("state", {}).get("request_id", ""),
            identity=await authenticate(api_key=key, session_token=None if key is not None else token),
            address=request.client.host if request.client else "",
            session_token=token if key is None else None,
            api_key=key,
        )

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        return await self.context(request)

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        await connect(context)
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """For the sockets, whose base class expects this exception."""
        try:
            return bodies.decode(data)
        except BadRequest as error:
            raise json.JSONDecodeError(str(error), "", 0) from error

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()

    def admit(self, request: Request, context: Context) -> None:
        """Refuses what another site sent in a browser's name, and too many requests."""
        with_cookies = request.method == "POST" and "authorization" not in request.headers
        if with_cookies and not origins.is_ours(request.headers, self.settings.public_url):
            raise BadRequest(403, "This request came from another site.", faults.FORBIDDEN)
        caller = context.identity.key if context.identity else f"address:{context.address}"
        wait = self.throttle.take(caller)
        if wait:
            raise BadRequest(429, "Too many requests.", "RATE_LIMITED", **{"Retry-After": str(int(wait) + 1)})

    async def _read(self, request: Request) -> GraphQLRequest:
        if request.method == "POST":
            bodies.check_content_type(request.headers.get("content-type"))
            body = await bodies.read(request, self.settings.body_limit_bytes)
            return bodies.shape(bodies.decode(body))
        # A page cannot make a browser send this header: reading by GET is for programs with a key.
        if request.method == "GET" and "authorization" in request.headers:
            return bodies.from_url(request.query_params)
        raise BadRequest(405, "Send operations by POST.", Allow="POST")

    async def _run(self, asked: GraphQLRequest, context: Context, *, reading: bool) -> dict[str, Any]:
        suggestions = context.identity is not None
        try:
            prepared = self.gated.documents.prepare(asked.query, suggestions=suggestions)
            context.prepared = (asked.query, prepared)
            return await self._admitted(prepared, asked, context, reading)
        except GraphQLError as error:
            return {"errors": [faults.present(error, suggestions=suggestions)]}

    async def _admitted(
        self, prepared: Prepared, asked: GraphQLRequest, context: Context, reading: bool
    ) -> dict[str, Any]:
        refusals = prepared.refusals(self.gated.access, context.identity, asked.operation_name, asked.variables)
        if refusals:
            return {"errors": [faults.present(error, suggestions=context.identity is not None) for error in refusals]}
        context.admitted = True
        operation = prepared.operation(asked.operation_name)
        assert operation is not None
        roots = prepared.asked[operation.name.value if operation.name else None].roots
        context.operation = operation.name.value if operation.name else " ".join(root[1] for root in roots[:3])

        if is_subscription(operation):
            raise BadRequest(400, "Feeds come over a WebSocket, in graphql-transport-ws.")

        async def execute() -> dict[str, Any]:
            context.forget()
            return await self._execute(asked, context)

        if not is_mutation(operation):
            return await execute()
        if reading:
            raise BadRequest(405, "Send mutations by POST.")
        if context.idempotency_key is None or any(root[1] in _UNKEYED for root in roots):
            return await _with_command(context, execute)
        if len(roots) != 1:
            raise BadRequest(400, "With an Idempotency-Key an operation has exactly one mutation.")
        return await idempotency.run(roots[0][1], asked, context, execute)

    async def _execute(self, asked: GraphQLRequest, context: Context) -> dict[str, Any]:
        result = await self.schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=(OperationType.QUERY, OperationType.MUTATION),
        )
        answer: dict[str, Any] = {}
        if result.errors:
            suggestions = context.identity is not None
            answer["errors"] = [faults.present(error, suggestions=suggestions) for error in result.errors]
        if result.data is not None or any(error.path for error in result.errors or ()):
            answer["data"] = result.data
        return answer


async def _with_command(context: Context, execute: idempotency.Execute) -> dict[str, Any]:
    token = events.command.set(events.Command(request_id=context.request_id))
    try:
        return await execute()
    finally:
        events.command.reset(token)


def _negotiate(accept: str | None) -> str:
    """What to answer in: the client's first choice of what we have. `*/*` and silence mean application/json."""
    ranked = []
    for place, part in enumerate((accept or "*/*").split(",")):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((_quality(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
        ranked.append((-quality, place, kind))
    for quality, _, kind in sorted(ranked):
        if quality == 0:
            continue
        if kind == RESPONSE_JSON:
            return RESPONSE_JSON
        if kind in (JSON, "application/*", "*/*", "text/html"):
            return JSON
    raise BadRequest(406, f"We answer in {RESPONSE_JSON} or {JSON}.")


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _wants_page(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "") and not request.url.query


def _bearer(header: str | None) -> str | None:
    """The token of an Authorization header; of any other header an empty one, which is nobody's."""
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _status(answer: dict[str, Any], media_type: str) -> int:
    """application/json answers 200 to whatever is GraphQL; the newer type says what became of the request.

    503 in both while the database is away: what stands between us and the client is to know it, too.
    """
    if any(error["extensions"]["code"] == faults.UNAVAILABLE for error in answer.get("errors", ())):
        return 503
    if media_type == JSON or "data" in answer:
        return 200
    return _STATUS.get(answer["errors"][0]["extensions"]["code"], 400)


def _respond(answer: dict[str, Any], media_type: str, status: int, headers: dict[str, str] | None = None) -> Response:
    content_type = f"{media_type}; charset=utf-8"
    return Response(orjson.dumps(answer), status, {"Content-Type": content_type, **(headers or {})})
