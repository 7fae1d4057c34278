"""Searches that are kept: one's own, and those that all of the house see."""

from __future__ import annotations

from typing import Any

from backend.rules.vocabulary import Role
from tests.api.conftest import Api

ONE = "savedSearch { id name query filter columns sort shared own } userErrors { code path }"
DO = "mutation ($input: %s!) { %s(input: $input) { " + ONE + " } }"
LIST = "{ savedSearches { id name own } }"
LATE = {"state": ["WAITING_APPROVAL"], "not": {"country": ["DE"]}, "total": {"min": "10.00"}}


async def do(api: Api, verb: str, role: Role = Role.CUSTOMER_SERVICE, **given: Any) -> Any:
    kind = {"savedSearchDelete": "SavedSearchIdInput"}.get(verb, verb[0].upper() + verb[1:] + "Input")
    kind = kind.replace("Create", "")
    return (await api.do(DO % (kind, verb), {"input": given}, role=role))[verb]


async def names(api: Api, role: Role) -> list[tuple[str, bool]]:
    return [(each["name"], each["own"]) for each in (await api.do(LIST, role=role))["savedSearches"]]


async def test_kept_changed_and_let_go(api: Api) -> None:
    made = await do(
        api, "savedSearchCreate", name=" Late ", filter=LATE, query="ann", columns=["number", "total"], sort="TOTAL_ASC"
    )
    found = made["savedSearch"]
    assert made["userErrors"] == []
    assert found == {
        "id": found["id"], "name": "Late", "query": "ann", "filter": LATE, "columns": ["number", "total"],
        "sort": "TOTAL_ASC",        "shared": False, "own": True,
    }  # fmt: skip
    again = await do(api, "savedSearchCreate", name="Late", filter={})
    assert again == {"savedSearch": None, "userErrors": [{"code": "DUPLICATE", "path": ["name"]}]}
    changed = await do(api, "savedSearchUpdate", savedSearchId=found["id"], name="Early", filter={})
    assert changed["savedSearch"] == found | {"name": "Early", "query": None, "filter": {}, "columns": [], "sort": None}
    assert await names(api, Role.CUSTOMER_SERVICE) == [("Early", True)]
    assert (await do(api, "savedSearchDelete", savedSearchId=found["id"]))["userErrors"] == []
    assert await names(api, Role.CUSTOMER_SERVICE) == []


async def test_a_filter_is_one_that_the_search_takes(api: Api) -> None:
    for wrong, path in (
        ({"state": ["LATE"]}, ["filter", "state", "0"]),
        ({"total": {"min": "ten"}}, ["filter", "total", "min"]),
        ({"nonsense": 1}, ["filter"]),
        ([], ["filter"]),
    ):
        refused = await do(api, "savedSearchCreate", name="X", filter=wrong)
        assert refused == {"savedSearch": None, "userErrors": [{"code": "INVALID", "path": path}]}, wrong
    assert await names(api, Role.CUSTOMER_SERVICE) == []


async def test_a_private_one_is_nobody_elses(api: Api) -> None:
    own = (await do(api, "savedSearchCreate", name="Mine", filter={}))["savedSearch"]
    house = (await do(api, "savedSearchCreate", name="Ours", filter={}, shared=True))["savedSearch"]
    assert await names(api, Role.FINANCE) == [("Ours", False)]
    assert await names(api, Role.CHANNEL) == []
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert await api.do(node, {"id": own["id"]}, role=Role.ADMIN) == {"node": None}
    for role, searched, code in (
        (Role.ADMIN, own, "NOT_FOUND"),
        (Role.CHANNEL, house, "NOT_FOUND"),
        (Role.FINANCE, house, "NOT_PERMITTED"),
    ):
        refused = await do(api, "savedSearchDelete", role, savedSearchId=searched["id"])
        assert refused["userErrors"] == [{"code": code, "path": ["savedSearchId"]}]
    secret = await do(api, "savedSearchCreate", Role.CHANNEL, name="Web", filter={}, shared=True)
    assert secret["userErrors"] == [{"code": "INVALID", "path": ["shared"]}]
    led = await do(
        api, "savedSearchUpdate", Role.MANAGER, savedSearchId=house["id"], name="All", filter={}, shared=True
    )
    assert (led["savedSearch"]["name"], led["savedSearch"]["own"]) == ("All", False)
    assert await names(api, Role.CUSTOMER_SERVICE) == [("All", True), ("Mine", True)]
