"""Webhooks after the Standard Webhooks specification: topics, targets, signatures, waits. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from backend.rules.order_input import Problems

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Kinds of events by their first word. Users, keys and sessions are nobody's business outside.
FAMILIES = (
    "alert", "alert_rule", "allocation_prices", "allocation_rule_set", "channel", "inventory", "invoice", "job",
    "order", "payment", "product", "receipt", "recurring_order", "reservation", "return", "shipment",
    "shipping_order", "site", "workflow",
)  # fmt: skip
_TOPIC = re.compile(r"([a-z_]{1,31})\.([a-z_]{1,31}|\*)")
_MAX_TOPICS = 50
#: After each failure; in all 75 hours, then it is given up.
_WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
_PREFIX = "whsec_"
#: Addresses that hold others: what is checked is the one inside, or nothing goes there at all.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def check(url: str, topics: Sequence[str], networks: Sequence[Network]) -> None:
    """Refuse a webhook that could never arrive, with each problem at its place."""
    problems = Problems()
    problems.text(url, 2000, "url", required=True)
    if not problems.found:
        _check_url(url, networks, problems)
    if not 0 < len(topics) <= _MAX_TOPICS:
        problems.add(f"1 to {_MAX_TOPICS} topics.", "topics")
    for place, topic in enumerate(topics[:_MAX_TOPICS]):
        named = _TOPIC.fullmatch(topic)
        if topic != "*" and (named is None or named[1] not in FAMILIES):
            problems.add("A topic is a kind of event such as order.created, order.*, or *.", "topics", place)
    problems.check()


def _check_url(url: str, networks: Sequence[Network], problems: Problems) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return problems.add("This is not a URL.", "url")
    if not url.isascii() or not url.isprintable() or " " in url or not host:
        return problems.add("This is not a URL.", "url")
    if parts.username or parts.password or parts.fragment:
        return problems.add("A URL without a user, a password and a fragment.", "url")
    if parts.scheme != "https" and not (parts.scheme == "http" and networks):
        return problems.add("Webhooks go over https.", "url")
    address = _address(host)
    private = host == "localhost" if address is None else not may_reach(address, parts.scheme, networks)
    if private and not (address is None and networks):
        problems.add("Webhooks do not go to private networks; CROSSDOCK_WEBHOOK_NETWORKS names exceptions.", "url")
    return None


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def may_reach(address: Address, scheme: str, networks: Sequence[Network]) -> bool:
    """Over https whatever is public; else only what the settings name."""
    inner = address
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or address
        if address.teredo is not None or address in _TRANSLATED:
            return False
    if any(inner.version == network.version and inner in network for network in networks):
        return True
    return scheme == "https" and inner.is_global and not inner.is_multicast


def networks_of(text: str) -> list[Network]:
    return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]


def wait_after(attempts: int) -> timedelta | None:
    """Until it is tried again after so many failures; None when it is given up."""
    return timedelta(seconds=_WAITS[attempts - 1]) if attempts <= len(_WAITS) else None


def secret_of(random: bytes) -> str:
    return _PREFIX + base64.b64encode(random).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,…`: HMAC-SHA256 over id, time (seconds since 1970) and the raw body."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()
