"""Where an order stands, what it waits for, and what may be done."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.orders import OrderClaim as OrderClaimRow
from backend.models.orders import OrderHold as OrderHoldRow
from backend.rules.assessment import Wait
from backend.rules.lifecycle import Available
from backend.rules.permissions import READERS
from backend.rules.steps import Step
from backend.rules.vocabulary import LifecycleStep, StepMode, StepStatus
from backend.schema.access import field, readable_by
from backend.schema.common import Held, Info, column, encode_id, shows


@readable_by(READERS)
@strawberry.type
class OrderStep:
    step: LifecycleStep
    status: StepStatus
    mode: StepMode
    at: datetime | None
    by: str | None
    reason: str | None

    @classmethod
    def of(cls, step: Step) -> OrderStep:
        return cls(step=step.step, status=step.status, mode=step.mode, at=step.at, by=step.by, reason=step.reason)


@readable_by(READERS)
@strawberry.type(description="What may be done to an order now, and if not, why.")
class AvailableAction:
    action: str
    enabled: bool
    reason: str | None

    @classmethod
    def of(cls, found: Available) -> AvailableAction:
        return cls(action=found.action, enabled=found.enabled, reason=found.reason)


@shows(OrderClaimRow)
@readable_by(READERS)
@strawberry.type(description="Who sees to an order, and until when. It forbids nobody what they may do.")
class OrderClaim(Held):
    row: strawberry.Private[OrderClaimRow]
    by: str = column()
    at: datetime = column()
    until: datetime = column(description="When it ends by itself.")

    @field(roles=READERS, description="Whether it is one's own.")
    def mine(self, info: Info) -> bool:
        return bool(self.row.holder == info.actor.key)


@shows(OrderHoldRow)
@readable_by(READERS)
@strawberry.type
class OrderHold(Held):
    row: strawberry.Private[OrderHoldRow]
    reason: str = column()
    note: str | None = column()
    held_by: str = column()
    at: datetime = column()
    released_at: datetime | None = column()
    released_by: str | None = column()

    @field(roles=READERS)
    def id(self) -> strawberry.ID:
        return encode_id("OrderHold", self.row.id)


@readable_by(READERS)
@strawberry.type
class Waiting:
    step: LifecycleStep
    reason: str
    since: datetime
    actors: list[str]
    next_at: datetime | None
    detail: str | None = strawberry.field(description="The reason in words, where there are more.")

    @classmethod
    def of(cls, wait: Wait) -> Waiting:
        return cls(
            step=wait.step,
            reason=wait.reason,
            since=wait.since,
            actors=list(wait.actors),
            next_at=wait.next_at,
            detail=wait.detail,
        )
