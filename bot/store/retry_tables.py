"""Tables of retries: which records one takes, by which mappings, and what became of each."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.store.columns import KeyText, StoredText, UtcTime
from bot.store.tables import Row, table_of


class RetryRecordRow(Row, table=True):
    """A record that a run retries. Chosen before the run begins; never more are taken."""

    __tablename__ = "retry_record"
    __table_args__ = (
        Index(None, "workspace", "connection", "problem_id"),
        Index(None, "workspace", "connection", "run_id", "coupling_id"),
    )

    run_id: str = Field(primary_key=True, sa_type=Text)
    record_id: str = Field(primary_key=True, sa_type=KeyText)
    problem_id: str = Field(sa_type=Text)
    mapping: str = Field(sa_type=KeyText)
    direction: str = Field(sa_type=Text)
    table_number: int = Field(sa_type=BigInteger)
    number: int = Field(sa_type=BigInteger)
    """No. of the latest error when it was chosen."""
    coupling_id: str = Field(sa_type=KeyText)
    dataverse_id: str | None = Field(sa_type=Text)
    is_option: bool
    state: str = Field(sa_type=Text)
    why: str = Field(sa_type=Text)
    job_id: str | None = Field(sa_type=Text)
    """The job that proves ``state``."""
    new_number: int = Field(sa_type=BigInteger)
    """No. of the error of that job; 0 where it was not read."""


class RetryMappingRow(Row, table=True):
    """A mapping whose own run shall take records of a run."""

    __tablename__ = "retry_mapping"

    run_id: str = Field(primary_key=True, sa_type=Text)
    mapping: str = Field(primary_key=True, sa_type=KeyText)
    mapping_id: str = Field(sa_type=KeyText)
    rank: int
    """Whose records come first."""
    state: str = Field(sa_type=Text)
    why: str = Field(sa_type=Text)
    jobs_before: datetime | None = Field(sa_type=UtcTime)
    """Start of the latest job before it was woken, by Business Central's clock."""
    log_status: str = Field(sa_type=Text)
    """Of its job queue entry, when that was looked at."""
    log_text: str = Field(sa_type=StoredText)
    """What its job said last."""


RETRY_RECORD = table_of(RetryRecordRow)
RETRY_MAPPING = table_of(RetryMappingRow)
