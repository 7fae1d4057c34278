"""Inputs are built by plans made once; what comes of them is what the library would have made."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryObjectDefinition

from backend.resolvers.schema import schema
from backend.schema.order_inputs import OrderCreateInput, OrderFilter

_ADDRESS = {"line1": "1 Main St", "city": "Reno", "country": "US", "latitude": 39.5}
_VALUES: list[tuple[type, dict[str, Any]]] = [
    (OrderFilter, {}),
    (OrderFilter, {"sku": ["A", "B"], "not": {"not": {"city": "Reno"}}, "total": {"min": "1.00"}, "tag": None}),
    (
        OrderCreateInput,
        {
            "channel": "web",
            "currency": "USD",
            "shippingAddress": _ADDRESS,
            "billingAddress": None,
            "lines": [{"sku": "A", "quantity": 1, "unitPrice": "9.99", "attributes": {"nested": [1]}}],
            "tags": ["x"],
            "attributes": {"a": {"b": None}},
        },
    ),
    (OrderCreateInput, {"channel": "web", "currency": "USD", "lines": [], "payments": None}),
]


@pytest.mark.parametrize(("kind", "value"), _VALUES)
def test_as_the_library_would(monkeypatch: pytest.MonkeyPatch, kind: Any, value: dict[str, Any]) -> None:
    registry, config = schema.schema_converter.scalar_registry, schema.config
    planned = convert_argument(value, kind, registry, config)
    definitions = [known.definition for known in schema.schema_converter.type_map.values()]
    for definition in definitions:
        if isinstance(definition, StrawberryObjectDefinition):
            monkeypatch.setattr(definition, "from_input", None)
    assert planned == convert_argument(value, kind, registry, config)


def test_every_input_has_a_plan() -> None:
    definitions = [known.definition for known in schema.schema_converter.type_map.values()]
    inputs = [it for it in definitions if isinstance(it, StrawberryObjectDefinition) and it.is_input]
    assert len(inputs) > 40
    assert all(it.from_input is not None for it in inputs)
