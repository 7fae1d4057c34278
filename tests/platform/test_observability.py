"""The log carries what was bound and hides what is secret, whoever writes it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from backend.observability import configure_logging


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


def test_our_lines_and_those_of_libraries_have_one_shape(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(SimpleNamespace(log_format="json", log_level="info"))
    structlog.contextvars.bind_contextvars(request_id="r-1", order_id="o-1")
    structlog.get_logger("crossdock.orders").info("order.placed", lines=4)
    structlog.get_logger("crossdock.orders").debug("not.asked.for")
    logging.getLogger("uvicorn.error").warning("closed %s", "early")
    ours, server = lines(capsys)
    assert (ours["event"], ours["lines"], ours["level"], ours["logger"]) == (
        "order.placed",
        4,
        "info",
        "crossdock.orders",
    )
    assert (server["event"], server["level"], server["logger"]) == ("closed early", "warning", "uvicorn.error")
    assert {line["request_id"] for line in (ours, server)} == {"r-1"}


def test_secrets_are_hidden_at_any_depth_and_in_urls(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(SimpleNamespace(log_format="json", log_level="info"))
    structlog.get_logger().info(
        "asked",
        Authorization="Bearer abc",
        card={"number": "4242"},
        input={"apiKey": "ck_1", "users": [{"new_password": "p", "name": "Ann"}]},
        url="postgres://crossdock:hunter2@db/crossdock",
        cardinality=3,
    )
    (line,) = lines(capsys)
    assert line["Authorization"] == line["card"] == "[redacted]"
    assert line["input"] == {"apiKey": "[redacted]", "users": [{"new_password": "[redacted]", "name": "Ann"}]}
    assert line["url"] == "postgres://crossdock:[redacted]@db/crossdock"
    assert line["cardinality"] == 3


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure_logging(SimpleNamespace(log_format=log_format, log_level="info"))

    def fail(password: str) -> None:
        raise ValueError("no way to postgres://a:hunter3@db/x")

    try:
        fail("hunter2")
    except ValueError:
        structlog.get_logger().exception("bug")
    written = capsys.readouterr().err
    assert "no way to postgres://a:[redacted]@db/x" in written
    assert "hunter3" not in written
    assert "'hunter2'" not in written.replace('fail("hunter2")', "")
