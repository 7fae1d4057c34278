"""Run settings of the allocation benchmark: `python -m bench.allocation --settings S1,S3 --seeds 1,2,3`.

`--params FILE.json` runs one setting of your own instead. A policy that costs less than the bound proves a mistake: it
is named, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from bench.allocation import foresight, generate, params, report
from bench.allocation.replay import replay, rules


def measure(setting: params.Params, seeds: list[int]) -> report.Result:
    results = []
    for seed in seeds:
        began = time.perf_counter()
        world = generate.world(setting, seed)
        bound = foresight.bound(world)
        policies = {
            name: report.of_policy(replay(world, rule), bound)
            for name, rule in {**rules(world), "prices": None}.items()
        }
        results.append({"seed": seed, "bound": bound / params.MICRO, "policies": policies})
        print(f"seed {seed}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return report.of_setting(asdict(setting), results)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.allocation", description=__doc__)
    parser.add_argument("--params", type=Path, help="one setting: all parameters of the generator and the costs")
    parser.add_argument("--settings", default="S1", help="names, with commas: " + ", ".join(params.SETTINGS))
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--json", type=Path, help="where to write the results")
    given = parser.parse_args(arguments)
    if given.params:
        chosen = {given.params.stem: params.read(given.params)}
    else:
        chosen = {name: params.SETTINGS[name] for name in given.settings.split(",")}
    results, wrong = {}, []
    for name, setting in chosen.items():
        results[name] = measure(setting, [int(seed) for seed in given.seeds.split(",")])
        print(report.table(name, results[name]), flush=True)
        wrong += [f"{name}, {fault}" for fault in report.faults(results[name]["seeds"])]
    if given.json:
        only = next(iter(results.values())) if len(results) == 1 else {"settings": results}
        given.json.write_text(json.dumps(only, indent=1) + "\n", encoding="utf-8")
    for fault in wrong:
        print(fault)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
