"""Names as the API spells them."""

from __future__ import annotations


def camel(name: str) -> str:
    """order_line_id → orderLineId; from_ → from."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
