"""Orders of the demo world from a seeded stream: who orders what, from where, and how it is paid."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from backend.commands.demo.catalog import CURRENCY, E_BOOK, GIFT_CARD, GIFT_WRAP, HOMES, SCARCE, goods, price
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, CustomerCommand, LineCommand
from backend.rules.vocabulary import DeliveryMethod, LineKind, PaymentMethodKind

_FIRST = ("Ada", "Bela", "Cosima", "Dario", "Edda", "Florin", "Greta", "Henrik", "Ilse", "Janek", "Katja", "Luca")
_LAST = ("Abel", "Brandt", "Colin", "Duarte", "Egger", "Fontana", "Gruber", "Havel", "Iversen", "Jansen", "Kovar")
_STREETS = ("Gartenweg", "Rue du Lac", "Hoofdstraat", "Via Verdi", "Lindenallee", "Na Kopci")
_SHOPS = ("ST-BERLIN", "ST-HAMBURG", "ST-VIENNA", "ST-LYON", "ST-GHENT")
DAYS = 30


class Fate(StrEnum):
    """How far an order is taken."""

    DRAFT = "draft"
    ENTERED = "entered"
    DECLINED = "declined"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    ALLOCATED = "allocated"
    PICKED = "picked"
    PACKED = "packed"
    DONE = "done"
    RETURNED = "returned"


_CHANCES = {
    Fate.DRAFT: 3,
    Fate.ENTERED: 4,
    Fate.DECLINED: 4,
    Fate.SUSPENDED: 4,
    Fate.CANCELLED: 5,
    Fate.ALLOCATED: 12,
    Fate.PICKED: 8,
    Fate.PACKED: 8,
    Fate.DONE: 46,
    Fate.RETURNED: 6,
}


@dataclass(frozen=True, slots=True)
class Planned:
    order: CreateOrder
    fate: Fate


def orders(seed: int, now: datetime, count: int, prefix: str = "DEMO") -> Iterator[Planned]:
    """`count` orders of the last 30 days, the oldest first. The first ten show every fate once."""
    chance = random.Random(seed)
    times = sorted(now - timedelta(seconds=chance.uniform(60, DAYS * 86_400)) for _ in range(count))
    for index, placed_at in enumerate(times):
        fate = list(Fate)[index] if index < len(Fate) else chance.choices(list(_CHANCES), list(_CHANCES.values()))[0]
        yield Planned(_order(chance, f"{prefix}-{index + 1:05}", placed_at, fate), fate)


def fresh(chance: random.Random, external_id: str, now: datetime) -> CreateOrder:
    """An ordinary order, placed now."""
    return _order(chance, external_id, now, Fate.DONE)


def _order(chance: random.Random, external_id: str, placed_at: datetime, fate: Fate) -> CreateOrder:
    person = _customer(chance)
    home = _home(chance, person.name)
    channel = "phone" if fate is Fate.DRAFT else chance.choice(("shop", "shop", "shop", "app", "app", "wholesale"))
    pickup = chance.choice(_SHOPS) if chance.random() < 0.2 and fate is not Fate.RETURNED else None
    lines = _lines(chance, pickup)
    shipping = Decimal(0) if pickup else Decimal("4.90")
    total = shipping + sum(line.unit_price * line.quantity - line.discount for line in lines)
    return CreateOrder(
        channel=channel,
        currency=CURRENCY,
        lines=lines,
        external_id=external_id,
        placed_at=placed_at,
        customer=person,
        email=person.email,
        phone=person.phone,
        billing_address=home,
        shipping_address=home,
        shipping=shipping,
        prices_include_tax=True,
        payments=None if fate is Fate.DRAFT else _payments(chance, total, fate),
        priority=chance.choice((0, 0, 0, 0, 10)),
        tags=["gift"] if any(line.kind is LineKind.SERVICE for line in lines) else None,
        draft=fate is Fate.DRAFT,
    )


def _customer(chance: random.Random) -> CustomerCommand:
    number = chance.randrange(90)
    # By the number, so that a customer has one name however often they order.
    first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
    return CustomerCommand(
        f"{first} {last}",
        external_id=f"DEMO-C{number:03}",
        email=f"{first}.{last}.{number}@example.com".lower(),
        phone=f"+4930{5550000 + number}",
    )


def _home(chance: random.Random, name: str) -> Address:
    city, postal_code, country, latitude, longitude = chance.choice(HOMES)
    street = f"{chance.choice(_STREETS)} {chance.randint(1, 120)}"
    return Address(street, city, country, name=name, postal_code=postal_code, latitude=latitude, longitude=longitude)


def _lines(chance: random.Random, pickup: str | None) -> list[LineCommand]:
    method = DeliveryMethod.PICKUP if pickup else DeliveryMethod.SHIP
    chosen = chance.sample([product.sku for product in goods()[:-1]], chance.choice((1, 1, 2, 2, 3, 5)))
    if chance.random() < 0.04:
        chosen[0] = SCARCE
    lines = []
    for sku in chosen:
        quantity = chance.choice((1, 1, 1, 2, 3))
        gross = price(sku) * quantity
        discount = (gross / 10).quantize(Decimal("0.01")) if chance.random() < 0.2 else Decimal(0)
        tax = ((gross - discount) * 19 / 119).quantize(Decimal("0.01"))
        lines.append(
            LineCommand(
                sku, quantity, price(sku), discount=discount, tax=tax, delivery_method=method, pickup_site=pickup
            )
        )
    if chance.random() < 0.15:
        lines.append(LineCommand(GIFT_WRAP.sku, 1, Decimal("3.50"), kind=LineKind.SERVICE))
    if chance.random() < 0.06:
        lines.append(_digital(E_BOOK.sku, "9.90", LineKind.DIGITAL))
    if chance.random() < 0.05:
        lines.append(_digital(GIFT_CARD.sku, "50.00", LineKind.GIFT_CARD))
    return lines


def _digital(sku: str, amount: str, kind: LineKind) -> LineCommand:
    return LineCommand(sku, 1, Decimal(amount), kind=kind, delivery_method=DeliveryMethod.DIGITAL)


def _payments(chance: random.Random, total: Decimal, fate: Fate) -> list[PaymentCommand]:
    if fate is Fate.DECLINED:
        return [_card(total, "sandbox_declined")]
    if chance.random() < 0.1 and total > 20:
        return [_card(Decimal(10)), _card(total - 10)]
    if chance.random() < 0.08:
        return [PaymentCommand("manual", PaymentMethodKind.CASH, total)]
    return [_card(total)]


def _card(amount: Decimal, token: str = "sandbox_ok") -> PaymentCommand:  # noqa: S107 - a test card
    return PaymentCommand("sandbox", PaymentMethodKind.CARD, amount, token=token)
