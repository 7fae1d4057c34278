"""The `crossdock` command. Thin: what a command does stands in a module of backend/commands/."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from backend.actions.imports.loaders import Kind
from backend.config import Settings, get_settings
from backend.errors import Refused
from backend.integrations.postgres_binaries import PostgresUnavailable
from backend.observability import configure_logging
from backend.rules.vocabulary import Role

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Order management: every order, one truth.")
user = typer.Typer(no_args_is_help=True, help="People who log in.")
apikey = typer.Typer(no_args_is_help=True, help="Keys of machines.")
app.add_typer(user, name="user")
app.add_typer(apikey, name="apikey")

HOST = Annotated[str | None, typer.Option(help="Address to listen on.  [CROSSDOCK_HOST]")]
PORT = Annotated[int | None, typer.Option(help="Port to listen on.  [CROSSDOCK_PORT]", min=0, max=65535)]


def main() -> None:
    """Refusals and what is wrong around us are told in a line; a traceback means a bug."""
    try:
        app()
    except Refused as refusal:
        for problem in refusal.problems:
            print(f"{'.'.join(problem.path)}: {problem.message}" if problem.path else problem.message, file=sys.stderr)
        sys.exit(1)
    except (PostgresUnavailable, OSError) as error:
        print(f"crossdock: {error}", file=sys.stderr)
        sys.exit(1)


def _settings(**given: Any) -> Settings:
    """The settings with what was said on the command line; child processes see the same by their environment."""
    for name, value in given.items():
        if value is not None:
            os.environ[f"CROSSDOCK_{name.upper()}"] = str(value)
    get_settings.cache_clear()
    settings = get_settings()
    configure_logging(settings)
    return settings


def _run(work: Callable[[Settings], Any]) -> Any:
    from backend.commands.database import run

    _settings()
    return run(work)


@app.command()
def dev(
    host: HOST = None,
    port: PORT = None,
    demo: Annotated[bool, typer.Option(help="Make a demo world on the first start.")] = True,
    live: Annotated[bool, typer.Option(help="Keep the demo world moving.")] = False,
) -> None:
    """Everything at once, for this machine: database, server, worker, and a demo world on the first start."""
    from backend.commands import dev as module

    os.environ.setdefault("CROSSDOCK_ENVIRONMENT", "development")
    os.environ.setdefault("CROSSDOCK_LOG_LEVEL", "warning")
    module.dev(_settings(host=host, port=port), lambda line: print(line, flush=True), demo=demo, live=live)


@app.command()
def serve(
    host: HOST = None,
    port: PORT = None,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=256)] = 1,
) -> None:
    """Serve the API. The database must have been migrated."""
    from backend.commands import serving

    serving.serve(_settings(host=host, port=port), workers)


@app.command()
def worker() -> None:
    """Do what follows from changes. Any number of workers may run."""
    from backend.commands.working import work

    work(_settings())


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date, and install the workflows that come with Crossdock."""
    from backend.commands.database import migrate as bring_up_to_date

    bring_up_to_date(_settings())
    print("The database is up to date.")


@app.command()
def demo(
    orders: Annotated[int, typer.Option(help="How many orders to make.", min=0)] = 150,
    seed: Annotated[int, typer.Option(help="Another number makes other orders.")] = 1,
    live: Annotated[bool, typer.Option(help="Go on at a human pace until interrupted.")] = False,
) -> None:
    """Make a demo world: sites, goods, stock, and orders of the last 30 days in every state."""
    from backend.commands.demo.world import demo as make

    made = _run(lambda _: make(orders, seed, live=live))
    print(f"{made} orders made.")


@app.command("import")
def import_(
    kind: Annotated[Kind, typer.Argument(help="What the rows are.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON array or JSON lines, .gz or not.")],
    concurrency: Annotated[int, typer.Option(help="Orders taken at the same time.", min=1, max=64)] = 8,
) -> None:
    """Take rows in, in the shape of the API's inputs. Bad ones are refused one by one; running it again is safe."""
    from backend.commands.importing import import_file

    summary = _run(lambda _: import_file(kind, file, concurrency))
    raise typer.Exit(1 if summary.refused else 0)


