"""Make a version of a rule set of allocation. Versions are never changed; decisions keep the one they were made by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.actions.rule_sets.switching import lock_rule_sets, switch_off, write
from backend.errors import ErrorCode, refused
from backend.models.db import retried, transaction
from backend.models.fulfillment import AllocationRuleSet
from backend.models.supply import all_sites
from backend.rules.effects import excludes_every_site
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.rule_sets import RuleSet, parse_rules
from backend.rules.vocabulary import SiteCapability


@dataclass(frozen=True, slots=True)
class RuleCommand:
    """`parameters` by effect: see rules/rule_sets.py."""

    kind: str
    when: str | None = None
    parameters: Any = None


@dataclass(frozen=True, slots=True)
class RuleSetCommand:
    name: str
    rules: Sequence[RuleCommand]
    activate: bool = False


@retried
async def create(actor: Actor, command: RuleSetCommand) -> UUID:
    """The new version's id. Refuses rules that cannot be read, and those that leave no site, with their place."""
    problems = Problems()
    problems.text(command.name, 200, "name", required=True)
    problems.check()
    rules = parse_rules([(rule.kind, rule.when, rule.parameters) for rule in command.rules])
    async with transaction() as tx:
        await lock_rule_sets(tx)
        ships = [site for site in await all_sites() if site.active and SiteCapability.SHIP in site.capabilities]
        barring = excludes_every_site(RuleSet(command.name, rules), ships)
        if barring is not None:
            where = "when" if rules[barring].when is not None else "kind"
            raise refused(ErrorCode.INVALID, "No site would be left to any order.", "rules", barring, where)
        last = await AllocationRuleSet.filter(name=command.name).order_by("-version").first()
        if command.activate:
            await switch_off(tx, actor)
        version = RuleSet(command.name, rules, last.version + 1 if last else 1)
        return await write(tx, actor, version, active=command.activate)
