"""Tables of what is asked of Business Central when somebody looks, and kept for a while."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field

from bot.store.columns import JsonText, KeyText, StoredText, UtcTime
from bot.store.tables import Row, table_of


class RecordNameRow(Row, table=True):
    """How a record is called, as Business Central last said."""

    __tablename__ = "record_name"

    record_id: str = Field(primary_key=True, sa_type=KeyText)
    name: str = Field(sa_type=StoredText)
    """Empty where it has none, or could not be read."""
    url: str = Field(sa_type=StoredText)
    """Address that Business Central gave; nobody has checked where it leads."""
    state: str = Field(sa_type=Text)
    read_at: datetime = Field(sa_type=UtcTime)


class LiveStateRow(Row, table=True):
    """One part of what Business Central says of itself: its last answer, and how the last attempt went."""

    __tablename__ = "live_state"

    part: str = Field(primary_key=True, sa_type=Text)
    content: Mapping[str, Any] | None = Field(sa_type=JsonText)
    """None where it never answered."""
    read_at: datetime | None = Field(sa_type=UtcTime)
    attempted_at: datetime = Field(sa_type=UtcTime)
    failure_key: str | None = Field(sa_type=Text)
    failure_facts: Mapping[str, Any] | None = Field(sa_type=JsonText)


RECORD_NAME = table_of(RecordNameRow)
LIVE_STATE = table_of(LiveStateRow)
