"""Purging: deleting errors in Business Central, and keeping them here.

``PurgeDesk`` says what a purge would do and starts one; ``Purge`` is the durable workflow that does it.
"""

from bot.operations.purging.desk import PurgeDesk
from bot.operations.purging.values import (
    Bounds,
    CauseShare,
    PurgeChoice,
    PurgeOffer,
    PurgeReport,
)
from bot.operations.purging.workflow import Purge, enqueue_purge

__all__ = [
    "Bounds",
    "CauseShare",
    "Purge",
    "PurgeChoice",
    "PurgeDesk",
    "PurgeOffer",
    "PurgeReport",
    "enqueue_purge",
]
