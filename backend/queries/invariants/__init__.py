"""What must hold of the books at every moment, by subject; queries/verify.py asks for all of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """`sql` returns the rows that offend; none where all is well."""

    name: str
    sentence: str
    sql: str
