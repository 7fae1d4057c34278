"""The work of a site on a real database: every step's exact numbers, and refusals that change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from uuid import uuid4

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.fulfillment.approve import approve
from backend.actions.fulfillment.assign import assign
from backend.actions.fulfillment.automatic import pack_all, pick_all, ship_all
from backend.actions.fulfillment.claim import claim
from backend.actions.fulfillment.fulfil_directly import fulfil_lines
from backend.actions.fulfillment.hand_over import hand_over
from backend.actions.fulfillment.pack import Package, pack
from backend.actions.fulfillment.pick import pick
from backend.actions.fulfillment.ready import ready
from backend.actions.fulfillment.reject import RejectCommand, reject
from backend.actions.fulfillment.ship import ship
from backend.actions.fulfillment.track import track
from backend.actions.fulfillment.units import LineQuantity
from backend.actions.orders.cancel import LineQuantity as OrderLineQuantity
from backend.actions.orders.cancel import cancel
from backend.actions.orders.suspend import suspend
from backend.config import Settings
from backend.errors import ErrorCode, Refused
from backend.integrations import carriers
from backend.integrations.carriers import Label, Parcel
from backend.models import db
from backend.models.fulfillment import OrderSiteExclusion, Shipment, ShippingOrder
from backend.models.orders import Order, OrderLine
from backend.models.people import User, UserSite
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import LineKind, OrderState, ShipmentState, ShippingOrderState
from tests.actions import goods
from tests.actions.goods import DESK, MANAGER, PICKER, a_site, an_order, associate, its_lines, line, to_pick

pytestmark = pytest.mark.usefixtures("world")
S = ShippingOrderState


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()
    await a_site("NEAR", {"A": 5, "B": 5})
    await a_site("MID", {"A": 5, "B": 5})


async def allocated(*lines: goods.LineCommand) -> Order:
    order = await an_order(*(lines or (line("A", 2), line("B", 1))))
    await allocate(SYSTEM, order.id)
    return order


async def refuses(command: Awaitable[object], code: ErrorCode, *path: str) -> None:
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await command
    assert (refusal.value.code, refusal.value.problems[0].path) == (code, path)
    assert await goods.everything() == before


async def state_of(shipping_order: ShippingOrder) -> ShippingOrderState:
    return (await ShippingOrder.get(id=shipping_order.id)).state


async def test_from_approval_to_delivery() -> None:
    order = await allocated()
    found = await ShippingOrder.get(order_id=order.id)
    await approve(DESK, found.id, expected_version=1)
    approved = await ShippingOrder.get(id=found.id)
    assert (approved.state, approved.version) == (S.WAITING_ASSIGNMENT, 2)
    assert approved.approved_at == approved.state_since
    await claim(PICKER, found.id, expected_version=2)
    await pick_all(PICKER, found.id)
    assert await goods.units(order.id) == [("A", 2, 0, 2, 0), ("B", 1, 0, 1, 0)]
    assert await state_of(found) is S.WAITING_PACK
    first, second = await its_lines(found.id)
    packages = [
        Package([LineQuantity(first.id, 1)], weight_grams=500),
        Package([LineQuantity(first.id, 1), LineQuantity(second.id, 1)]),
    ]
    await pack(PICKER, found.id, packages)
    assert [it.packed for it in await its_lines(found.id)] == [2, 1]
    await ship(PICKER, found.id, "ups", "ground", ["1Z1", "1Z2"])

    shipments = await Shipment.filter(order_id=order.id).order_by("id")
    assert [(it.carrier, it.service, it.tracking_number, it.state.value, it.weight_grams) for it in shipments] == [
        ("ups", "ground", "1Z1", "IN_TRANSIT", 500),
        ("ups", "ground", "1Z2", "IN_TRANSIT", None),
    ]
    assert shipments[0].tracking_url == "https://www.ups.com/track?tracknum=1Z1"
    assert await goods.units(order.id) == [("A", 0, 0, 0, 2), ("B", 0, 0, 0, 1)]
    assert (await goods.level("NEAR", "A"), await goods.level("NEAR", "B")) == ((3, 0), (4, 0))
    assert await goods.ledger("NEAR", "A") == [("RECEIPT", 5), ("SHIPMENT", -2)]
    shipped = await ShippingOrder.get(id=found.id)
    assert (shipped.state, shipped.version) == (S.SHIPPED, 6)
    assert shipped.fulfilled_at is not None
    assert (await Order.get(id=order.id)).state is OrderState.WAITING_FILING

    await track(DESK, shipments[0].id, ShipmentState.DELIVERED)
    assert await state_of(found) is S.SHIPPED
    await track(DESK, shipments[1].id, ShipmentState.EXCEPTION, message="Nobody at home.")
    await track(DESK, shipments[1].id, ShipmentState.DELIVERED)
    assert await state_of(found) is S.DELIVERED
    assert (await goods.events(order.id))[-1] == "shipping_order.delivered"
    before = await goods.everything()
    await track(DESK, shipments[1].id, ShipmentState.DELIVERED)
    assert await goods.everything() == before
    await refuses(track(DESK, shipments[1].id, ShipmentState.IN_TRANSIT), ErrorCode.INVALID_STATE, "state")
    await goods.check_books()


async def test_a_short_pick_goes_to_the_next_site() -> None:
    order = await allocated()
    found = await to_pick(order.id)
    first, second = await its_lines(found.id)
    await pick(PICKER, found.id, [LineQuantity(first.id, 1), LineQuantity(second.id, 1)], "The shelf is empty.")
    assert await state_of(found) is S.WAITING_PACK
    assert await goods.units(order.id) == [("A", 1, 0, 1, 0), ("B", 1, 0, 1, 0)]
    assert await goods.level("NEAR", "A") == (4, 1)
    assert await goods.ledger("NEAR", "A") == [("RECEIPT", 5), ("SHORT_PICK", -1)]
    assert (await Order.get(id=order.id)).state is OrderState.WAITING_ALLOCATION
    assert (await OrderSiteExclusion.get(order_id=order.id)).reason == "SHORT_PICK"
    assert (await goods.events(order.id))[-2:] == ["shipping_order.picked", "shipping_order.short_picked"]
    await goods.check_books()

    await allocate(SYSTEM, order.id)
    assert await goods.given(order.id) == [("NEAR", "A", 1), ("NEAR", "B", 1), ("MID", "A", 1)]
    assert await goods.level("MID", "A") == (5, 1)
    await goods.check_books()


async def test_nothing_found_rejects_the_shipping_order() -> None:
    order = await allocated()
    found = await to_pick(order.id)
    await pick(PICKER, found.id, [LineQuantity(it.id, 0) for it in await its_lines(found.id)])
    closed = await ShippingOrder.get(id=found.id)
    assert (closed.state, closed.closing_reason) == (S.REJECTED, "SHORT_PICK")
    assert (await goods.level("NEAR", "A"), await goods.level("NEAR", "B")) == ((3, 0), (4, 0))
    assert "shipping_order.picked" not in await goods.events(order.id)
    await goods.check_books()


async def test_what_is_picked_is_said_of_every_line_and_never_too_much() -> None:
    order = await allocated()
    found = await to_pick(order.id)
    first, second = await its_lines(found.id)
    whole = LineQuantity(second.id, 1)
    await refuses(pick(PICKER, found.id, [whole]), ErrorCode.INVALID, "lines")
    too_many = [LineQuantity(first.id, 3), whole]
    await refuses(pick(PICKER, found.id, too_many), ErrorCode.INVALID, "lines", "0", "quantity")
    stranger = [LineQuantity(uuid4(), 1), whole]
    await refuses(pick(PICKER, found.id, stranger), ErrorCode.NOT_FOUND, "lines", "0", "line_id")
    await refuses(pick(PICKER, found.id, [whole, whole]), ErrorCode.NOT_FOUND, "lines", "1", "line_id")


async def test_every_picked_unit_is_in_exactly_one_package() -> None:
    order = await allocated()
    found = await to_pick(order.id)
    await pick_all(PICKER, found.id)
    first, second = await its_lines(found.id)
    one, other = LineQuantity(first.id, 2), LineQuantity(second.id, 1)
    await refuses(pack(PICKER, found.id, [Package([one])]), ErrorCode.INVALID, "packages")
    twice = [Package([one, other]), Package([other])]
    await refuses(pack(PICKER, found.id, twice), ErrorCode.INVALID, "packages", "1", "lines", "0", "quantity")
    await refuses(pack(PICKER, found.id, []), ErrorCode.INVALID, "packages")
    weightless = [Package([one, other], weight_grams=0)]
    await refuses(pack(PICKER, found.id, weightless), ErrorCode.INVALID, "packages", "0", "weight_grams")
    await refuses(ready(PICKER, found.id), ErrorCode.INVALID_STATE)
    await pack(PICKER, found.id, [Package([one, other])])
    await refuses(ship(PICKER, found.id, "ups", None, ["1", "2"]), ErrorCode.INVALID, "tracking_numbers")
    await refuses(ship(PICKER, found.id, " "), ErrorCode.INVALID, "carrier")


async def test_a_carrier_that_does_not_answer_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        name = "silent"

        async def label(self, parcel: Parcel) -> Label:
            await asyncio.Event().wait()
            raise AssertionError(parcel)

    order = await allocated()
    found = await to_pick(order.id)
    await pick_all(PICKER, found.id)
    await pack_all(PICKER, found.id)
    monkeypatch.setitem(carriers._registry(), "silent", Silent())
    monkeypatch.setattr(carriers, "get_settings", lambda: Settings(carrier_timeout=0.01))
    await refuses(ship(PICKER, found.id, "silent"), ErrorCode.GATEWAY_UNAVAILABLE, "carrier")


async def test_states_versions_and_brakes() -> None:
    order = await allocated()
    found = await ShippingOrder.get(order_id=order.id)
    await refuses(claim(PICKER, found.id), ErrorCode.INVALID_STATE)
    await refuses(ship_all(PICKER, found.id), ErrorCode.INVALID_STATE)
    await refuses(approve(DESK, found.id, expected_version=7), ErrorCode.STALE, "expected_version")
    await refuses(approve(DESK, uuid4()), ErrorCode.NOT_FOUND, "shipping_order_id")
    await suspend(DESK, order.id, "fraud")
    await refuses(approve(DESK, found.id), ErrorCode.INVALID_STATE)


async def test_associates_see_their_sites_alone() -> None:
    order = await allocated()
    found = await ShippingOrder.get(order_id=order.id).prefetch_related("site")
    await approve(DESK, found.id)
    elsewhere = await a_site("ELSE")
    await refuses(claim(associate(elsewhere), found.id), ErrorCode.NOT_FOUND, "shipping_order_id")
    await claim(associate(found.site_id), found.id)
    assert await state_of(found) is S.WAITING_PICK


async def test_assigned_to_people_of_the_site() -> None:
    order = await allocated()
    found = await ShippingOrder.get(order_id=order.id)
    await approve(DESK, found.id)
    clerk = await User.create(email="clerk@example.com", name="Clerk", roles=["FINANCE"])
    here = await User.create(email="here@example.com", name="Here", roles=["STORE_ASSOCIATE"])
    away = await User.create(email="away@example.com", name="Away", roles=["STORE_ASSOCIATE"])
    await UserSite.create(user_id=here.id, site_id=found.site_id)
    await refuses(assign(MANAGER, found.id, clerk.id), ErrorCode.INVALID, "user_id")
    await refuses(assign(MANAGER, found.id, away.id), ErrorCode.INVALID, "user_id")
    await refuses(assign(MANAGER, found.id, uuid4()), ErrorCode.NOT_FOUND, "user_id")
    await assign(MANAGER, found.id, here.id)
    assert (await ShippingOrder.get(id=found.id)).assignee_id == here.id
    await refuses(claim(PICKER, found.id), ErrorCode.CONFLICT)
    await assign(MANAGER, found.id, None)
    assert (await ShippingOrder.get(id=found.id)).assignee_id is None


@pytest.mark.parametrize(
    ("reason", "stock", "last"),
    [("OUT_OF_STOCK", 3, ("ADJUSTMENT", -2)), ("DAMAGED", 3, ("DAMAGE", -2)), ("Too busy", 5, ("RECEIPT", 5))],
)
async def test_a_rejection_excludes_the_site(reason: str, stock: int, last: tuple[str, int]) -> None:
    order = await allocated(line("A", 2))
    found = await ShippingOrder.get(order_id=order.id)
    await approve(DESK, found.id)
    await reject(PICKER, RejectCommand(found.id, reason))
    closed = await ShippingOrder.get(id=found.id)
    assert (closed.state, closed.closing_reason) == (S.REJECTED, reason)
    assert await goods.level("NEAR", "A") == (stock, 0)
    assert (await goods.ledger("NEAR", "A"))[-1] == last
    assert (await Order.get(id=order.id)).state is OrderState.WAITING_ALLOCATION
    await goods.check_books()
    await allocate(SYSTEM, order.id)
    assert await goods.given(order.id) == [("MID", "A", 2)]


async def test_a_packed_shipping_order_rejected_in_part_is_packed_again() -> None:
    order = await allocated()
    found = await to_pick(order.id)
    await pick_all(PICKER, found.id)
    await pack_all(PICKER, found.id)
    first = (await its_lines(found.id))[0]
    too_many = RejectCommand(found.id, "DAMAGED", [LineQuantity(first.id, 3)])
    await refuses(reject(PICKER, too_many), ErrorCode.INVALID, "lines", "0", "quantity")
    await reject(PICKER, RejectCommand(found.id, "DAMAGED", [LineQuantity(first.id, 1)]))
    assert await state_of(found) is S.WAITING_PACK
    assert await goods.units(order.id) == [("A", 1, 0, 1, 0), ("B", 1, 0, 1, 0)]
    assert [(it.quantity, it.picked, it.packed) for it in await its_lines(found.id)] == [(1, 1, 0), (1, 1, 0)]
    assert [it.state for it in await Shipment.filter(order_id=order.id)] == [ShipmentState.VOIDED]
    await pack_all(PICKER, found.id)
    await ship_all(PICKER, found.id)
    assert await goods.units(order.id) == [("A", 0, 0, 0, 1), ("B", 0, 0, 0, 1)]
    assert await goods.level("NEAR", "A") == (3, 0)
    await goods.check_books()


async def test_collected_with_the_right_code() -> None:
    order = await allocated(line("A", 2, site="NEAR"))
    found = await to_pick(order.id)
    await pick_all(PICKER, found.id)
    await refuses(pack_all(PICKER, found.id), ErrorCode.INVALID_STATE)
    await ready(PICKER, found.id)
    waiting = await ShippingOrder.get(id=found.id)
    assert waiting.state is S.READY_FOR_PICKUP
    assert waiting.pickup_code is not None
    assert len(waiting.pickup_code) == 6
    assert waiting.pickup_code.isdigit()
    wrong = f"{(int(waiting.pickup_code) + 1) % 1_000_000:06}"
    for _ in range(5):
        with pytest.raises(Refused) as refusal:
            await hand_over(PICKER, found.id, wrong)
        assert refusal.value.code is ErrorCode.INVALID
    await refuses(hand_over(PICKER, found.id, waiting.pickup_code), ErrorCode.NOT_PERMITTED, "pickup_code")
    assert await goods.level("NEAR", "A") == (5, 2)
    await hand_over(MANAGER, found.id, f" {waiting.pickup_code} ")
    assert await state_of(found) is S.PICKED_UP
    assert await goods.level("NEAR", "A") == (3, 0)
    assert (await goods.ledger("NEAR", "A"))[-1] == ("PICKUP", -2)
    assert await goods.units(order.id) == [("A", 0, 0, 0, 2)]
    assert waiting.pickup_code not in str(await db.fetch("SELECT data, message FROM event"))
    await goods.check_books()


async def test_a_pick_up_short_picked_is_tried_again_when_stock_has_come() -> None:
    order = await allocated(line("A", 5, site="NEAR"))
    found = await to_pick(order.id)
    await pick(PICKER, found.id, [LineQuantity((await its_lines(found.id))[0].id, 4)])
    await allocate(SYSTEM, order.id)
    assert await goods.units(order.id) == [("A", 4, 1, 4, 0)]
    await goods.receive("NEAR", "A", 1)
    await allocate(SYSTEM, order.id)
    assert await goods.units(order.id) == [("A", 5, 0, 4, 0)]


async def test_cancelling_gives_units_back() -> None:
    order = await allocated()
    found = await to_pick(order.id)
    await pick_all(PICKER, found.id)
    await pack_all(PICKER, found.id)
    first = await OrderLine.get(order_id=order.id, position=1)
    await cancel(DESK, order.id, "One is enough", [OrderLineQuantity(first.id, 1)])
    assert await state_of(found) is S.WAITING_PACK
    assert await goods.units(order.id) == [("A", 1, 0, 1, 0), ("B", 1, 0, 1, 0)]
    assert await goods.level("NEAR", "A") == (5, 1)
    await goods.check_books()
    await cancel(DESK, order.id, "No more")
    closed = await ShippingOrder.get(id=found.id)
    assert (closed.state, closed.closing_reason) == (S.CANCELLED, "No more")
    assert (await goods.level("NEAR", "A"), await goods.level("NEAR", "B")) == ((5, 0), (5, 0))
    assert (await Order.get(id=order.id)).state is OrderState.CANCELLED
    await goods.check_books()


async def test_lines_without_stock() -> None:
    order = await allocated(
        line("A", 1), line("GIFT", 2, kind=LineKind.GIFT_CARD), line("WRAP", 1, kind=LineKind.SERVICE)
    )
    physical, gift, wrap = await OrderLine.filter(order_id=order.id).order_by("position")
    await refuses(fulfil_lines(DESK, order.id, [physical.id]), ErrorCode.INVALID, "line_ids")
    await refuses(fulfil_lines(DESK, order.id, [uuid4()]), ErrorCode.NOT_FOUND, "line_ids")
    await fulfil_lines(DESK, order.id, [gift.id, wrap.id])
    assert [it[4] for it in await goods.units(order.id)] == [0, 2, 1]
    assert (await goods.events(order.id))[-1] == "order.fulfilled"
    await refuses(fulfil_lines(DESK, order.id, [gift.id]), ErrorCode.INVALID_STATE, "line_ids")
