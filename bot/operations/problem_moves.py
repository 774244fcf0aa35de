"""What people may decide about a problem, and what comes of it. Pure.

A problem is open or fixed; whoever claimed it keeps it when it is marked as fixed, and has it again when it
is open again. Every move has its inverse: *Claim* and *Release claim*, *Mark fixed* and *Reopen*.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.dataclass import dataclass
from bot.operations.rights import Act
from bot.store.care import Care
from bot.store.outbox import Told
from bot.store.values import ProblemState


class Move(StrEnum):
    """What somebody presses."""

    CLAIM = "claim"
    RELEASE = "release"
    MARK_FIXED = "mark_fixed"
    REOPEN = "reopen"

    @property
    def act(self) -> Act:
        """Its row in the table of rights."""
        return Act(self.value)


class WhyNot(StrEnum):
    """Why a move changes nothing."""

    YOURS = "yours"
    """You have it already."""
    SOMEBODY_ELSES = "somebody_elses"
    NOBODYS = "nobodys"
    IS_FIXED = "is_fixed"
    IS_OPEN = "is_open"
    SUPERSEDED = "superseded"
    """Its errors are another problem's now."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The new state, and what its threads are told."""

    care: Care
    told: Told


def moved(care: Care, move: Move, by: str, at: datetime) -> Moved | WhyNot:
    """What a move of that person makes of it."""
    if care.state is ProblemState.SUPERSEDED:
        return WhyNot.SUPERSEDED
    fixed = care.state is ProblemState.FIXED
    match move:
        case Move.CLAIM if fixed:
            return WhyNot.IS_FIXED
        case Move.CLAIM if care.assignee:
            return WhyNot.YOURS if care.assignee == by else WhyNot.SOMEBODY_ELSES
        case Move.CLAIM:
            return Moved(replace(care, assignee=by), Told.CLAIMED)
        case Move.RELEASE if fixed:
            return WhyNot.IS_FIXED
        case Move.RELEASE if not care.assignee:
            return WhyNot.NOBODYS
        case Move.RELEASE:
            return Moved(replace(care, assignee=""), Told.RELEASED)
        case Move.MARK_FIXED if fixed:
            return WhyNot.IS_FIXED
        case Move.MARK_FIXED:
            return Moved(_decided(care, ProblemState.FIXED, by, at), Told.FIXED)
        case Move.REOPEN if not fixed:
            return WhyNot.IS_OPEN
        case Move.REOPEN:
            return Moved(_decided(care, ProblemState.OPEN, by, at), Told.REOPENED)


def _decided(care: Care, state: ProblemState, by: str, at: datetime) -> Care:
    return replace(care, state=state, decided_by=by, decided_at=at)
