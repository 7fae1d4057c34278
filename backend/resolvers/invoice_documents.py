"""/documents/invoices/{number}.pdf, for those who may see the order. Made from the record whenever it is asked for."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from backend.integrations.documents import MEDIA_TYPE, invoice_pdf
from backend.queries.invoice_documents import invoice_document
from backend.resolvers.authenticated import Authenticated
from backend.resolvers.endpoint import Endpoint
from backend.rules.permissions import Actor

_MAX_NAME = 40


class InvoiceDocuments(Authenticated):
    missing = "There is no such invoice."

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.at_once = asyncio.Semaphore(2)

    async def answer(self, actor: Actor, request: Request) -> Response | None:
        number = request.path_params["name"].removesuffix(".pdf")
        known = len(number) <= _MAX_NAME and number.isascii() and number.isprintable()
        document = await invoice_document(actor, number) if known else None
        if document is None:
            return None
        async with self.at_once:
            pdf = await asyncio.to_thread(invoice_pdf, document)
        return Response(pdf, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'inline; filename="{number}.pdf"'})
