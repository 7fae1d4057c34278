"""The demo world's places, channels and goods: invented, and the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

from backend.actions.catalog.channels import ChannelCommand
from backend.actions.catalog.products import ProductCommand
from backend.actions.inventory.sites import SiteCommand
from backend.actions.inventory.stock import StockChange
from backend.rules.order_input import Address
from backend.rules.vocabulary import ChannelKind, LineKind, SiteCapability, SiteKind

CURRENCY = "EUR"
CHANNELS = (
    ChannelCommand("shop", "Web shop", ChannelKind.WEB, CURRENCY),
    ChannelCommand("app", "Mobile app", ChannelKind.MOBILE, CURRENCY),
    ChannelCommand("phone", "Telephone orders", ChannelKind.CALL_CENTER, CURRENCY),
    ChannelCommand("tills", "Store tills", ChannelKind.STORE, CURRENCY),
    ChannelCommand("wholesale", "Wholesale", ChannelKind.B2B, CURRENCY),
)

_SHIP, _PICKUP, _RETURNS = SiteCapability.SHIP, SiteCapability.PICKUP, SiteCapability.RETURNS
#: code, name, street, city, postal code, country, latitude, longitude, time zone
_PLACES = (
    ("WH-VENLO", "Venlo warehouse", "Industrieweg 4", "Venlo", "5928 LA", "NL", 51.3960, 6.1030, "Europe/Amsterdam"),
    ("WH-BRNO", "Brno warehouse", "Průmyslová 11", "Brno", "627 00", "CZ", 49.1810, 16.6630, "Europe/Prague"),
    ("ST-BERLIN", "Berlin store", "Torstraße 18", "Berlin", "10119", "DE", 52.5290, 13.4040, "Europe/Berlin"),
    ("ST-HAMBURG", "Hamburg store", "Marktstraße 7", "Hamburg", "20357", "DE", 53.5580, 9.9660, "Europe/Berlin"),
    ("ST-VIENNA", "Vienna store", "Lindengasse 25", "Wien", "1070", "AT", 48.2010, 16.3480, "Europe/Vienna"),
    ("ST-LYON", "Lyon store", "Rue Mercière 31", "Lyon", "69002", "FR", 45.7630, 4.8330, "Europe/Paris"),
    ("ST-GHENT", "Ghent store", "Veldstraat 40", "Gent", "9000", "BE", 51.0520, 3.7220, "Europe/Brussels"),
    ("DS-TURIN", "Turin workshop (drop ship)", "Via Nizza 92", "Torino", "10126", "IT", 45.0440, 7.6740, "Europe/Rome"),
)
#: Where customers live: city, postal code, country, latitude, longitude
HOMES = (
    ("Berlin", "10437", "DE", 52.5410, 13.4140),
    ("Köln", "50667", "DE", 50.9380, 6.9570),
    ("München", "80331", "DE", 48.1370, 11.5750),
    ("Wien", "1020", "AT", 48.2170, 16.4000),
    ("Graz", "8010", "AT", 47.0700, 15.4400),
    ("Paris", "75011", "FR", 48.8590, 2.3780),
    ("Lyon", "69003", "FR", 45.7530, 4.8500),
    ("Amsterdam", "1017 AB", "NL", 52.3630, 4.8940),
    ("Antwerpen", "2000", "BE", 51.2210, 4.3990),
    ("Praha", "110 00", "CZ", 50.0870, 14.4210),
    ("Milano", "20121", "IT", 45.4720, 9.1900),
)
GIFT_WRAP = ProductCommand("SRV-WRAP", "Gift wrapping", LineKind.SERVICE)
E_BOOK = ProductCommand("DIG-GUIDE", "Trail guide, e-book", LineKind.DIGITAL)
GIFT_CARD = ProductCommand("GC-50", "Gift card", LineKind.GIFT_CARD)
#: Sold, and in stock nowhere.
SCARCE = "TR-9001"

_THINGS = ("tent", "backpack", "lantern", "kettle", "hammock", "jacket", "bottle", "rope", "stove", "blanket")
_MAKES = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Rowan")
_STYLES = ("light", "sturdy")


def sites() -> Iterator[SiteCommand]:
    for rank, (code, name, street, city, postal_code, country, latitude, longitude, zone) in enumerate(_PLACES, 1):
        store, vendor = code.startswith("ST-"), code.startswith("DS-")
        yield SiteCommand(
            code=code,
            name=name,
            kind=SiteKind.STORE if store else SiteKind.DROP_SHIP if vendor else SiteKind.WAREHOUSE,
            address=Address(
                street, city, country, postal_code=postal_code, latitude=latitude, longitude=longitude, name=name
            ),
            timezone=zone,
            capabilities=[_SHIP, _PICKUP, _RETURNS] if store else [_SHIP] if vendor else [_SHIP, _RETURNS],
            rank=rank * 10,
            daily_capacity=60 if store else 2_000,
            safety_stock=1 if store else 0,
        )


def goods() -> list[ProductCommand]:
    """197 things one can hold, in the order of their SKUs, of which one is in stock nowhere."""
    names = [f"{make} {thing}, {style}" for thing in _THINGS for make in _MAKES for style in _STYLES][:196]
    made = [
        ProductCommand(f"TR-{1000 + index}", name, barcodes=[f"29{index:011}"], weight_grams=200 + 37 * (index % 90))
        for index, name in enumerate(names)
    ]
    return [*made, ProductCommand(SCARCE, "Rowan canoe, folding", weight_grams=14_000)]


def products() -> list[ProductCommand]:
    return [*goods(), GIFT_WRAP, E_BOOK, GIFT_CARD]


def price(sku: str) -> Decimal:
    """Of a thing: by its SKU, so that every order agrees."""
    return Decimal(990 + int(sku.partition("-")[2]) * 73 % 14_000) / 100


def stock(seed: int) -> list[StockChange]:
    """Warehouses hold most things, stores some, the workshop the last ten."""
    chance = random.Random(seed)
    held = []
    skus = [product.sku for product in goods() if product.sku != SCARCE]
    for code, *_ in _PLACES:
        for index, sku in enumerate(skus):
            if code.startswith("WH-") and chance.random() < 0.85:
                held.append(StockChange(code, sku, chance.randint(10, 80)))
            elif code.startswith("ST-") and chance.random() < 0.35:
                held.append(StockChange(code, sku, chance.randint(2, 9)))
            elif code.startswith("DS-") and index >= len(skus) - 10:
                held.append(StockChange(code, sku, 40))
    return held
