"""Records that both sides changed: what differs, who changed it, and whose values win.

Nothing is forced here: a choice becomes a plan, which ``bot.operations.deciding`` carries out.
"""

from bot.operations.conflicts.desk import Conflicts
from bot.operations.conflicts.values import (
    BOTH_CHANGED,
    ConflictChoice,
    ConflictRecord,
    ConflictView,
    Side,
    Standing,
)

__all__ = [
    "BOTH_CHANGED",
    "ConflictChoice",
    "ConflictRecord",
    "ConflictView",
    "Conflicts",
    "Side",
    "Standing",
]
