"""A trial of the whole way: files are imported, worker and simulated staff do all they can, and the books are asked.

    python -m bench.import_trial FOLDER

FOLDER holds sites, channels, products, inventory and orders as .json, .jsonl or either gzipped, in the shapes that
`crossdock import` reads; tests/data is a small one. It starts from an empty database and does everything through the
`crossdock` command. What it asserts is printed; a failed assertion ends it.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import backend.reactions  # noqa: F401 - what the command line imports, too
from backend.models import db
from backend.models.facts import load_facts
from backend.rules.assessment import Assessment
from backend.rules.facts import Facts
from backend.rules.progress import assess
from bench import databases
from bench.table import show
from tests.stack import Stack, at_rest

#: The folder that stands in the project.
SAMPLE = Path(__file__).parents[1] / "tests" / "data"
KINDS = ("sites", "channels", "products", "inventory", "orders")
_BATCH = 500
_REST_SECONDS = 1500


@dataclass
class Trial:
    """What came of it. `rates` is rows a second of each import; `seconds` how long each phase took."""

    orders: int = 0
    rates: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    staff: str = ""
    checks: list[str] = field(default_factory=list)

    def check(self, what: str, holds: bool) -> None:
        assert holds, f"This does not hold: {what}"
        self.checks.append(what)


def files(source: Path) -> dict[str, Path]:
    found = {}
    for kind in KINDS:
        candidates = sorted(source.glob(f"{kind}.json*"))
        if len(candidates) != 1:
            raise SystemExit(
                f"{source} should hold one file {kind}.json, .jsonl, or gzipped; it holds {len(candidates)}."
            )
        found[kind] = candidates[0]
    return found


async def run(source: Path, tell: bool = True) -> Trial:
    """`AssertionError` where something does not hold."""
    given = files(source)
    trial = Trial()
    with databases.folder() as folder, databases.server(folder) as url, Stack(url, folder) as stack:
        stack.run("migrate")
        for kind, path in given.items():
            trial.orders, trial.rates[kind] = rate_of(stack.run("import", kind, str(path)))
        await db.connect(url)
        try:
            await _live(stack, trial, tell)
        finally:
            await db.disconnect()
    return trial


async def _live(stack: Stack, trial: Trial, tell: bool) -> None:
    worker = stack.worker()
    started = time.monotonic()
    await at_rest(_REST_SECONDS)
    trial.seconds["worker to rest"] = time.monotonic() - started
    _say(tell, "The worker at rest", await table(trial))
    started = time.monotonic()
    trial.staff = await asyncio.to_thread(stack.run, "staff", "--until-idle", timeout=_REST_SECONDS)
    trial.seconds["staff and worker to the end"] = time.monotonic() - started
    _say(tell, "All shipped that can be shipped", await table(trial))
    await check_payments(trial)
    await check_orders(trial)
    trial.check("the worker ended well when it was told to", await asyncio.to_thread(worker.stop) == 0)
    said = await asyncio.to_thread(stack.run, "verify")
    trial.check(f"`crossdock verify`: {said.strip().splitlines()[-1]}", "0 broken" in said)


async def table(trial: Trial) -> str:
    """Orders by state and by the first reason that the API gives for waiting; it adds up to all of them."""
    counted: Counter[tuple[str, str]] = Counter()
    alerted: Counter[tuple[str, str]] = Counter()
    alerts = {row["order_id"] for row in await db.fetch("SELECT order_id FROM alert WHERE cleared_at IS NULL")}
    for facts, found in await _assessed():
        key = (facts.state.value, " + ".join(dict.fromkeys(wait.reason for wait in found.waits)) or "–")
        counted[key] += 1
        alerted[key] += facts.id in alerts
    trial.check("the table adds up to all orders of the file", counted.total() == trial.orders)
    rows: list[tuple[str, str, int, int]] = [
        (state, reason, count, alerted[state, reason]) for (state, reason), count in sorted(counted.items())
    ]
    rows.append(("all", "", counted.total(), alerted.total()))
    return show(("state", "waits for", "orders", "with an open alert"), rows)


async def _assessed() -> list[tuple[Facts, Assessment]]:
    now = datetime.now(UTC)
    ids = [row["id"] for row in await db.fetch("SELECT id FROM sales_order ORDER BY id")]
    found = []
    for start in range(0, len(ids), _BATCH):
        loaded = await load_facts(ids[start : start + _BATCH])
        found += [(facts, assess(facts, now)) for facts in loaded.values()]
    return found


#: Each tender of a card, what its order came to, and which alerts are open on it.
_TENDERS = """
SELECT p.id, p.token, p.status, p.amount, p.authorized, p.captured, p.refunded, o.state, o.suspended,
       o.authorized >= o.total AS covered,
       ARRAY(SELECT a.kind FROM alert a WHERE a.order_id = o.id AND a.cleared_at IS NULL) AS alerts,
       (SELECT count(*) FROM payment_transaction t JOIN sandbox_entry b ON b.key = t.id::text
         WHERE t.payment_id = p.id AND b.kind = 'AUTHORIZE' AND b.approved) AS authorizations,
       (SELECT coalesce(sum(b.amount), 0) FROM payment_transaction t JOIN sandbox_entry b ON b.key = t.id::text
         WHERE t.payment_id = p.id AND b.kind = 'CAPTURE' AND b.approved) AS taken,
       (SELECT coalesce(sum(b.amount), 0) FROM payment_transaction t JOIN sandbox_entry b ON b.key = t.id::text
         WHERE t.payment_id = p.id AND b.kind = 'REFUND' AND b.approved) AS given_back,
       EXISTS (SELECT 1 FROM payment_transaction t WHERE t.payment_id = p.id
           AND t.state IN ('PENDING', 'UNCERTAIN')) AS open,
       EXISTS (SELECT 1 FROM event e WHERE e.order_id = o.id AND e.kind = 'payment.uncertain') AS was_uncertain,
       EXISTS (SELECT 1 FROM event e WHERE e.order_id = o.id AND e.kind = 'payment.capture_failed') AS was_refused
  FROM payment p JOIN sales_order o ON o.id = p.order_id WHERE p.gateway = 'sandbox'
