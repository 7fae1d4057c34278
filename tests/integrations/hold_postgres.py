"""A process that holds an embedded PostgreSQL over the folder named first, until its input ends."""

from __future__ import annotations

import sys
from pathlib import Path

from backend.integrations.postgres import EmbeddedPostgres

postgres = EmbeddedPostgres(Path(sys.argv[1]))
print(postgres.start(), flush=True)
sys.stdin.read()
postgres.stop()
