"""What the downloader says: it logs its errors and doesn't raise them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def logged_errors(name: str) -> Iterator[list[str]]:
    """Collect what a logger and those below it report as errors, and keep the rest off the screen.

    Parameters
    ----------
    name : str
        Of the logger, for example ``"idc_index"``.

    Yields
    ------
    list of str
        Grows with each error, a line each.
    """
    messages: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(" ".join(record.getMessage().split()))

    logger, handler = logging.getLogger(name), Collect(logging.ERROR)
    told = logger.propagate
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = told
