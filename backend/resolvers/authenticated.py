"""Files by plain HTTP: for those who are logged in, with refusals and faults told as in the API."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from backend.errors import Refused
from backend.resolvers import faults
from backend.resolvers.bodies import BadRequest
from backend.resolvers.endpoint import Endpoint
from backend.rules.permissions import Actor


class Authenticated(ABC):
    """An ASGI endpoint; a subclass says what the actor gets."""

    missing: ClassVar[str] = "There is no such thing."

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    @abstractmethod
    async def answer(self, actor: Actor, request: Request) -> Response | None:
        """None for what does not exist, or may not be seen: `missing` says so."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refused as refusal:
            entries = [
                {"message": problem.message, "extensions": {"code": problem.code.value, "path": list(problem.path)}}
                for problem in refusal.problems
            ]
            response = JSONResponse({"errors": entries}, 400)
        except BadRequest as error:
            response = _refuse(error.status, str(error), error.code, error.headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is a masked one
            entry, status, headers = faults.response(error)
            response = JSONResponse({"errors": [entry]}, status, headers)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        context = await self.endpoint.context(request)
        self.endpoint.admit(request, context)
        if context.identity is None:
            return _refuse(401, "Log in first.", faults.UNAUTHENTICATED)
        return await self.answer(context.identity, request) or _refuse(404, self.missing, "NOT_FOUND")


def _refuse(status: int, message: str, code: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status, headers)
