"""How often somebody may ask: buckets of tokens in this process, bounded in number. A restart forgives."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

_KEPT = 20_000


class Throttle:
    """`rate` tokens a second flow into each caller's bucket, which holds `burst`."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self.clock = clock
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> float:
        """How many seconds until there is a token; 0.0 where there is one. Takes none."""
        tokens = self._tokens(caller)
        return 0.0 if tokens >= 1 else (1 - tokens) / self.rate

    def take(self, caller: str) -> float:
        """Take a token where there is one; else as `wait`."""
        tokens = self._tokens(caller)
        taken = tokens >= 1
        self.buckets.pop(caller, None)
        self.buckets[caller] = (tokens - 1 if taken else tokens, self.clock())
        if len(self.buckets) > _KEPT:
            self.buckets.popitem(last=False)
        return 0.0 if taken else (1 - tokens) / self.rate

    def _tokens(self, caller: str) -> float:
        tokens, since = self.buckets.get(caller, (self.burst, 0.0))
        return min(self.burst, tokens + (self.clock() - since) * self.rate)
