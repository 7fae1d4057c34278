"""Deny by default: every field says who may ask for it, and every role is tried on every root field."""

from __future__ import annotations

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from backend.resolvers.schema import schema
from backend.rules.vocabulary import Role
from tests.api.conftest import Api

CORE = schema._schema
A, M, C, F, S, N, H, V = Role  # admin, manager, customer service, fulfilment, store, finance, channel, viewer
EVERYONE = set(Role)
DESK = {A, M, C}
SELLERS = DESK | {H}
GOODS = {A, M, F, S}
OFFICE = {A, M, C, N}
MONEY = {A, M, N}

#: Who may do what, as agreed: a mutation that is not here fails the test below.
MUTATIONS: dict[str, set[Role]] = {
    "sessionCreate": EVERYONE,
    "sessionEnd": EVERYONE,
    "orderCreate": SELLERS,
    "orderSubmit": SELLERS,
    "orderEdit": SELLERS,
    "orderComplete": DESK,
    "orderApprove": DESK,
    "orderAllocate": DESK | GOODS,
    "orderAllocateTo": DESK | GOODS,
    "orderSuspend": OFFICE | GOODS,
    "orderResume": OFFICE,
    "orderCancel": SELLERS,
    "orderContinue": DESK,
    "orderFile": DESK | MONEY,
    "orderNoteAdd": OFFICE | GOODS | SELLERS,
    "orderClaim": OFFICE | GOODS,
    "orderRelease": OFFICE | GOODS,
    "orderTagsUpdate": OFFICE | GOODS | SELLERS,
    "orderAppease": DESK | MONEY,
    "paymentAdd": SELLERS | MONEY,
    "paymentAuthorize": DESK | MONEY,
    "paymentCapture": MONEY,
    "paymentVoid": DESK | MONEY,
    "paymentRefund": DESK | MONEY,
    "shippingOrderApprove": DESK | {F},
    "shippingOrderAssign": GOODS,
    "shippingOrderClaim": GOODS,
    "shippingOrderReject": GOODS,
    "shippingOrderPick": GOODS,
    "shippingOrderPack": GOODS,
    "shippingOrderShip": GOODS,
    "shippingOrderReady": GOODS,
    "shippingOrderHandOver": GOODS,
    "shipmentTrack": GOODS | DESK,
    "returnCreate": SELLERS | GOODS,
    "returnApprove": DESK,
    "returnReject": DESK,
    "returnReceive": GOODS | DESK,
    "returnRedispose": GOODS | DESK,
    "returnRefund": DESK | MONEY,
    "returnCancel": SELLERS,
    "inventorySiteCreate": {A, M},
    "inventorySiteUpdate": {A, M},
    "inventorySiteDispatchSet": {A, M},
    "inventoryAdjust": GOODS,
    "inventoryRingFenceSet": GOODS,
    "inventorySet": GOODS,
    "expectedReceiptCreate": GOODS,
    "expectedReceiptReschedule": GOODS,
    "expectedReceiptReceive": GOODS,
    "expectedReceiptCancel": GOODS,
    "recurringOrderCreate": SELLERS,
    "recurringOrderEdit": SELLERS,
    "recurringOrderPause": SELLERS,
    "recurringOrderResume": SELLERS,
    "recurringOrderSkip": SELLERS,
    "recurringOrderRunNow": SELLERS,
    "recurringOrderCancel": SELLERS,
    "productsUpsert": {A, M},
    "workflowCreate": {A, M},
    "workflowActivate": {A, M},
    "reservationCreate": SELLERS,
    "reservationRelease": SELLERS,
    "allocationRuleSetCreate": {A, M},
    "allocationRuleSetActivate": {A, M},
    "allocationSimulate": {A, M},
    "allocationPricesSet": {A, M},
    "channelCreate": {A},
    "userCreate": {A},
    "userUpdate": {A},
    "apiKeyCreate": {A},
    "apiKeyRevoke": {A},
    "webhookCreate": {A},
    "webhookUpdate": {A},
    "webhookRedeliver": {A},
    "alertClear": OFFICE | GOODS,
    "alertAssign": OFFICE | GOODS,
    "alertSnooze": OFFICE | GOODS,
    "alertDigestSet": EVERYONE - {Role.CHANNEL},
    "alertRuleCreate": {A, M},
    "alertRuleEnd": {A, M},
    "ordersBulk": SELLERS | OFFICE | GOODS,
    "importStart": SELLERS | GOODS,
    "jobCancel": EVERYONE,
    "savedSearchCreate": set(Role),
    "savedSearchUpdate": set(Role),
    "savedSearchDelete": set(Role),
}


