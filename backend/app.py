"""The server, put together: `create_app(settings)` is what uvicorn runs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

import backend.reactions  # noqa: F401 - events refuse to be recorded before their consequences are known
from backend.config import Settings
from backend.integrations import mail, meilisearch
from backend.models import db, migrations
from backend.resolvers import screens
from backend.resolvers.endpoint import Endpoint
from backend.resolvers.exports import OrderExports
from backend.resolvers.invoice_documents import InvoiceDocuments
from backend.resolvers.request_log import RequestLog
from backend.resolvers.schema import schema
from backend.resolvers.uploads import Uploads

_MIGRATIONS = frozenset(file.stem for file in Path(str(migrations.__file__)).parent.glob("[0-9]*.py"))


def create_app(settings: Settings) -> Starlette:
    """`settings.database_url` names a migrated database; whoever serves has seen to both."""
    if settings.database_url is None:
        raise ValueError("The server needs settings.database_url.")
    url = settings.database_url

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        meilisearch.use(meilisearch.engine_of(settings))
        mail.use(mail.mailer_of(settings))
        await db.connect(url, **settings.pool)
        try:
            yield
        finally:
            await endpoint.live.close()
            await db.disconnect()

    endpoint = Endpoint(schema, settings)
    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            Route("/documents/invoices/{name}", InvoiceDocuments(endpoint), methods=["GET"]),
            Route("/exports/orders.{kind}", OrderExports(endpoint), methods=["GET"]),
            Route("/files", Uploads(endpoint), methods=["POST"]),
            Route("/healthz", healthy, methods=["GET"]),
            Route("/readyz", ready, methods=["GET"]),
            *screens.routes(),
        ],
    )
    app.add_middleware(RequestLog)
    return app


async def healthy(_: Request) -> Response:
    """The process runs."""
    return JSONResponse({"status": "ok"})


async def ready(_: Request) -> Response:
    """The database answers, and its tables are those that this version was written for."""
    try:
        applied = {row["name"] for row in await db.fetch("SELECT name FROM tortoise_migrations")}
    except Exception:  # noqa: BLE001 - whatever keeps us from the database, we are not ready
        return JSONResponse({"status": "unavailable", "reason": "The database does not answer."}, 503)
    missing = sorted(_MIGRATIONS - applied)
    if missing:
        return JSONResponse({"status": "unavailable", "reason": "Migrations are not applied.", "missing": missing}, 503)
    return JSONResponse({"status": "ok"})
