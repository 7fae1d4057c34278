"""Settings: what nobody set, what must not be set, and secrets that nobody sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.config import Settings


def test_with_nothing_set_it_is_a_closed_production_server_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CROSSDOCK_DATA_DIR")
    settings = Settings()
    assert (settings.environment, settings.host, settings.port) == ("production", "127.0.0.1", 8000)
    assert (settings.database_url, settings.meili_url) == (None, None)
    assert settings.data_dir == Path(".crossdock")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKER_CONCURRENCY", "1"),
        ("PORT", "65536"),
        ("ENVIRONMENT", "staging"),
        ("DB_POOL_MAX", "1"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"CROSSDOCK_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_secrets_are_never_shown() -> None:
    settings = Settings(meili_key="k" * 40)  # type: ignore[arg-type]
    assert settings.meili_key is not None
    assert settings.meili_key.get_secret_value() == "k" * 40
    assert "kkk" not in repr(settings)