@app.command()
def staff(
    until_idle: Annotated[bool, typer.Option("--until-idle", help="Until there is nothing left to do.")],
    concurrency: Annotated[int, typer.Option(help="People at work.", min=1, max=64)] = 8,
) -> None:
    """A simulated staff does, beside a running worker, all that waits for a person."""
    from backend.commands.staff import work_until_idle

    if until_idle:
        for verb, count in sorted(_run(lambda _: work_until_idle(concurrency)).items()):
            print(f"{count:8,}  {verb}")


@app.command()
def verify() -> None:
    """Ask whether the books agree. Exit status 1 if anything is found."""
    from backend.commands.verifying import verify_books

    raise typer.Exit(0 if _run(lambda _: verify_books(Console(soft_wrap=True))) else 1)


@app.command()
def simulate(
    since: Annotated[datetime, typer.Option("--from", help="Orders placed from then on (UTC).")],
    until: Annotated[datetime, typer.Option("--to", help="Orders placed before (UTC).")],
    rule_set: Annotated[
        list[str] | None, typer.Option(help="Names; the first is compared with. All, if left out.")
    ] = None,
    stock_at: Annotated[
        datetime | None, typer.Option(help="The stock of then, for orders that were imported late.")
    ] = None,
    prices: Annotated[bool, typer.Option(help="Also with scarcity prices, learnt day by day from the past.")] = False,
) -> None:
    """Replay the orders of a period through rule sets of allocation, at the stock of that time. Writes nothing."""
    from backend.commands.simulating import simulate_period

    at = stock_at.replace(tzinfo=UTC) if stock_at else None
    names, console = rule_set or [], Console(soft_wrap=True)
    span = since.replace(tzinfo=UTC), until.replace(tzinfo=UTC)
    _run(lambda _: simulate_period(*span, at, names, console, prices=prices))


@app.command()
def reindex() -> None:
    """Fill the search engine's index anew beside the one that answers, then put it in its place."""
    from backend.commands.searching import reindex as fill

    print(f"{_run(fill):,} orders indexed.")


@app.command("export-schema")
def export_schema(
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is what the types say.")] = False,
    out: Annotated[Path | None, typer.Option(help="Another file than the committed one.")] = None,
) -> None:
    """Write the GraphQL schema."""
    from backend.commands import schema

    path = out or schema.COMMITTED
    if not check:
        schema.write(path)
    elif not schema.is_current(path):
        print(f"{path} is not what the types say: run `make schema`.", file=sys.stderr)
        raise typer.Exit(1)


@user.command("create")
def user_create(
    email: str,
    name: Annotated[str, typer.Option(prompt=True)],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    site: Annotated[list[str] | None, typer.Option(help="Codes of the sites where they work.")] = None,
    password: Annotated[
        str | None, typer.Option(envvar="CROSSDOCK_PASSWORD", help="Made and shown if left out.")
    ] = None,
) -> None:
    """Let somebody log in."""
    from backend.actions.people.users import UserCommand, create
    from backend.commands.access import CLI

    chosen = password or secrets.token_urlsafe(12)
    _run(lambda _: create(CLI, UserCommand(email, name, role, sites=site, password=chosen)))
    print(f"{email} may log in{'' if password else f' with {chosen}'}.")


@user.command("password")
def user_password(
    email: str,
    password: Annotated[
        str | None, typer.Option(envvar="CROSSDOCK_PASSWORD", help="Made and shown if left out.")
    ] = None,
) -> None:
    """Give somebody another password; their sessions end."""
    from backend.commands.people import set_password

    chosen = password or secrets.token_urlsafe(12)
    _run(lambda _: set_password(email, chosen))
    print(f"{email} logs in anew{'' if password else f' with {chosen}'}.")


@apikey.command("create")
def apikey_create(
    name: str,
    role: Annotated[Role, typer.Option()],
    channel: Annotated[str | None, typer.Option(help="Code of the channel, for the role CHANNEL.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="Codes of sites, for STORE_ASSOCIATE.")] = None,
) -> None:
    """Make a key, and show it: it cannot be shown again."""
    from backend.actions.people.api_keys import ApiKeyCommand, create
    from backend.commands.access import CLI

    made = _run(lambda _: create(CLI, ApiKeyCommand(name, role, channel=channel, sites=site)))
    print(made.secret)


@apikey.command("revoke")
def apikey_revoke(key: Annotated[str, typer.Argument(help="Its id, or how it begins: cd_12345678.")]) -> None:
    """Refuse a key from now on."""
    from backend.commands.people import revoke_key

    _run(lambda _: revoke_key(key))
    print("Revoked.")


if __name__ == "__main__":
    main()
