"""The table of who did what. Lines are added; none is ever changed, and none goes before its time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.store.columns import JsonText, KeyText, UtcTime
from bot.store.tables import Row, table_of


class ActivityRow(Row, table=True):
    """Somebody did something. Ids, codes and counts: no text of Business Central's, and no names of records.

    The database itself refuses to change a line, and to remove one in its first 30 days (triggers of the
    migration that made the table).
    """

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_latest", "workspace", "connection", "at", "id"),)

    id: str = Field(primary_key=True, sa_type=KeyText)
    """The idempotency key: what was done once has one line."""
    at: datetime = Field(sa_type=UtcTime)
    actor: str = Field(sa_type=KeyText)
    act: str = Field(sa_type=Text)
    subject_kind: str = Field(sa_type=Text)
    subject: str = Field(sa_type=KeyText)
    """An id: of a problem, an error, a run, a rule."""
    outcome: str = Field(sa_type=Text)
    count: int = Field(sa_type=BigInteger)
    """How many it was about: rows, records, files."""
    facts: Mapping[str, Any] = Field(sa_type=JsonText)
    """What else is worth telling; ids, codes and numbers."""


ACTIVITY = table_of(ActivityRow)
