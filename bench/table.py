"""Tables as README quotes them: Markdown, numbers to the right."""

from __future__ import annotations

from collections.abc import Sequence


def show(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The first column is text; the others are set to the right."""
    cells = [list(head), *([_text(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [_line(row, widths) for row in cells]
    rule = (
        "|" + "|".join(f"{'-' * (width + 1)}{'-' if index == 0 else ':'}" for index, width in enumerate(widths)) + "|"
    )
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    parts = (
        text.ljust(width) if index == 0 else text.rjust(width)
        for index, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "| " + " | ".join(parts) + " |"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
