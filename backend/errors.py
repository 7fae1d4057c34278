"""The one way to say no.

Rules and actions raise `Refused`; the resolver edge turns it into `userErrors`. `Unauthenticated` and `Forbidden`
become GraphQL errors. Everything else is a bug: masked, logged, answered as INTERNAL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ErrorCode(StrEnum):
    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    DUPLICATE = "DUPLICATE"
    STALE = "STALE"
    CONFLICT = "CONFLICT"
    INVALID_STATE = "INVALID_STATE"
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    NOT_ALLOCATABLE = "NOT_ALLOCATABLE"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    PAYMENT_UNCERTAIN = "PAYMENT_UNCERTAIN"
    GATEWAY_UNAVAILABLE = "GATEWAY_UNAVAILABLE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    NOT_PERMITTED = "NOT_PERMITTED"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason for a refusal. `path` names the input field in snake_case: ("lines", "0", "sku")."""

    code: ErrorCode
    message: str
    path: tuple[str, ...] = ()


class Refused(Exception):
    """The domain says no; nothing has been changed."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems

    @property
    def code(self) -> ErrorCode:
        return self.problems[0].code


class Unauthenticated(Exception):
    """No valid session or API key."""


class Forbidden(Exception):
    """Logged in, but the role may not ask for this."""


def refused(code: ErrorCode, message: str, *path: str | int) -> Refused:
    """A refusal with a single problem: `raise refused(ErrorCode.STALE, "…", "expected_version")`."""
    return Refused(Problem(code, message, tuple(str(part) for part in path)))


def not_found(noun: str, *path: str) -> Refused:
    """The same answer for what does not exist and for what the actor may not see."""
    return refused(ErrorCode.NOT_FOUND, f"There is no such {noun}.", *path)


def check_version(noun: str, version: int, expected: int | None) -> None:
    """Refuses a write that was based on a version that is no longer the newest."""
    if expected is not None and version != expected:
        raise refused(ErrorCode.STALE, f"The {noun} is at version {version}, not {expected}.", "expected_version")
