"""Units kept for a channel, over the API."""

from __future__ import annotations

from backend.rules.vocabulary import Role
from tests.api import world
from tests.api.conftest import Api

SET = """mutation($input: InventoryRingFenceSetInput!) { inventoryRingFenceSet(input: $input) {
  levels { sku available ringFences { quantity channel { code } } } userErrors { code path } } }"""
SEEN = """query($channel: String) { availability(skus: ["TEA"], channel: $channel) { total sites { available } } }"""
LEVELS = """{ inventorySite(code: "S1") { levels { nodes { sku ringFences { quantity channel { code } } } } } }"""


async def test_a_fence_is_set_seen_and_kept_to(api: Api) -> None:
    await world.stock("TEA", quantity=5)
    fence = {"site": "S1", "sku": "TEA", "channel": "web", "quantity": 3}
    done = (await api.do(SET, {"input": {"fences": [fence]}}, role=Role.FULFILLMENT))["inventoryRingFenceSet"]
    shown = [{"quantity": 3, "channel": {"code": "web"}}]
    assert done == {"levels": [{"sku": "TEA", "available": 5, "ringFences": shown}], "userErrors": []}
    levels = (await api.do(LEVELS, role=Role.VIEWER))["inventorySite"]["levels"]["nodes"]
    assert levels == [{"sku": "TEA", "ringFences": shown}]
    assert (await api.do(SEEN, {"channel": "web"}))["availability"] == [{"total": 5, "sites": [{"available": 5}]}]
    assert (await api.do(SEEN))["availability"] == [{"total": 2, "sites": [{"available": 2}]}]

    more = await api.do(SET, {"input": {"fences": [{**fence, "quantity": 6}]}})
    path = ["fences", "0", "quantity"]
    assert more["inventoryRingFenceSet"] == {"levels": [], "userErrors": [{"code": "INSUFFICIENT_STOCK", "path": path}]}
