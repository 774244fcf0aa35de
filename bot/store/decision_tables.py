"""Table of decisions: what somebody decided about which record, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.store.columns import KeyText, StoredText, UtcTime
from bot.store.tables import Row, table_of


class DecidedRecordRow(Row, table=True):
    """A record of a run of decisions. Confirmed before the run begins; never more are touched."""

    __tablename__ = "decided_record"
    __table_args__ = (Index(None, "workspace", "connection", "problem_id"),)

    run_id: str = Field(primary_key=True, sa_type=Text)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    """They are done in this order."""
    step: str = Field(sa_type=Text)
    """``couple``, ``uncouple``, ``create`` or ``synchronize``."""
    mapping: str = Field(sa_type=KeyText)
    mapping_id: str = Field(sa_type=KeyText)
    direction: str = Field(sa_type=Text)
    record_id: str = Field(sa_type=StoredText)
    table_number: int = Field(sa_type=BigInteger)
    local_system_id: str | None = Field(sa_type=Text)
    dataverse_id: str | None = Field(sa_type=Text)
    coupling_id: str | None = Field(sa_type=Text)
    """The coupling that it is about, or that came of it."""
    other_record: str = Field(sa_type=StoredText)
    problem_id: str = Field(sa_type=Text)
    number: int = Field(sa_type=BigInteger)
    error_id: str = Field(sa_type=KeyText)
    """SystemId of its latest error, where Business Central still has it."""
    state: str = Field(sa_type=Text)
    why: str = Field(sa_type=Text)
    tries: int
    jobs_before: datetime | None = Field(sa_type=UtcTime)
    """Start of the latest job before it was done, by Business Central's clock."""
    tried_at: datetime | None = Field(sa_type=UtcTime)
    job_id: str | None = Field(sa_type=Text)
    """The job that proves ``state``."""
    new_number: int = Field(sa_type=BigInteger)
    """No. of the error of that job; 0 where there is none, or it was not read."""


DECIDED_RECORD = table_of(DecidedRecordRow)
