"""`make bench`: what README quotes."""

from __future__ import annotations

from pathlib import Path

from bench import import_trial, intake

SAMPLE = Path(__file__).parents[1] / "tests" / "data"

if __name__ == "__main__":
    print("# Intake\n", flush=True)
    intake.main()
    print("\n# A trial of the whole way", flush=True)
    import_trial.tell(SAMPLE)
