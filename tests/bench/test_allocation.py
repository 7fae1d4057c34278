"""The benchmark of allocation on a tiny world: its file formats, and that it refuses to hide a mistake."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.allocation import __main__ as command
from bench.allocation import foresight, generate, report
from bench.allocation.params import SETTINGS
from bench.allocation.replay import replay, rules

TINY = {"_remark": "ignored", "warehouses": 2, "stores": 3, "regions": 8, "skus": 20, "orders": 120, "categories": 4}
SMALL = replace(SETTINGS["S1"], warehouses=2, stores=3, regions=8, skus=20, orders=120, categories=4)


def test_a_setting_from_a_file_is_measured_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tiny.json").write_text(json.dumps(TINY))
    out = tmp_path / "out.json"
    given = ["--params", str(tmp_path / "tiny.json"), "--seeds", "1,2", "--json", str(out)]
    assert command.main(given) == 0
    result = json.loads(out.read_text())
    assert [seed["seed"] for seed in result["seeds"]] == [1, 2]
    assert result["params"]["orders"] == 120
    for seed in result["seeds"]:
        assert set(seed["policies"]) == {"priority", "nearest", "fewest", "myopic", "prices"}
        for policy in seed["policies"].values():
            assert policy["ratio"] == pytest.approx(policy["cost"] / seed["bound"])
            assert policy["ratio"] >= 1
            assert policy["oversold"] == policy["cut_short"] == 0
    assert result["mean_ratio"]["prices"] < result["mean_ratio"]["myopic"] <= result["mean_ratio"]["fewest"] * 1.01
    printed = capsys.readouterr().out
    assert "| prices |" in printed
    assert "gap captured" in printed
    assert report.decision_time(result["seeds"]) in printed


def test_the_time_of_a_decision_stands_beside_its_targets() -> None:
    seeds = [{"policies": {"prices": {"us_mean": mean, "us_p99": p99}}} for mean, p99 in ((38.2, 208.0), (61.0, 150.0))]
    assert report.decision_time(seeds) == (
        "A decision with prices, its explanation not counted: mean 0.061 ms (target 0.2 ms), "
        "p99 0.208 ms (target 1.0 ms)."
    )


def test_a_policy_below_the_bound_is_named_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny.json").write_text(json.dumps({**TINY, "orders": 30}))
    monkeypatch.setattr(foresight, "bound", lambda _: 10**12)
    assert command.main(["--params", str(tmp_path / "tiny.json"), "--seeds", "1"]) == 1
    assert "myopic costs" in capsys.readouterr().out


def test_unknown_parameters_are_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text('{"warehousess": 3}')
    with pytest.raises(SystemExit, match="warehousess"):
        command.main(["--params", str(tmp_path / "odd.json")])


def test_a_world_follows_from_its_seed_and_its_law() -> None:
    world, again, other = (generate.world(SMALL, seed) for seed in (1, 1, 2))
    assert world.stream.baskets == again.stream.baskets
    assert (world.stock == again.stock).all()
    assert world.stream.baskets != other.stream.baskets
    assert len(world.stream.baskets) == 120
    assert len(world.history) == 6
    for basket in world.stream.baskets:
        skus = [sku for sku, _ in basket.lines]
        assert len(set(skus)) == len(skus)
    asked = np.mean([sum(units for basket in stream.baskets for _, units in basket.lines) for stream in world.history])
    walked = np.mean([len(stream.walk_ins) for stream in world.history])
    assert walked == pytest.approx(SMALL.walk_in * asked, rel=0.2)
    assert world.stock.sum() == pytest.approx((asked + walked) / SMALL.rho, rel=0.1)


def test_a_replay_gives_each_unit_once() -> None:
    world = generate.world(SMALL, 3)
    for name, rule in rules(world).items():
        outcome = replay(world, rule)
        assert outcome.oversold == 0, name
        assert outcome.asked == sum(units for basket in world.stream.baskets for _, units in basket.lines)
        assert outcome.walk_ins == len(world.stream.walk_ins)


def test_the_gap_that_prices_capture() -> None:
    assert report.captured({"myopic": 1.2, "prices": 1.1}) == pytest.approx(0.5)
    assert report.captured({"myopic": 1.0, "prices": 1.0}) == 0.0
