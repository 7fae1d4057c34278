"""The apps that people work with: what `make` built into backend/static, and what a browser is told about it."""

from __future__ import annotations

import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

APPS = ("admin", "store")
BUILT = Path(__file__).parents[1] / "static"

_POLICY = "; ".join(
    (
        *("default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:"),
        *("font-src 'self'", "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"),
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "Vary": "Accept-Encoding",
}
#: Names of assets hold a hash of what is in them.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Crossdock</title>
<h1>The screens have not been built</h1>
<p>The API runs. <code>make run</code> builds the screens (it needs Node.js 20.19 or newer) and starts again.</p></html>
"""


def routes(built: Path = BUILT) -> list[BaseRoute]:
    """Each app beneath its name; who asks for nothing in particular gets the first."""
    return [
        Route("/", _to(f"/{APPS[0]}/"), methods=["GET"]),
        *(Route(f"/{app}", _to(f"/{app}/"), methods=["GET"]) for app in APPS),
        *(Mount(f"/{app}", Screens(built / app)) for app in APPS),
    ]


class Screens(StaticFiles):
    """One app. A path whose last part has no dot is a screen, which the app's one page finds by itself."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def check_config(self) -> None:
        """Not having been built is told to whoever asks for a screen."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        name = "index.html" if "." not in Path(path).name else path
        zipped = "gzip" in Headers(scope=scope).get("accept-encoding", "") and await self._is_there(f"{name}.gz")
        if name == "index.html" and not await self._is_there(name):
            return HTMLResponse(_NOT_BUILT, 404)
        response = await super().get_response(f"{name}.gz" if zipped else name, scope)
        response.headers.update(_HEADERS)
        response.headers["Cache-Control"] = _FOREVER if name.startswith(f"assets{os.sep}") else _ASK_AGAIN
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        return response

    async def _is_there(self, path: str) -> bool:
        try:
            _, found = await to_thread.run_sync(self.lookup_path, path)
        except (OSError, ValueError):  # Names that no file can have.
            return False
        return found is not None and stat.S_ISREG(found.st_mode)


def _to(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def redirect(_: Request) -> Response:
        return RedirectResponse(path)

    return redirect
