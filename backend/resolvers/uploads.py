"""POST /files: a file for importStart, its bytes as the request's body. Answers 201 with {id, name, rows}.

The Content-Type says what it is: application/json, application/x-ndjson or text/csv, gzipped or not. `?name=` is what
people call it. It goes to the disk as it comes.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.actions.imports.receive import receive
from backend.actions.imports.start import IMPORTERS
from backend.resolvers import bodies, faults
from backend.resolvers.authenticated import Authenticated
from backend.resolvers.bodies import BadRequest
from backend.resolvers.commands import text
from backend.resolvers.endpoint import Endpoint
from backend.rules.permissions import Actor
from backend.rules.vocabulary import FileForm
from backend.schema.common import encode_id

_FORMS = {
    "application/json": FileForm.JSON,
    "application/x-ndjson": FileForm.JSON,
    "application/jsonl": FileForm.JSON,
    "text/csv": FileForm.CSV,
}
_MAX_NAME = 200
#: For the whole file to arrive.
_SECONDS = 600


class Uploads(Authenticated):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.at_once = asyncio.Semaphore(4)

    async def answer(self, actor: Actor, request: Request) -> Response:
        if not actor.has(IMPORTERS):
            raise BadRequest(403, "Your role imports nothing.", faults.FORBIDDEN)
        form = _FORMS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
        if form is None:
            raise BadRequest(415, f"Send it as one of {', '.join(_FORMS)}.")
        name = text(request.query_params.get("name", "")[:_MAX_NAME], "name") or "file"
        async with self.at_once:
            with tempfile.NamedTemporaryFile(prefix="upload-") as file:
                async for chunk in bodies.stream(request, self.endpoint.settings.file_limit_bytes, _SECONDS):
                    await asyncio.to_thread(file.write, chunk)
                file.flush()
                received = await receive(actor, name, Path(file.name), form)
        made = {"id": encode_id("File", received.file_id), "name": name, "rows": received.rows}
        return JSONResponse(made, 201)
