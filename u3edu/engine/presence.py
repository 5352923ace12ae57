"""Whether a service is there: asked again from time to time, never by somebody who waits."""

import threading
import time
from collections.abc import Callable

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0


class Presence:
    """Remembers that a service is away, and finds out when it is back.

    While it is away nobody waits for it: after a pause, which doubles from one failure to the
    next, a thread of its own asks whether it is back.

    Parameters
    ----------
    probe : callable
        Returns if the service is there, and raises `OSError` or `ValueError` with the reason if not.
    first_pause : float
        In seconds.

    Attributes
    ----------
    reason : str
        Why it is away; empty while it is there.
    """

    def __init__(self, probe: Callable[[], object], first_pause: float = _FIRST_PAUSE) -> None:
        self.reason = ""
        self._probe, self._first_pause = probe, first_pause
        self._lock = threading.Lock()
        self._pause, self._ask_again, self._asking = first_pause, 0.0, False

    def ask(self) -> bool:
        """Whether the service may be used now; starts looking for it if the pause is over."""
        with self._lock:
            if not self.reason:
                return True
            if not self._asking and time.monotonic() >= self._ask_again:
                self._asking = True
                threading.Thread(target=self._look, name="u3edu-presence", daemon=True).start()
            return False

    def confirm(self) -> None:
        """The service did what was asked of it: the next pause is a short one."""
        self._pause = self._first_pause

    def lose(self, reason: str, pause: float | None = None) -> None:
        """The service is away, for `pause` seconds at least if it said so itself."""
        with self._lock:
            self.reason, self._asking = reason, False
            self._ask_again = time.monotonic() + (self._pause if pause is None else pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _look(self) -> None:
        try:
            self._probe()
        except (OSError, ValueError) as error:
            self.lose(str(error))
        else:
            with self._lock:
                self.reason, self._asking = "", False
