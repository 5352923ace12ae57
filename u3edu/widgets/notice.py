"""A line of words under a panel: what was done, or what went wrong."""

import functools
import logging
from collections.abc import Callable
from typing import Any

import ipywidgets
from pydantic import ValidationError

from u3edu.widgets.words import status_html

logger = logging.getLogger(__name__)


class Notice(ipywidgets.HTML):
    """Says one thing at a time; screen readers speak it when it changes."""

    def say(self, text: str, *, problem: bool = False) -> None:
        """Show words; an empty text hides the line."""
        self.value = status_html(text, problem=problem) if text else ""
        self.layout.display = "" if text else "none"

    def guarded(self, callback: Callable[..., Any]) -> Callable[..., None]:
        """A callback whose errors are said here instead of raised."""

        @functools.wraps(callback)
        def run(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except ValidationError as error:
                self.say(error.errors()[0]["msg"], problem=True)
            except Exception as error:  # whatever it is, the trainee must be able to go on
                logger.warning("a callback failed", exc_info=True)
                self.say(str(error) or type(error).__name__, problem=True)

        return run
