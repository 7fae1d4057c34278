"""The container files, held against the program: there is no engine where the tests run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.config import Settings

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {f"CROSSDOCK_{name.upper()}" for name in Settings.model_fields}
NAMED = re.compile(r"\bCROSSDOCK_[A-Z_]+\b")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


@pytest.mark.parametrize("file", ["docker-compose.yml", "Dockerfile", ".env.example"])
def test_every_variable_is_a_setting(file: str) -> None:
    named = set(NAMED.findall((ROOT / file).read_text()))
    assert named
    assert named <= FIELDS


def test_server_worker_and_migrations_are_one_image_with_the_same_settings(services: dict[str, Any]) -> None:
    ours = [services[name] for name in ("migrate", "server", "worker")]
    assert [service["command"] for service in ours] == [["migrate"], ["serve"], ["worker"]]
    assert all(service["environment"] == ours[0]["environment"] for service in ours)
    assert all(service["image"] == ours[0]["image"] for service in ours)
    # No secret has a default that somebody could forget to change.
    for name in ("CROSSDOCK_DATABASE_URL", "CROSSDOCK_MEILI_KEY"):
        assert ":?" in ours[0]["environment"][name]


def test_the_composed_settings_are_accepted(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"POSTGRES_PASSWORD": "p" * 64, "MEILI_MASTER_KEY": "m" * 64}

    def filled(value: str) -> str:
        return re.sub(
            r"\$\{(\w+):([?-])([^}]*)\}",
            lambda found: given[found[1]] if found[2] == "?" else given.get(found[1], found[3]),
            value,
        )

    for name, value in services["server"]["environment"].items():
        monkeypatch.setenv(name, filled(value))
    settings = Settings()
    assert settings.database_url == f"postgres://crossdock:{'p' * 64}@postgres:5432/crossdock"
    assert settings.meili_key is not None
    assert "m" not in str(settings.meili_key)


def test_nothing_starts_before_what_it_needs(services: dict[str, Any]) -> None:
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("server", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "test" in services[needed]["healthcheck"]


def test_volumes_are_named_and_declared(services: dict[str, Any]) -> None:
    declared = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["volumes"])
    used = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == declared == {"database", "search", "files"}


def test_the_image_runs_as_an_ordinary_user_and_is_asked_whether_it_is_ready() -> None:
    final = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER crossdock$", final, re.MULTILINE)
    assert re.search(r"HEALTHCHECK[^\n]*\\\n.*/readyz", final)
