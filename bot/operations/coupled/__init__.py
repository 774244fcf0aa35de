"""Coupled data errors and lost creations: what Business Central has given up on, and what can be done."""

from bot.operations.coupled.looking import CoupledData
from bot.operations.coupled.values import (
    CoupledView,
    CreateOffer,
    Lost,
    LostGroup,
    RecordLine,
    RecordsView,
    SkippedGroup,
    UncoupleOffer,
)

__all__ = [
    "CoupledData",
    "CoupledView",
    "CreateOffer",
    "Lost",
    "LostGroup",
    "RecordLine",
    "RecordsView",
    "SkippedGroup",
    "UncoupleOffer",
]
