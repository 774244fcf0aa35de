"""Structured logs on standard error: one JSON object a line, with one reference per interaction.

Nothing personal and nothing secret is logged: events carry ids of our own, counts, durations and types.
Exceptions are logged by type and place only, since their texts can quote what a user or a server sent.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from pathlib import Path

import structlog

_LOUD_LIBRARIES = (
    "slack_bolt",
    "slack_sdk",
    "httpx",
    "httpcore",
    "msal",
    "sqlalchemy",
    "alembic",
    "dbos",
    "uvicorn",
)
"""They log addresses, bodies or arguments at INFO; Bolt even whole requests of strangers."""

_HOUSE = Path(__file__).parents[1]
_OUR_HOUSE = frozenset({_HOUSE / "bot", _HOUSE / "handlers"})


def configure_logs(level: int = logging.INFO) -> None:
    """Send our events and the libraries' warnings to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _LOUD_LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR)


class _LibraryFormatter(logging.Formatter):
    """A library's warning as name, level and place; its text is left out (it can quote a payload).

    Our own rooms that log this way say ids, counts and types only, so their text stays.
    """

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return json.dumps(
            {
                "event": record.getMessage() if record.name.startswith("bot.") else "library",
                "logger": record.name,
                "level": record.levelname.lower(),
                "place": f"{Path(record.pathname).name}:{record.lineno}",
                "exception": kind,
            }
        )


def place_of(error: BaseException) -> list[str]:
    """Where an exception came from: ``file:line function``, innermost last, without any text of it.

    Our own frames, since a library's say little about why it was called, and the innermost of all.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames[:-1] if _is_ours(frame.filename)]
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in (*ours[-7:], *frames[-1:])
    ]


def _is_ours(file: str) -> bool:
    return not _OUR_HOUSE.isdisjoint(Path(file).parents)
