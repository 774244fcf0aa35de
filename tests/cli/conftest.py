"""The command run in the tests' own process: what it does to the log ends with the test."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command says what is logged where (``bot.log``), for its whole process."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before, handlers, levels = structlog.get_config(), list(root.handlers), (root.level, ours.level)
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
