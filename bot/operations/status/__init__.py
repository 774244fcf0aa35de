"""``/syncerrors status``: how the synchronization itself goes, mapping by mapping."""

from bot.operations.status.desk import Look, StatusDesk
from bot.operations.status.values import (
    ConnectionNote,
    JobNote,
    MappingStatus,
    MappingView,
    Part,
    PartNote,
    Remark,
    StatusView,
    Still,
)

__all__ = [
    "ConnectionNote",
    "JobNote",
    "Look",
    "MappingStatus",
    "MappingView",
    "Part",
    "PartNote",
    "Remark",
    "StatusDesk",
    "StatusView",
    "Still",
]
