"""Retrying: having a mapping's own run take records again, and watching for evidence that it helped.

Never forced: what is done is ``release`` and ``wake``, so that the run goes by the mapping's own rules for
conflicts. ``RetryDesk`` says what a retry would do and starts one, ``Retry`` is the durable workflow that
does it, ``Watch`` the one that looks for evidence afterwards.
"""

from bot.operations.retry.acting import Retry, enqueue_retry
from bot.operations.retry.desk import RetryDesk
from bot.operations.retry.values import (
    Hope,
    RetryOffer,
    RetryReport,
    Skipped,
    Target,
)
from bot.operations.retry.watching import Watch

__all__ = [
    "Hope",
    "Retry",
    "RetryDesk",
    "RetryOffer",
    "RetryReport",
    "Skipped",
    "Target",
    "Watch",
    "enqueue_retry",
]
