"""Cash, bank transfer, on account: a person says that money was promised, came, or was given back.

There is nobody to ask: the person's word, which is our own record, is the book. What was claimed and never settled is
therefore found nowhere (`lookup`) and settled when it is tried again.
"""

from __future__ import annotations

from uuid import UUID

from backend.integrations.gateways import Answer, Call


class ManualGateway:
    name = "manual"
    needs_a_person = True

    async def authorize(self, call: Call) -> Answer:
        return self._noted(call)

    async def capture(self, call: Call) -> Answer:
        return self._noted(call)

    async def void(self, call: Call) -> Answer:
        return self._noted(call)

    async def refund(self, call: Call) -> Answer:
        return self._noted(call)

    async def lookup(self, _key: UUID, /) -> Answer | None:
        return None

    def _noted(self, call: Call) -> Answer:
        return Answer(approved=True, reference=call.authorization or f"manual_{call.key.hex}")