"""


async def check_payments(trial: Trial) -> None:
    tenders = await db.fetch(_TENDERS)
    by_token = {token: [row for row in tenders if row["token"] == token] for token in {row["token"] for row in tenders}}
    declined = by_token.get("sandbox_declined", [])
    trial.check(
        f"{len(declined)} declined payments: nothing was authorized, the order waits for payment with an alert"
        " (or another tender covers it)",
        all(
            not row["authorizations"]
            and (row["covered"] or (row["state"] == "WAITING_PAYMENT" and "payment.declined" in row["alerts"]))
            for row in declined
        ),
    )
    unanswered = by_token.get("sandbox_timeout", [])
    trial.check(
        f"{len(unanswered)} unanswered payments: uncertain at first, settled by asking the book, none left open",
        all(row["was_uncertain"] and not row["open"] and row["authorized"] == row["amount"] for row in unanswered),
    )
    refused = by_token.get("sandbox_capture_declined", [])
    trial.check(
        f"{len(refused)} payments of which the gateway pays nothing out: "
        f"{sum(row['was_refused'] for row in refused)} were asked for, those orders are held with a critical alert",
        all(
            not row["captured"]
            and not row["taken"]
            and (not row["was_refused"] or (row["suspended"] and "payment.capture_declined" in row["alerts"]))
            for row in refused
        ),
    )
    trial.check(
        f"{len(tenders)} tenders, {sum(row['taken'] for row in tenders):,} cents taken: one authorization each at most,"
        " taken ≤ authorized, and the gateway's book says the same as ours",
        all(
            row["authorizations"] <= 1
            and row["taken"] == row["captured"] <= row["authorized"]
            and row["given_back"] == row["refunded"]
            for row in tenders
        ),
    )
    strangers = await db.fetchval(
        "SELECT count(*) FROM sandbox_entry b WHERE b.approved"
        " AND NOT EXISTS (SELECT 1 FROM payment_transaction t WHERE t.id::text = b.key AND t.state = 'SUCCEEDED')"
    )
    trial.check("nothing stands approved in the gateway's book that we do not hold to have succeeded", strangers == 0)


async def check_orders(trial: Trial) -> None:
    silent = [
        facts.number
        for facts, found in await _assessed()
        if not found.waits and facts.state not in ("CLOSED", "CANCELLED")
    ]
    trial.check("every order is closed or says what it waits for", not silent)
    oversold = await db.fetchval("SELECT count(*) FROM inventory_level WHERE on_hand < allocated OR on_hand < 0")
    trial.check("no site holds less than it has promised", oversold == 0)
    given_up = await db.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'failed'")
    trial.check("no job was given up", given_up == 0)


def rate_of(said: str) -> tuple[int, float]:
    """How many rows were read, and how many a second; none may have been refused."""
    found = re.search(r"([\d,]+) read, .* ([\d,]+) refused \(([\d,]+) a second\)", said)
    assert found is not None, said
    read, refused, rate = (int(text.replace(",", "")) for text in found.groups())
    assert refused == 0, said
    return read, float(rate)


def _say(tell: bool, title: str, text: str) -> None:
    if tell:
        print(f"\n{title}\n\n{text}", flush=True)


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python -m bench.import_trial FOLDER")
    tell(Path(sys.argv[1]))


def tell(source: Path) -> None:
    """Run the trial and print what came of it."""
    trial = asyncio.run(run(source))
    print("\nWhat the staff did\n\n" + trial.staff)
    print(show(("import", "rows a second"), list(trial.rates.items())))
    print("\n" + show(("phase", "seconds"), list(trial.seconds.items())))
    print("\nChecked\n\n" + "\n".join(f"- {what}" for what in dict.fromkeys(trial.checks)))


if __name__ == "__main__":
    main()
