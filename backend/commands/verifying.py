"""`crossdock verify`: the invariants of the books as a table."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from backend.queries.verify import Finding, verify


async def verify_books(told: Console) -> bool:
    """Whether nothing was found."""
    findings = await verify()
    table = Table("Invariant", "What must hold", "Offending", box=None, pad_edge=False)
    for finding in findings:
        count = len(finding.rows)
        table.add_row(finding.name, finding.sentence, f"[red]{_count(finding)}[/red]" if count else "[green]0[/green]")
    told.print(table)
    wrong = [finding for finding in findings if finding.rows]
    for finding in wrong:
        told.print(f"\n{finding.name}: {finding.sentence}", style="red", highlight=False)
        for row in finding.rows:
            text = ", ".join(f"{name}={value}" for name, value in row.items())
            told.print(f"  {text}", markup=False, highlight=False)
    told.print(f"\n{len(findings)} invariants, {len(wrong)} broken.", highlight=False)
    return not wrong


def _count(finding: Finding) -> str:
    return f"{len(finding.rows)}{' or more' if finding.capped else ''}"
