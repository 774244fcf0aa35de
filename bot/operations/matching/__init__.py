"""A record that others wait for and that is coupled to nothing: which record it belongs to, or creating one.

Nothing is coupled or created here: a choice becomes a plan, which ``bot.operations.deciding`` carries out,
and what waited follows, down the chain.
"""

from bot.operations.matching.desk import Matching
from bot.operations.matching.values import (
    Awaited,
    Candidate,
    Choice,
    Evidence,
    MatchTarget,
    MatchView,
    Obstacle,
    Reason,
)

__all__ = [
    "Awaited",
    "Candidate",
    "Choice",
    "Evidence",
    "MatchTarget",
    "MatchView",
    "Matching",
    "Obstacle",
    "Reason",
]
