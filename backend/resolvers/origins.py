"""Whether a request that carries a cookie was sent by a page of ours: a browser says so, and cannot be made to lie."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

CSRF_HEADER = "x-crossdock-csrf"


def is_ours(headers: Mapping[str, str], public_url: str | None) -> bool:
    """Our header (no form can send one), a fetch from the same origin, or an Origin that is the host asked for.

    Who sends neither Origin nor Sec-Fetch-Site is no browser, and nobody's cookies are misused.
    """
    if headers.get(CSRF_HEADER):
        return True
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    if origin is None:
        return True
    allowed = {headers.get("host", "").lower()}
    if public_url:
        allowed.add(urlsplit(public_url).netloc.lower())
    return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc.lower() in allowed