def composite_types() -> list[GraphQLObjectType | GraphQLInterfaceType]:
    return [
        kind
        for kind in CORE.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__")
    ]


def root_fields() -> list[tuple[str, str]]:
    roots = [kind for kind in (CORE.query_type, CORE.mutation_type) if kind]
    return [(kind.name, name) for kind in roots for name in kind.fields]


def operation(kind: str, name: str) -> str:
    """Asks for the field with variables that nobody gives: refused by the guard, or else where they are coerced."""
    declared = CORE.type_map[kind].fields[name]  # type: ignore[attr-defined]
    variables = ["$missing: Boolean!", *(f"${key}: {str(arg.type).rstrip('!')}!" for key, arg in declared.args.items())]
    arguments = ", ".join(f"{key}: ${key}" for key in declared.args)
    below = "{ __typename }" if hasattr(get_named_type(declared.type), "fields") else ""
    call = f"{name}({arguments})" if arguments else name
    return f"{kind.lower()} ({', '.join(variables)}) {{ {call} @skip(if: $missing) {below} }}"


def test_every_field_says_who_may_ask_for_it() -> None:
    declared = [(kind.name, name) for kind in composite_types() for name in kind.fields]
    silent = [entry for entry in declared if entry not in schema.access]
    assert silent == []


def test_the_table_of_mutations_is_complete_and_true() -> None:
    assert CORE.mutation_type is not None
    declared = {name: set(schema.access["Mutation", name]) for name in CORE.mutation_type.fields}
    assert declared == MUTATIONS


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "anonymous")
async def test_every_root_field_is_tried_by_every_role(api: Api, role: Role | None) -> None:
    """A permitted one gets as far as its variables, which are not there; nothing is ever done."""
    for kind, name in root_fields():
        answer = await api.ask(operation(kind, name), role=role)
        codes = {error["extensions"]["code"] for error in answer["errors"]}
        if role is None:
            permitted = (kind, name) == ("Mutation", "sessionCreate")
            refusal = "UNAUTHENTICATED"
        else:
            permitted = role in schema.access[kind, name]
            refusal = "FORBIDDEN"
        assert codes == ({"BAD_USER_INPUT"} if permitted else {refusal}), (kind, name, role, answer)


async def test_a_field_below_the_root_is_guarded_wherever_it_hides(api: Api) -> None:
    hidden = (
        "query { me { ...Hidden } } fragment Hidden on User { ... on Node { ... on ApiKey { name } } }",
        "query { me { ... on Node { ... on ApiKey { prefix } } } }",
    )
    for query in hidden:
        answer = await api.ask(query, role=Role.VIEWER)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert "ApiKey" in answer["errors"][0]["message"]
        assert "errors" not in await api.ask(query, role=Role.ADMIN)


async def test_an_operation_is_refused_as_a_whole(api: Api) -> None:
    """Not even its permitted half is done."""
    query = """mutation {
      orderCreate(input: {channel: "web", currency: "USD", lines: [], draft: true}) { order { id } }
      userCreate(input: {email: "x@y.zz", name: "X", roles: [ADMIN]}) { user { id } }
    }"""
    answer = await api.ask(query, role=Role.CHANNEL)
    assert [error["message"] for error in answer["errors"]] == ["Your role may not ask for Mutation.userCreate."]
    assert "data" not in answer


async def test_below_log_in_one_reads_only_what_everybody_may(api: Api) -> None:
    query = """mutation {
      sessionCreate(input: {email: "a", password: "b"}) { user { ... on Node { ... on ApiKey { name } } } }
    }"""
    answer = await api.ask(query, role=None)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
