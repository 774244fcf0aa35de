"""Tables that tell which problem waits for which."""

from sqlalchemy import Index, Text
from sqlmodel import Field

from bot.store.columns import KeyText
from bot.store.tables import Row, table_of


class ProblemTie(Row, table=True):
    """A key under which problems find each other; see ``bot.store.ties``."""

    __tablename__ = "problem_tie"
    __table_args__ = (Index(None, "workspace", "connection", "problem_id"),)

    kind: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=KeyText)
    problem_id: str = Field(primary_key=True, sa_type=Text)
    target: str = Field(primary_key=True, sa_type=KeyText)
    """Equal for keys that stand for the same thing awaited: its record may be one of several."""


class ProblemWait(Row, table=True):
    """A problem that waits for another one: what it awaits failed there last."""

    __tablename__ = "problem_wait"

    problem_id: str = Field(primary_key=True, sa_type=Text)
    waits_for: str = Field(sa_type=Text)
    record_id: str = Field(sa_type=KeyText)
    """The record that is awaited, and fails in the other problem; empty where a whole table is refused."""
    certain: bool
    """False where the evidence shows only that it may wait."""


PROBLEM_TIE = table_of(ProblemTie)
PROBLEM_WAIT = table_of(ProblemWait)
