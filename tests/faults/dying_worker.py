"""A worker that dies once at each of the places where it hurts: `python -m tests.faults.dying_worker FOLDER`.

Around each kind of call to the gateway it kills itself with SIGKILL, the first time before the call is made, the
second time after it was booked and before the answer is known. FOLDER keeps where it has died already.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from uuid import UUID

from backend.cli import app
from backend.integrations import gateways
from backend.integrations.gateways import Answer, Call, Gateway
from backend.integrations.sandbox_gateway import SandboxGateway

KINDS = ("AUTHORIZE", "CAPTURE", "VOID", "REFUND")
PLACES = tuple(f"{kind}-{moment}" for kind in KINDS for moment in ("before", "after"))


class DeadlyGateway:
    """The sandbox, with deaths around it."""

    name = "sandbox"
    needs_a_person = False

    def __init__(self, inner: Gateway, folder: Path) -> None:
        self.inner = inner
        self.folder = folder

    async def authorize(self, call: Call) -> Answer:
        return await self._around(call)

    async def capture(self, call: Call) -> Answer:
        return await self._around(call)

    async def void(self, call: Call) -> Answer:
        return await self._around(call)

    async def refund(self, call: Call) -> Answer:
        return await self._around(call)

    async def lookup(self, key: UUID, /) -> Answer | None:
        return await self.inner.lookup(key)

    async def _around(self, call: Call) -> Answer:
        self._die_once(f"{call.kind}-before")
        answer = await gateways.ask(self.inner, call)
        self._die_once(f"{call.kind}-after")
        return answer

    def _die_once(self, place: str) -> None:
        mark = self.folder / place
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    gateways.register(DeadlyGateway(SandboxGateway(), Path(sys.argv[1])))
    app(["worker"])
