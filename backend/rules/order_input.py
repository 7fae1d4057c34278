"""What a channel or a person hands in as an order, and what is wrong with it. Amounts come in major units."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel import Locale

from backend.errors import ErrorCode, Problem, Refused
from backend.money import to_minor
from backend.rules.billing import PaymentCommand
from backend.rules.vocabulary import DeliveryMethod, LineKind

MAX_LINES = 2_000
MAX_QUANTITY = 100_000
MAX_PAYMENTS = 20
MAX_TAGS = 50
MAX_ATTRIBUTES = 32_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_SUBDIVISION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_CARD_NUMBER = re.compile(r"[\d\s-]{12,25}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch(r"[A-Z]{2}", code)) - {
    "ZZ",
    "EU",
}


@dataclass(frozen=True, slots=True)
class Address:
    line1: str
    city: str
    country: str
    name: str | None = None
    company: str | None = None
    line2: str | None = None
    subdivision: str | None = None
    postal_code: str | None = None
    phone: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class CustomerCommand:
    name: str
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class LineCommand:
    sku: str
    quantity: int
    unit_price: Decimal
    name: str | None = None
    discount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    kind: LineKind = LineKind.PHYSICAL
    delivery_method: DeliveryMethod = DeliveryMethod.SHIP
    pickup_site: str | None = None
    external_id: str | None = None
    attributes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CreateOrder:
    channel: str
    currency: str
    lines: Sequence[LineCommand]
    external_id: str | None = None
    placed_at: datetime | None = None
    customer: CustomerCommand | None = None
    email: str | None = None
    phone: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    shipping_method: str | None = "standard"
    promised_at: datetime | None = None
    prices_include_tax: bool = False
    shipping: Decimal = Decimal(0)
    payments: Sequence[PaymentCommand] | None = None
    priority: int = 0
    reservation_id: UUID | None = None
    tags: Sequence[str] | None = None
    attributes: Mapping[str, Any] | None = None
    draft: bool = False


@dataclass(slots=True)
class Problems:
    """Collects what is wrong, so that a caller is told all of it at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, message: str, *path: str | int, code: ErrorCode = ErrorCode.INVALID) -> None:
        self.found.append(Problem(code, message, tuple(str(part) for part in path)))

    def check(self) -> None:
        if self.found:
            raise Refused(*self.found[:50])

    def text(self, value: str | None, limit: int, *path: str | int, required: bool = False) -> None:
        if value is None or not value.strip():
            if required:
                self.add("This is needed.", *path)
        elif len(value) > limit:
            self.add(f"At most {limit} characters.", *path, code=ErrorCode.LIMIT_EXCEEDED)
        elif "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            self.add("Contains characters that cannot be stored.", *path)

    def money(self, amount: Decimal, currency: str, *path: str | int) -> int:
        """The amount in minor units; 0 where it is wrong, which has then been noted."""
        try:
            minor = to_minor(amount, currency, *path)
        except Refused as error:
            self.found.extend(error.problems)
            return 0
        if minor < 0:
            self.add("An amount is not negative.", *path)
        return max(minor, 0)


def check(order: CreateOrder, now: datetime) -> None:
    """Refuse an order that cannot be taken as it is, with every problem and its path."""
    problems = Problems()
    if not _CURRENCY.fullmatch(order.currency):
        problems.add("A currency is three capital letters (ISO 4217).", "currency")
        problems.check()
    problems.money(order.shipping, order.currency, "shipping")
    problems.text(order.channel, 64, "channel", required=True)
    problems.text(order.external_id, 200, "external_id")
    problems.text(order.phone, 40, "phone")
    problems.text(order.shipping_method, 64, "shipping_method")
    check_email(problems, order.email, "email")
    if order.customer is not None:
        check_customer(problems, order.customer, "customer")
    for address, path in ((order.billing_address, "billing_address"), (order.shipping_address, "shipping_address")):
        if address is not None:
            check_address(problems, address, path)
    for moment, path in ((order.placed_at, "placed_at"), (order.promised_at, "promised_at")):
        if moment is not None and moment.tzinfo is None:
            problems.add("A time needs its offset from UTC.", path)
    if order.placed_at is not None and order.placed_at.tzinfo and order.placed_at > now + timedelta(days=1):
        problems.add("An order is not placed in the future.", "placed_at")
    if not -1_000_000 <= order.priority <= 1_000_000:
        problems.add("A priority is between -1,000,000 and 1,000,000.", "priority")
    check_tags(problems, order.tags or (), "tags")
    check_attributes(problems, order.attributes, "attributes")
    total = check_lines(problems, order.lines, order.currency, order.prices_include_tax, "lines")
    if not order.lines:
        problems.add("An order has at least one line.", "lines")
    check_payments(problems, order, total + problems.money(order.shipping, order.currency))
    problems.check()


def check_lines(
    problems: Problems, lines: Sequence[LineCommand], currency: str, prices_include_tax: bool, *path: str
) -> int:
    """What the lines come to in minor units."""
    if len(lines) > MAX_LINES:
        problems.add(f"An order has at most {MAX_LINES} lines.", *path, code=ErrorCode.LIMIT_EXCEEDED)
        problems.check()
    return sum(_check_line(problems, line, currency, prices_include_tax, *path, i) for i, line in enumerate(lines))


