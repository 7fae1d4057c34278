"""What can be set from outside: `CROSSDOCK_*` environment variables, read once. Every default runs as it stands."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Times are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="CROSSDOCK_", frozen=True, env_ignore_empty=True)

    environment: Literal["development", "production"] = "production"
    data_dir: Path = Path(".crossdock")
    """Where an embedded PostgreSQL lives, and what `crossdock dev` says about itself."""

    database_url: str | None = None
    """`postgres://…`; without it an embedded PostgreSQL in `data_dir` is used."""
    database_statement_cache: int = Field(100, ge=0)
    """0 behind a pooler in transaction mode."""
    db_pool_min: int = Field(2, ge=0)
    db_pool_max: int = Field(16, ge=1)

    meili_url: str | None = None
    """Without it PostgreSQL answers searches."""
    meili_key: SecretStr | None = None
    meili_index_prefix: str = Field("crossdock_", pattern=r"^[a-z0-9_]*$")
    meili_timeout: float = Field(2.0, gt=0)

    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:587` (STARTTLS where it is offered, and always for a password) or `smtps://…:465`.
    Without it no mail is sent."""
    mail_from: str | None = None
    """The address that mails come from; by default `crossdock@` and the host of the public URL."""
    smtp_timeout: float = Field(20.0, gt=0)

    webhook_networks: str = ""
    """Private networks to which webhooks may go, over http too: `127.0.0.0/8, 10.1.0.0/16`. By default none."""
    webhook_timeout: float = Field(15.0, gt=0)

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str | None = None
    """Where browsers reach us: links in mails, allowed origins. By default the Host that was asked for."""
    body_limit_bytes: int = Field(2_000_000, ge=1_000)
    file_limit_bytes: int = Field(500_000_000, ge=1_000)
    """Of a file to be imported, as it is sent (gzipped or not)."""
    rate_limit: float = Field(2_000, gt=0)
    """Requests a second that one user or key may send to one server process, over a burst of twice as many."""

    session_hours: int = Field(12, ge=1)

    worker_concurrency: int = Field(20, ge=2)
    gateway_timeout: float = Field(20.0, gt=0)
    carrier_timeout: float = Field(20.0, gt=0)

    claim_hours: float = Field(24.0, gt=0)
    """After these, a shipping order that nobody claims goes back to allocation."""
    order_claim_hours: float = Field(2.0, gt=0)
    """After these, a claim of an order ends by itself."""
    pickup_days: float = Field(14.0, gt=0)
    """After these, a pick-up that nobody collects is cancelled back to stock and refunded."""
    job_days: int = Field(90, ge=1)
    """After these, a job that is finished is forgotten with what became of its pieces."""
    reallocation_minutes: float = Field(30.0, gt=0)
    """So often it is asked whether what nobody has begun to pick should come from elsewhere, where the rules say so."""
    allocation_attempts: int = Field(5, ge=1)
    """After so many sites that could not give what was asked of them, an order is held for a person."""

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def pool(self) -> dict[str, int]:
        """How a process opens its connections: for `models.db.connect`."""
        return {
            "minsize": self.db_pool_min,
            "maxsize": self.db_pool_max,
            "statement_cache_size": self.database_statement_cache,
        }

    @model_validator(mode="after")
    def _pool_bounds(self) -> Settings:
        if self.db_pool_min > self.db_pool_max:
            raise ValueError("db_pool_min is above db_pool_max")
        return self


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    return Settings()
