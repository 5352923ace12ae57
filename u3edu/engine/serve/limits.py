"""How much each user may ask for."""

import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_USERS = 100_000


class RateLimits:
    """A bucket of tokens for each user, which fills at a steady rate.

    Parameters
    ----------
    per_second : float
        How many requests a user may make in the long run.
    burst : int
        How many at once.
    clock : callable
        Seconds.
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        # When each user's bucket will be full again; those who asked last stand last.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def wait_for(self, user: str) -> float:
        """Count a request; seconds until it would be allowed, 0 if it is allowed now."""
        now = self._clock()
        full_at = max(self._full_at.get(user, now), now)
        wait = full_at - now - (self._burst - 1) / self._per_second
        if wait > 0:
            return wait
        self._full_at[user] = full_at + 1 / self._per_second
        self._full_at.move_to_end(user)
        if len(self._full_at) > _MOST_USERS:
            self._full_at.popitem(last=False)
        return 0.0
