"""Tables of what people taught, and of diagnosing anew after it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.store.columns import StoredText, UtcTime
from bot.store.tables import Row, table_of


class TaughtRuleRow(Row, table=True):
    """A template that people taught the bot. ``connection`` is empty: it holds for all of a workspace."""

    __tablename__ = "taught_rule"
    __table_args__ = (Index(None, "workspace", "digest", unique=True),)

    id: str = Field(primary_key=True, sa_type=Text)
    template: str = Field(sa_type=StoredText)
    digest: str = Field(sa_type=Text)
    """Of the template in its even form: the same words are taught once."""
    class_code: str = Field(sa_type=Text)
    own_title: str = Field(sa_type=StoredText)
    """Title of a class of people's own; empty where the class is one of the catalogue."""
    fixer: str = Field(sa_type=Text)
    """Empty where it is as the class says."""
    remedy: str = Field(sa_type=StoredText)
    precedence: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    taught_by: str = Field(sa_type=Text)
    taught_at: datetime = Field(sa_type=UtcTime)


class RediagnosisProgress(Row, table=True):
    """How far diagnosing the errors of a connection anew is; with an empty ``connection``, which catalogue
    the workspace goes by (``version`` alone)."""

    __tablename__ = "rediagnosis"

    version: str = Field(sa_type=Text)
    phase: str = Field(sa_type=Text)
    above: int = Field(sa_type=BigInteger)
    above_id: str = Field(sa_type=Text)
    examined: int = Field(sa_type=BigInteger)
    moved: int = Field(sa_type=BigInteger)
    checked: int = Field(sa_type=BigInteger)
    """Numbers up to here were looked at for errors of another version, after the run ended."""
    started_at: datetime | None = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(sa_type=UtcTime)


class ProblemSuccession(Row, table=True):
    """How many errors of a problem went to which other one."""

    __tablename__ = "problem_succession"

    problem_id: str = Field(primary_key=True, sa_type=Text)
    successor_id: str = Field(primary_key=True, sa_type=Text)
    errors: int = Field(sa_type=BigInteger)


TAUGHT_RULE = table_of(TaughtRuleRow)
REDIAGNOSIS = table_of(RediagnosisProgress)
PROBLEM_SUCCESSION = table_of(ProblemSuccession)
