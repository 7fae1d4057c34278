"""Workflows: versions replace each other, every order finds one, and those that come with it are installed once."""

from __future__ import annotations

import asyncio

import pytest

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.workflows.activate import activate
from backend.actions.workflows.create import StepCommand, WorkflowCommand, create
from backend.actions.workflows.install import install_ready
from backend.errors import ErrorCode, Problem, Refused
from backend.models import db
from backend.models.channels import Workflow
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import LifecycleStep, StepMode

BY_PERSON = StepCommand(LifecycleStep.APPROVAL, StepMode.MANUAL)


async def versions(name: str) -> list[tuple[int, bool]]:
    return [(it.version, it.active) for it in await Workflow.filter(name=name).order_by("version")]


async def refusal_of(command: WorkflowCommand) -> Problem:
    before = await db.fetch("SELECT * FROM workflow ORDER BY id")
    with pytest.raises(Refused) as refusal:
        await create(SYSTEM, command)
    assert await db.fetch("SELECT * FROM workflow ORDER BY id") == before
    return refusal.value.problems[0]


async def test_the_ready_ones_are_installed_once(database: str) -> None:
    await asyncio.gather(*(install_ready() for _ in range(4)))
    found = await Workflow.all().order_by("position")
    assert [(it.name, it.version, it.active) for it in found] == [
        ("everything by hand", 1, True),
        ("approval above an amount", 1, False),
        ("straight through", 1, True),
    ]
    assert found[2].steps["PICK_PACK"] == {"mode": "MANUAL", "when": None, "delaySeconds": 0}


async def test_what_people_made_of_them_stays(database: str) -> None:
    await install_ready()
    await create(SYSTEM, WorkflowCommand("straight through", [BY_PERSON]))
    await install_ready()
    assert await versions("straight through") == [(1, False), (2, True)]
    assert (await Workflow.get(name="straight through", version=2)).position == 1000


async def test_versions_replace_each_other_one_at_a_time(database: str) -> None:
    await asyncio.gather(*(create(SYSTEM, WorkflowCommand("house", [BY_PERSON])) for _ in range(5)))
    assert await versions("house") == [(1, False), (2, False), (3, False), (4, False), (5, True)]
    third = await Workflow.get(name="house", version=3)
    await activate(SYSTEM, third.id)
    await activate(SYSTEM, third.id)
    assert await versions("house") == [(1, False), (2, False), (3, True), (4, False), (5, False)]
    await create(SYSTEM, WorkflowCommand("house", [], activate=False))
    assert (await versions("house"))[2:] == [(3, True), (4, False), (5, False), (6, False)]


async def test_every_order_finds_a_workflow(database: str) -> None:
    only_vip = WorkflowCommand("house", [], applies_when='"vip" in order.tags')
    problem = await refusal_of(only_vip)
    assert (problem.code, problem.path) == (ErrorCode.CONFLICT, ("applies_when",))
    await create(SYSTEM, WorkflowCommand("rest", []))
    vip = await create(SYSTEM, only_vip)
    assert await versions("house") == [(1, True)]
    problem = await refusal_of(WorkflowCommand("rest", [], applies_when="order.total > 1.0"))
    assert problem.code is ErrorCode.CONFLICT
    always = await create(SYSTEM, WorkflowCommand("house", []))
    await db.execute("UPDATE workflow SET active = false WHERE name = 'rest'")
    with pytest.raises(Refused) as refusal:
        await activate(SYSTEM, vip)
    assert (refusal.value.code, (await Workflow.get(id=always)).active) == (ErrorCode.CONFLICT, True)


async def test_what_is_wrong_is_told_by_its_place(database: str) -> None:
    await install_ready()
    entry = StepCommand(LifecycleStep.ENTRY, StepMode.SKIP)
    unread = StepCommand(LifecycleStep.APPROVAL, StepMode.AUTOMATIC, when="order.total >")
    for command, path in (
        (WorkflowCommand("", []), ("name",)),
        (WorkflowCommand("a", [entry]), ("steps", "0", "mode")),
        (WorkflowCommand("a", [BY_PERSON, BY_PERSON]), ("steps", "1", "step")),
        (WorkflowCommand("a", [unread]), ("steps", "0", "when")),
        (WorkflowCommand("a", [], applies_when="nonsense.x"), ("applies_when",)),
        (WorkflowCommand("a", [], applies_when=" "), ("applies_when",)),
        (WorkflowCommand("a", [], capture_on=LifecycleStep.FILING), ("capture_on",)),
    ):
        assert (await refusal_of(command)).path == path
