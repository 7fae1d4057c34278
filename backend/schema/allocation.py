"""Allocation: decisions with what was chosen, what else was possible and why not; the rule sets they are made by."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from backend.models.fulfillment import AllocationDecision as AllocationDecisionRow
from backend.models.fulfillment import AllocationRuleSet as AllocationRuleSetRow
from backend.models.inventory import InventorySite as InventorySiteRow
from backend.queries import allocation as queries
from backend.rules.allocation_record import Explanation
from backend.rules.permissions import READERS
from backend.rules.scarcity import HORIZON_DAYS, PERIOD_MINUTES
from backend.rules.vocabulary import AllocationOutcome, PriceMode, Role
from backend.schema.access import field, readable_by
from backend.schema.common import Info, Node, UserError, column, given, show, shows
from backend.schema.refs import InventorySiteRef

#: How orders are allocated is the house's own matter.
HOUSE = READERS - {Role.CHANNEL, Role.STORE_ASSOCIATE}


async def _site(info: Info, site_id: str) -> Any:
    return show(await info.loaders.one(InventorySiteRow, UUID(site_id)))


def _cost(stored: int | None) -> Decimal | None:
    """Costs are kept in hundredths."""
    return None if stored is None else Decimal(stored).scaleb(-2)


@readable_by(READERS)
@strawberry.type
class AllocationAssignment:
    site_id: strawberry.Private[str]
    sku: str
    quantity: int

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> AllocationAssignment:
        return cls(site_id=stored["site_id"], sku=stored["sku"], quantity=stored["quantity"])

    @field(roles=READERS)
    async def site(self, info: Info) -> InventorySiteRef:
        return await _site(info, self.site_id)


@readable_by(READERS)
@strawberry.type
class AllocationAlternative:
    cost: Decimal
    assignments: list[AllocationAssignment]
    why_not: str


@readable_by(READERS)
@strawberry.type
class ExcludedSite:
    site_id: strawberry.Private[str]
    reason: str

    @field(roles=READERS)
    async def site(self, info: Info) -> InventorySiteRef:
        return await _site(info, self.site_id)


@shows(AllocationDecisionRow)
@readable_by(READERS)
@strawberry.type(description="One allocation run over one order: what was chosen, what else was possible, and why not.")
class AllocationDecision(Node):
    at: datetime = column()
    rule_set: str = column()
    outcome: AllocationOutcome = column()

    @field(roles=READERS)
    def cost(self) -> Decimal | None:
        return _cost(self.row.cost)

    @field(roles=HOUSE, description="Of the scarcity prices that it was taken with, or that were tried beside it.")
    def price_version(self) -> int | None:
        return cast(int | None, self.row.price_version)

    @functools.cached_property
    def _told(self) -> Explanation:
        return cast(AllocationDecisionRow, self.row).in_full()

    @field(roles=READERS, description="Why, in plain words.")
    def sentence(self) -> str:
        return self._told.sentence

    @field(
        roles=HOUSE,
        description="Every site with its reasons and what it would cost alone, the cost's parts, what the classic rules"
        " would have cost, what each constraint costs. Amounts are hundredths of the order's currency.",
    )
    def explanation(self) -> JSON:
        return cast(JSON, self._told.record)

    @field(roles=READERS)
    def chosen(self) -> list[AllocationAssignment]:
        return [AllocationAssignment.of(stored) for stored in self.row.chosen]

    @field(roles=READERS)
    def alternatives(self) -> list[AllocationAlternative]:
        return [
            AllocationAlternative(
                cost=_cost(stored["cost"]) or Decimal(0),
                assignments=[AllocationAssignment.of(each) for each in stored["assignments"]],
                why_not=stored["why_not"],
            )
            for stored in self._told.alternatives or ()
        ]

    @field(roles=READERS)
    def excluded_sites(self) -> list[ExcludedSite]:
        return [
            ExcludedSite(site_id=stored["site_id"], reason=stored["reason"]) for stored in self._told.excluded or ()
        ]


@readable_by(HOUSE)
@strawberry.type(description="What one more unit at a site is worth to later orders, in the currency of its costs.")
class UnitPrice:
    site_id: strawberry.Private[str]
    sku: str
    price: Decimal

    @field(roles=HOUSE)
    async def site(self, info: Info) -> InventorySiteRef:
        return await _site(info, self.site_id)


@readable_by(HOUSE)
@strawberry.type(description="Prices learnt from past orders for the stock there was. The newest version is in force.")
class AllocationPriceTable:
    version: int
    made_at: datetime
    rule_set: str
    orders: int
    prices: int
    seconds: float

    @field(roles=HOUSE, description="The highest first; where there is none, it is zero.")
    async def units(
        self, site: str | None = strawberry.UNSET, sku: str | None = strawberry.UNSET, first: int = 50
    ) -> list[UnitPrice]:
        found = await queries.unit_prices(self.version, given(site), given(sku), first)
        return [
            UnitPrice(site_id=str(row["site_id"]), sku=row["sku"], price=Decimal(row["price"]).scaleb(-2))
            for row in found
        ]


@readable_by(HOUSE)
@strawberry.type(description="Decisions of a day (UTC) that prices were tried beside; amounts of their currencies.")
class AllocationPricesDay:
    day: date
    decisions: int
    differing: int
    costs_more: Decimal = strawberry.field(description="What the plans with prices would have cost more at once.")
    keeps: Decimal = strawberry.field(description="What they would have left for later orders, at these prices.")


@readable_by(HOUSE)
@strawberry.type(
    description="What a unit is worth to later orders, where it lies. SHADOW: tried beside decisions. LIVE: charged."
)
class AllocationPrices:
    mode: PriceMode
    period_minutes: int
    horizon_days: int
    table: AllocationPriceTable | None
    days: list[AllocationPricesDay]

    @classmethod
    def of(cls, row: Mapping[str, Any], days: Sequence[Mapping[str, Any]]) -> AllocationPrices:
        table = None
        if row["id"] is not None:
            names = ("made_at", "rule_set", "orders", "prices", "seconds")
            table = AllocationPriceTable(version=row["id"], **{name: row[name] for name in names})
        return cls(
            mode=PriceMode(row["mode"] or PriceMode.OFF),
            period_minutes=row["period_minutes"] or PERIOD_MINUTES,
            horizon_days=row["horizon_days"] or HORIZON_DAYS,
            table=table,
            days=[
                AllocationPricesDay(
                    day=it["day"],
                    decisions=it["decisions"],
                    differing=it["differing"],
                    costs_more=Decimal(it["money"]).scaleb(-2),
                    keeps=Decimal(it["kept"]).scaleb(-2),
                )
                for it in days
            ],
        )


@strawberry.input(description="How often prices are learnt, and how many days the stock has to last; else as it was.")
class AllocationPricesInput:
    mode: PriceMode
    period_minutes: int | None = strawberry.UNSET
    horizon_days: int | None = strawberry.UNSET


@readable_by(HOUSE)
@strawberry.type
class AllocationPricesPayload:
    prices: AllocationPrices | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input(
    description="The orders placed in the period, at the stock of that time, through each rule set. The others are"
    " compared with the first one; any version may be named. `withPrices`: the first that looks for the least cost"
    " is tried with scarcity prices too, learnt day by day from the orders before."
)
class AllocationSimulateInput:
    rule_set_ids: list[strawberry.ID]
    from_: datetime = strawberry.field(name="from")
    to: datetime
    with_prices: bool = False


@readable_by(HOUSE)
@strawberry.type(
    description="`kind` is the effect: OBJECTIVE, COSTS, UNFILLED, EXCLUDE, REQUIRE, ADD, TIER, MAX_SHIPMENTS,"
    " MINIMUM_SPLIT_VALUE, SHIP_COMPLETE, WHOLE_LINES or RESERVE. `when` is CEL over order, line, site and distance."
)
class AllocationRule:
    kind: str
    when: str | None
    parameters: JSON


@shows(AllocationRuleSetRow)
@readable_by(HOUSE)
@strawberry.type(description="A version of a rule set; never changed once made. One is active.")
class AllocationRuleSet(Node):
    name: str = column()
    active: bool = column()
    version: int = column()

    @field(roles=HOUSE)
    def rules(self) -> list[AllocationRule]:
        return [AllocationRule(kind=it["kind"], when=it["when"], parameters=it["parameters"]) for it in self.row.rules]


@strawberry.input
class AllocationRuleInput:
    kind: str
    when: str | None = strawberry.UNSET
    parameters: JSON | None = strawberry.UNSET


@strawberry.input
class AllocationRuleSetInput:
    name: str
    rules: list[AllocationRuleInput]
    activate: bool = False


@strawberry.input
class AllocationRuleSetIdInput:
    rule_set_id: strawberry.ID


@readable_by(HOUSE)
@strawberry.type
class AllocationRuleSetPayload:
    rule_set: AllocationRuleSet | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
