"""Deciding: what only a person can choose. Which records belong together, which are created, whose side wins.

One kind of run carries all of it out, ``Decide``, and one looks for evidence afterwards, ``WatchDecision``;
``DecisionDesk`` starts them. A forced synchronization overwrites and a creation stays, so a plan names every
record that is touched, and nothing is repeated unseen.
"""

from bot.operations.deciding.acting import Decide, enqueue_decision
from bot.operations.deciding.desk import DecisionDesk
from bot.operations.deciding.ending import Ending
from bot.operations.deciding.values import (
    ACT_OF,
    MOST_RECORDS,
    Allowance,
    Decided,
    DecidedState,
    DecisionReport,
    DecisionTally,
    Permission,
    Plan,
    Step,
)
from bot.operations.deciding.watching import WatchDecision

__all__ = [
    "ACT_OF",
    "MOST_RECORDS",
    "Allowance",
    "Decide",
    "Decided",
    "DecidedState",
    "DecisionDesk",
    "DecisionReport",
    "DecisionTally",
    "Ending",
    "Permission",
    "Plan",
    "Step",
    "WatchDecision",
    "enqueue_decision",
]
