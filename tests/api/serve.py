"""A server process for tests: `python tests/api/serve.py <database url> <port>`."""

from __future__ import annotations

import sys

import uvicorn

from backend.app import create_app
from backend.config import Settings
from backend.observability import configure_logging

if __name__ == "__main__":
    settings = Settings(environment="development", database_url=sys.argv[1], db_pool_max=8, log_format="json")
    configure_logging(settings)
    uvicorn.run(create_app(settings), port=int(sys.argv[2]), log_config=None, access_log=False)
