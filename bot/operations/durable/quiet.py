"""DBOS's own log, cut down to what is certainly not personal.

Its messages can quote arguments, results and SQL parameters. What passes is where in DBOS it happened, how
bad it is, and the class of the exception.
"""

from __future__ import annotations

import logging

_OURS = logging.getLogger("bot.durable")


class _Where(logging.Handler):
    """Retells a record without its message."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0] if record.exc_info else None
        _OURS.log(
            record.levelno, "dbos %s:%s %s", record.filename, record.lineno, error.__name__ if error else ""
        )


def quieten() -> None:
    """Put our handler in place of DBOS's console, which it adds only where there is none.

    Errors only: without their text warnings say nothing, and each workflow stopped in the middle makes one.
    """
    log = logging.getLogger("dbos")
    log.handlers[:] = [_Where(level=logging.ERROR)]
    log.setLevel(logging.ERROR)
    log.propagate = False
