"""Settings: what nobody set, what must not be set, and the key that several processes make at once."""

from __future__ import annotations

import threading
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
        ("SECRET_KEY", "short"),
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


def test_the_generated_key_is_one_for_all_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    keys: list[bytes] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        keys.append(Settings(data_dir=tmp_path / "data").signing_key)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 32
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_given_key_is_used_and_never_shown() -> None:
    settings = Settings(secret_key="k" * 40)  # type: ignore[arg-type]
    assert settings.signing_key == b"k" * 40
    assert "kkk" not in repr(settings)
