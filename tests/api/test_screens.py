"""How the built apps are served: which file for which path, and what a browser is told about it."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.applications import Starlette

from backend.resolvers import screens
from backend.resolvers.request_log import RequestLog

PAGE = "<!doctype html><title>Crossdock</title>"
SCRIPT = "export const answer = 42;\n" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    admin = tmp_path / "static" / "admin"
    (admin / "assets").mkdir(parents=True)
    (admin / "index.html").write_text(PAGE)
    (admin / "scheme.js").write_text("// colours")
    (admin / "assets" / "index-abc.js").write_text(SCRIPT)
    (admin / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "secret.txt").write_text("nobody's business")
    return tmp_path / "static"


@pytest.fixture
async def browser(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=screens.routes(built))
    app.add_middleware(RequestLog)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://crossdock.test") as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/orders", "/admin/orders/100001", "/admin/assets", "/admin/index.html"]
)
async def test_every_screen_is_the_one_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"].split("; ")
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("path", "to"), [("/", "/admin/"), ("/admin", "/admin/")])
async def test_the_ways_to_the_first_screen(browser: httpx.AsyncClient, path: str, to: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, to)


async def test_assets_never_change_and_come_compressed_to_who_takes_that(browser: httpx.AsyncClient) -> None:
    plain = await browser.get("/admin/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
    zipped = await browser.get("/admin/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert plain.text == zipped.text == SCRIPT
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    for answer in (plain, zipped):
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != zipped.headers["etag"]
    again = await browser.get("/admin/scheme.js")
    assert again.headers["cache-control"] == "no-cache"
    again = await browser.get("/admin/scheme.js", headers={"If-None-Match": again.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/admin/nothing.js", "/admin/assets/gone-abc.js", "/admin/%2e%2e/%2e%2e/secret.txt", "/admin/a%00.js",
     "/admin/" + "x" * 300 + ".js"],
)  # fmt: skip
async def test_what_is_not_there(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert "nobody" not in answer.text


async def test_nothing_is_written_to_a_file(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/admin/orders")).status_code == 405


async def test_without_a_build_the_page_says_what_to_do(browser: httpx.AsyncClient, built: Path) -> None:
    for file in built.rglob("*.html"):
        file.unlink()
    answer = await browser.get("/admin/orders")
    assert answer.status_code == 404
    assert "make run" in answer.text
    assert (await browser.get("/admin/gone.js")).status_code == 404
