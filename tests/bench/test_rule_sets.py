"""The replay of a folder by each ready rule set."""

from __future__ import annotations

from pathlib import Path

from backend.rules.rule_sets import READY
from bench.rule_sets import measure, read

DATA = Path(__file__).parents[1] / "data"


def test_each_rule_set_gives_what_there_is() -> None:
    folder = read(DATA)
    found = {rule_set.name: measure(folder, rule_set) for rule_set in READY}
    assert len({tally.asked for tally in found.values()}) == 1
    assert all(0 <= tally.missing < tally.asked for tally in found.values())
    assert found["least cost"].cost <= found["nearest"].cost
    assert found["fewest splits"].shipments <= found["nearest"].shipments
