"""Names as the API spells them."""

from __future__ import annotations

import base64


def camel(name: str) -> str:
    """order_line_id → orderLineId; from_ → from."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def opaque_id(kind: str, key: object) -> str:
    """The id of a thing as clients know it."""
    return base64.urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("=")
