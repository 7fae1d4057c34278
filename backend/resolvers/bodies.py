"""The body of a GraphQL request: read within bounds, decoded, and shaped, or refused with a clear answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

_READ_SECONDS = 30
#: How deep JSON may be: coercion and the database's JSON go down recursively.
_MAX_DEPTH = 40
_NUL = b"\\u0000"


class BadRequest(Exception):
    """The request is broken before there is an operation; `status` is the HTTP status of the answer."""

    def __init__(self, status: int, message: str, code: str = "BAD_USER_INPUT", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    query: str
    variables: dict[str, Any]
    operation_name: str | None


async def read(request: Request, limit: int) -> bytes:
    """The body, at most `limit` bytes (413) and within half a minute (408)."""
    return b"".join([chunk async for chunk in stream(request, limit, _READ_SECONDS)])


async def stream(request: Request, limit: int, seconds: float) -> AsyncIterator[bytes]:
    """The body as it comes, at most `limit` bytes (413) and within so many seconds (408)."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise BadRequest(413, f"A request may have {limit} bytes.")
    chunks = aiter(request.stream())
    until = asyncio.get_running_loop().time() + seconds
    received = 0
    while True:
        try:
            async with asyncio.timeout_at(until):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise BadRequest(408, "The request took too long to arrive.") from error
        except ClientDisconnect as error:
            raise BadRequest(400, "The request ended before its body.") from error
        received += len(chunk)
        if received > limit:
            raise BadRequest(413, f"A request may have {limit} bytes.")
        yield chunk


def check_content_type(value: str | None) -> None:
    kind, _, parameters = (value or "").partition(";")
    if kind.strip().lower() != "application/json":
        raise BadRequest(415, "Send the operation as application/json.")
    for parameter in parameters.split(";"):
        name, _, charset = parameter.partition("=")
        if name.strip().lower() == "charset" and charset.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise BadRequest(415, "Send the operation as application/json in UTF-8.")


def decode(text: bytes | str) -> Any:
    """JSON that can be stored: no NUL, no lone surrogates, no NaN, nothing deeper than we can walk."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, f"The body is not JSON: {error.msg}.") from error
    raw = text.encode() if isinstance(text, str) else text
    check_tree(value, nul=_NUL in raw)
    return value


def check_tree(value: Any, *, nul: bool) -> None:
    """Level by level, without recursion."""
    level: list[Any] = [value]
    for _ in range(_MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                if nul and any("\x00" in key for key in item):
                    raise BadRequest(400, "Text must not hold NUL characters.")
                below.extend(part for part in item.values() if nul or isinstance(part, dict | list))
            elif isinstance(item, list):
                below.extend(part for part in item if nul or isinstance(part, dict | list))
            elif nul and isinstance(item, str) and "\x00" in item:
                raise BadRequest(400, "Text must not hold NUL characters.")
        if not below:
            return
        level = below
    raise BadRequest(400, f"The body is nested too deeply: {_MAX_DEPTH} levels are allowed.")


def shape(value: Any) -> GraphQLRequest:
    """Query, variables and operation name of a decoded body (or of URL parameters)."""
    if isinstance(value, list):
        raise BadRequest(400, "Batches are not supported: send one operation per request.")
    if not isinstance(value, dict):
        raise BadRequest(400, "The body must be a JSON object.")
    query = value.get("query")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "`query` must be the text of a GraphQL operation.")
    for name in ("variables", "extensions"):
        if not isinstance(value.get(name), dict | None):
            raise BadRequest(400, f"`{name}` must be an object or null.")
    operation_name = value.get("operationName")
    if not isinstance(operation_name, str | None):
        raise BadRequest(400, "`operationName` must be a string or null.")
    return GraphQLRequest(query, value.get("variables") or {}, operation_name or None)


def from_url(parameters: Mapping[str, str]) -> GraphQLRequest:
    value: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if value.get(name):
            value[name] = decode(value[name])
        else:
            value.pop(name, None)
    return shape(value)
