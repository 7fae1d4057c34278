"""Workflows: what is refused, and which one an order gets."""

import pytest

from backend.errors import Refused
from backend.rules.vocabulary import LifecycleStep, StepMode
from backend.rules.workflows import (
    READY,
    StepRule,
    WorkflowRules,
    check_moments,
    compile_condition,
    first_that_applies,
    holds,
    parse_steps,
    steps_from_json,
    steps_to_json,
)


@pytest.mark.parametrize("expression", ["order.total >", "foo > 1", "order.total > 1 &&", "x" * 5_000])
def test_a_bad_condition_is_refused_with_its_place(expression: str) -> None:
    with pytest.raises(Refused) as refusal:
        compile_condition(expression, "steps", "0", "when")
    assert refusal.value.problems[0].path == ("steps", "0", "when")


def test_every_problem_of_the_steps_is_told() -> None:
    with pytest.raises(Refused) as refusal:
        parse_steps(
            [
                (LifecycleStep.ENTRY, StepMode.SKIP, None, 0),
                (LifecycleStep.APPROVAL, StepMode.AUTOMATIC, "order.", 0),
                (LifecycleStep.APPROVAL, StepMode.AUTOMATIC, None, -1),
            ]
        )
    paths = [problem.path for problem in refusal.value.problems]
    assert paths == [
        ("steps", "0", "mode"),
        ("steps", "1", "when"),
        ("steps", "2", "step"),
        ("steps", "2", "delay_seconds"),
    ]


def test_moments() -> None:
    check_moments(LifecycleStep.SHIPMENT, LifecycleStep.SHIPPING_ORDER_APPROVAL)
    with pytest.raises(Refused):
        check_moments(LifecycleStep.FILING, LifecycleStep.SHIPMENT)


def test_conditions_see_the_order() -> None:
    context = {"order": {"total": 120.5, "tags": ["vip"], "lines": [{"sku": "A"}]}}
    assert holds('order.total > 100.0 && "vip" in order.tags', context)
    assert holds('order.lines.exists(l, l.sku == "A")', context)
    with pytest.raises(ValueError, match="not true or false"):
        holds("order.total", context)


def test_the_first_that_applies_is_taken_and_a_broken_one_passed_over() -> None:
    context = {"order": {"total": 10.0, "tags": []}}
    broken = WorkflowRules(name="broken", applies_when="order.nothing > 1", position=1)
    chosen = first_that_applies([*READY, broken], context)
    assert chosen is not None
    assert chosen.name == "straight through"
    assert first_that_applies(READY, {"order": {"total": 10.0, "tags": ["by-hand"]}}) is READY[0]


def test_steps_survive_storage() -> None:
    steps = {LifecycleStep.APPROVAL: StepRule(StepMode.MANUAL, "order.total > 1.0", 60)}
    assert steps_from_json(steps_to_json(steps)) == steps
