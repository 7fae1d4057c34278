"""`make bench`: what README quotes."""

from __future__ import annotations

from bench import import_trial, intake

if __name__ == "__main__":
    print("# Intake\n", flush=True)
    intake.main()
    print("\n# A trial of the whole way", flush=True)
    import_trial.tell(import_trial.SAMPLE)
