"""/documents/invoices/{number}.pdf, for those who may see the order. Made from the record whenever it is asked for."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from backend.integrations.documents import MEDIA_TYPE, invoice_pdf
from backend.queries.invoice_documents import invoice_document
from backend.resolvers import faults
from backend.resolvers.endpoint import Endpoint

_MAX_NAME = 40


class InvoiceDocuments:
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.at_once = asyncio.Semaphore(2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is a masked one
            entry, status, headers = faults.response(error)
            response = JSONResponse({"errors": [entry]}, status, headers)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        identity = (await self.endpoint.context(request)).identity
        if identity is None:
            return _refuse(401, "Log in first.", faults.UNAUTHENTICATED)
        number = request.path_params["name"].removesuffix(".pdf")
        known = len(number) <= _MAX_NAME and number.isascii() and number.isprintable()
        document = await invoice_document(identity, number) if known else None
        if document is None:
            return _refuse(404, "There is no such invoice.", "NOT_FOUND")
        async with self.at_once:
            pdf = await asyncio.to_thread(invoice_pdf, document)
        return Response(pdf, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'inline; filename="{number}.pdf"'})


def _refuse(status: int, message: str, code: str) -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