def _check_line(
    problems: Problems, line: LineCommand, currency: str, prices_include_tax: bool, *path: str | int
) -> int:
    problems.text(line.sku, 100, *path, "sku", required=True)
    problems.text(line.name, 500, *path, "name")
    problems.text(line.external_id, 200, *path, "external_id")
    check_attributes(problems, line.attributes, *path, "attributes")
    if not 1 <= line.quantity <= MAX_QUANTITY:
        problems.add(f"A quantity is 1 to {MAX_QUANTITY}.", *path, "quantity")
        return 0
    price = problems.money(line.unit_price, currency, *path, "unit_price") * line.quantity
    discount = problems.money(line.discount, currency, *path, "discount")
    tax = problems.money(line.tax, currency, *path, "tax")
    if discount > price:
        problems.add("A discount is not above the price.", *path, "discount")
    if (line.delivery_method is DeliveryMethod.PICKUP) != (line.pickup_site is not None):
        problems.add("A pick-up names its site, and only a pick-up does.", *path, "pickup_site")
    if line.delivery_method is DeliveryMethod.DIGITAL and line.kind is LineKind.PHYSICAL:
        problems.add("A physical line is shipped or picked up.", *path, "delivery_method")
    return price - discount + (0 if prices_include_tax else tax)


def check_payments(problems: Problems, order: CreateOrder, total: int) -> None:
    payments = order.payments or ()
    if len(payments) > MAX_PAYMENTS:
        problems.add(f"At most {MAX_PAYMENTS} payments.", "payments", code=ErrorCode.LIMIT_EXCEEDED)
        return
    tendered = 0
    for index, payment in enumerate(payments):
        amount = problems.money(payment.amount, order.currency, "payments", index, "amount")
        if amount == 0:
            problems.add("A payment is above zero.", "payments", index, "amount")
        tendered += amount
        check_tender(problems, payment, "payments", index)
    if tendered > total:
        problems.add("The payments are above the total.", "payments")


def check_tender(problems: Problems, payment: PaymentCommand, *path: str | int) -> None:
    """What names a tender at its gateway; a card number is not to come near us."""
    problems.text(payment.token, 200, *path, "token")
    problems.text(payment.authorized_reference, 200, *path, "authorized_reference")
    if payment.token and _CARD_NUMBER.fullmatch(payment.token):
        problems.add("A card number is never accepted; give the gateway's token.", *path, "token")


def check_region(problems: Problems, country: str, subdivision: str | None, *path: str | int) -> None:
    if country not in _COUNTRIES:
        problems.add("A country is an ISO 3166-1 alpha-2 code.", *path, "country")
    if subdivision is not None and not _SUBDIVISION.fullmatch(subdivision):
        problems.add("A subdivision is an ISO 3166-2 code, such as US-NV.", *path, "subdivision")


def check_address(problems: Problems, address: Address, *path: str) -> None:
    problems.text(address.line1, 200, *path, "line1", required=True)
    problems.text(address.city, 100, *path, "city", required=True)
    for name, limit in (("name", 200), ("company", 200), ("line2", 200), ("postal_code", 20), ("phone", 40)):
        problems.text(getattr(address, name), limit, *path, name)
    check_region(problems, address.country, address.subdivision, *path)
    if (address.latitude is None) != (address.longitude is None):
        problems.add("Latitude and longitude come together.", *path, "latitude")
    for name, limit in (("latitude", 90), ("longitude", 180)):
        degrees = getattr(address, name)
        if degrees is not None and not -limit <= degrees <= limit:
            problems.add(f"Between -{limit} and {limit} degrees.", *path, name)


def check_customer(problems: Problems, customer: CustomerCommand, *path: str) -> None:
    problems.text(customer.name, 200, *path, "name", required=True)
    problems.text(customer.external_id, 200, *path, "external_id")
    problems.text(customer.phone, 40, *path, "phone")
    check_email(problems, customer.email, *path, "email")


def check_email(problems: Problems, email: str | None, *path: str) -> None:
    problems.text(email, 254, *path)
    if email and not _EMAIL.fullmatch(email):
        problems.add("This is not an e-mail address.", *path)


def check_tags(problems: Problems, tags: Sequence[str], *path: str) -> None:
    if len(tags) > MAX_TAGS:
        problems.add(f"At most {MAX_TAGS} tags.", *path, code=ErrorCode.LIMIT_EXCEEDED)
    for index, tag in enumerate(tags[:MAX_TAGS]):
        problems.text(tag, 64, *path, index, required=True)


def check_attributes(problems: Problems, attributes: Mapping[str, Any] | None, *path: str | int) -> None:
    if attributes is None:
        return
    if not isinstance(attributes, Mapping):
        problems.add("Attributes are an object of names and values.", *path)
        return
    text = json.dumps(attributes, default=str, ensure_ascii=False)
    if len(text) > MAX_ATTRIBUTES:
        problems.add(f"At most {MAX_ATTRIBUTES} characters of JSON.", *path, code=ErrorCode.LIMIT_EXCEEDED)
    if "\\u0000" in text or any("\ud800" <= character <= "\udfff" for character in text):
        problems.add("Contains characters that cannot be stored.", *path)


def address_json(address: Address | None) -> dict[str, Any] | None:
    """As stored, with the API's names."""
    if address is None:
        return None
    stored = {
        "name": address.name,
        "company": address.company,
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "subdivision": address.subdivision,
        "postalCode": address.postal_code,
        "country": address.country,
        "phone": address.phone,
        "latitude": address.latitude,
        "longitude": address.longitude,
    }
    return {name: value for name, value in stored.items() if value is not None}
