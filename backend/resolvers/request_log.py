"""An id for every request, and one line in the log: what, how long, with which answer. No bodies, no people."""

from __future__ import annotations

import re
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.models.base import uuid7

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET = frozenset({"/healthz", "/readyz"})

log = structlog.get_logger("crossdock.request")


class RequestLog:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
                _harden(message)
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            self._note(scope, status, (time.perf_counter() - started) * 1000)

    def _note(self, scope: Scope, status: int, milliseconds: float) -> None:
        if scope["path"] in _QUIET and status < 400:
            return
        state: MutableMapping[str, Any] = scope["state"]
        log.info(
            "request",
            method=scope.get("method", "WEBSOCKET"),
            path=scope["path"][:200],
            status=status,
            milliseconds=round(milliseconds, 1),
            operation=state.get("operation"),
            actor=state.get("actor"),
        )


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if _SANE.fullmatch(given) else uuid7().hex


def _harden(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cache-Control", "no-store")
