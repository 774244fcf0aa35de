"""The tables. Every row belongs to a workspace and to one of its connections.

Plain ``Text`` holds what is the bot's own (keys, codes, versions); what comes from outside has a type of
``bot.store.columns``.

There are no foreign keys: a page of a pull is written in one transaction by the only writer of its connection
(``Pulls`` locks the connection's row of ``pull_state`` first), and bulk inserts stay fast.

Statements use the tables alone, never rows as objects: so nothing is validated, and pydantic need not build
what would. Annotations are no texts here (``from __future__ import annotations``): pydantic and SQLAlchemy
would compile each of them again. Both together are a quarter of what these modules took to import.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Index, MetaData, Table, Text, and_, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from bot.store.columns import JsonText, KeyText, StoredText, UtcTime
from bot.store.values import Scope

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """What every table begins with."""

    model_config = {"defer_build": True}

    workspace: str = Field(primary_key=True, sa_type=Text)
    connection: str = Field(primary_key=True, sa_type=Text)


_FROM_ZERO = {"server_default": text("0")}
"""What rows have that were stored before there was such a counter."""
_FROM_NOTHING = {"server_default": text("''")}
"""What rows have that were stored before there was such a word."""


class ErrorRow(Row):
    """One row of table 5339 with its diagnosis."""

    number: int = Field(primary_key=True, sa_type=BigInteger)
    id: str = Field(sa_type=KeyText)
    logged_at: datetime = Field(sa_type=UtcTime)
    message: str = Field(sa_type=StoredText)
    job_id: str | None = Field(sa_type=StoredText)
    source_record_id: str = Field(sa_type=StoredText)
    source_table: int = Field(sa_type=BigInteger)
    destination_record_id: str = Field(sa_type=StoredText)
    destination_table: int = Field(sa_type=BigInteger)
    mapping: str = Field(sa_type=StoredText)
    direction: str = Field(sa_type=StoredText)
    job_type: str = Field(sa_type=StoredText)
    modified_at: datetime | None = Field(sa_type=UtcTime)
    problem_id: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    params: Mapping[str, Any] = Field(sa_type=JsonText)
    rule: str = Field(sa_type=Text)
    topic: str | None = Field(sa_type=Text)
    catalogue_version: str = Field(sa_type=Text)
    call_stack: str | None = Field(sa_type=StoredText)
    gone_at: datetime | None = Field(sa_type=UtcTime)
    purge_run: str | None = Field(sa_type=Text)
    """The run that deletes it, or that deleted it where it is gone."""


_GONE = text("gone_at IS NOT NULL")
_PURGED = text("purge_run IS NOT NULL")


class SyncError(ErrorRow, table=True):
    """The error that has its number.

    The index by id begins with the id: PostgreSQL without statistics takes any index that begins with
    workspace and connection for selective, and would use it for questions by number.
    """

    __tablename__ = "sync_error"
    __table_args__ = (
        Index(None, "id", "workspace", "connection", unique=True),
        *(
            Index(name, "workspace", "connection", column, sqlite_where=part, postgresql_where=part)
            for name, column, part in (
                ("ix_sync_error_archived", "number", _GONE),
                ("ix_sync_error_purged", "purge_run", _PURGED),
            )
        ),
    )


class FormerError(ErrorRow, table=True):
    """An error whose number another one has now; see ``bot.store.former``."""

    __tablename__ = "former_error"

    id: str = Field(primary_key=True, sa_type=KeyText)


class RawRow(Row, table=True):
    """A row that could not be understood. ``digest`` is that of its content: the same row is kept once."""

    __tablename__ = "raw_row"
    __table_args__ = (Index(None, "workspace", "connection", "number"),)

    digest: str = Field(primary_key=True, sa_type=Text)
    number: int | None = Field(sa_type=BigInteger)
    reason: str = Field(sa_type=StoredText)
    raw: Mapping[str, Any] = Field(sa_type=JsonText)
    seen_at: datetime = Field(sa_type=UtcTime)


class Problem(Row, table=True):
    """One cause, with sums over its errors and its latest error (highest ``last_seen``, then number)."""

    __tablename__ = "problem"
    __table_args__ = (Index(None, "workspace", "connection", "last_seen"),)

    id: str = Field(primary_key=True, sa_type=Text)
    class_code: str = Field(sa_type=Text)
    topic: str | None = Field(sa_type=Text)
    params: Mapping[str, Any] = Field(sa_type=JsonText)
    masked: str = Field(sa_type=StoredText)
    severity: int
    state: str = Field(sa_type=Text)
    errors: int = Field(sa_type=BigInteger)
    records: int = Field(sa_type=BigInteger)
    first_seen: datetime = Field(sa_type=UtcTime)
    last_seen: datetime = Field(sa_type=UtcTime)
    example_number: int = Field(sa_type=BigInteger)
    example_record: str = Field(sa_type=StoredText)
    gone: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=_FROM_ZERO)
    """How many of ``errors`` are no longer in Business Central."""
    assignee: str = Field(default="", sa_type=Text, sa_column_kwargs=_FROM_NOTHING)
    """Slack id of who takes care of it; empty where nobody does."""
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When somebody last said what its state is: an error logged later contradicts *fixed*."""
    decided_by: str = Field(default="", sa_type=Text, sa_column_kwargs=_FROM_NOTHING)
    successor: str = Field(default="", sa_type=Text, sa_column_kwargs=_FROM_NOTHING)
    """Id of the problem that took over all its errors, where they were diagnosed anew."""
    unsettled: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=_FROM_ZERO)
    """1 while some of its errors have left it and its times and examples are still to be looked up again."""


class ProblemCounter(Row, table=True):
    """Errors of one problem and mapping logged on one day (UTC)."""

    __tablename__ = "problem_counter"
    __table_args__ = (
        Index(None, "workspace", "connection", "day"),
        Index(None, "workspace", "connection", "mapping", "day"),
    )

    problem_id: str = Field(primary_key=True, sa_type=Text)
    mapping: str = Field(primary_key=True, sa_type=KeyText)
    day: date = Field(primary_key=True)
    errors: int = Field(sa_type=BigInteger)
    gone: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=_FROM_ZERO)
    """How many of ``errors`` are no longer in Business Central."""


class ErrorDay(Row, table=True):
    """Between which numbers the errors logged on one day (UTC) are; others may be between them, too.

    Numbers rise with time, give or take: so a day's errors are found without an index by time, which each
    insert would pay for.
    """

    __tablename__ = "error_day"

    day: date = Field(primary_key=True)
    first_number: int = Field(sa_type=BigInteger)
    last_number: int = Field(sa_type=BigInteger)


class ProblemRecord(Row, table=True):
    """Errors of one problem on one record; the other columns are those of the latest of them.

    In the database the primary key begins with the record, so that it also finds where a record fails.
    """

    __tablename__ = "problem_record"
    __table_args__ = (
        Index(
            "ix_problem_record_latest",
            "workspace",
            "connection",
            "problem_id",
            "last_seen",
            "last_number",
        ),
    )

    problem_id: str = Field(primary_key=True, sa_type=Text)
    record_id: str = Field(primary_key=True, sa_type=KeyText)
    other_record_id: str = Field(sa_type=StoredText)
    table_number: int = Field(sa_type=BigInteger)
    errors: int = Field(sa_type=BigInteger)
    last_seen: datetime = Field(sa_type=UtcTime)
    last_number: int = Field(sa_type=BigInteger)
    gone: int = Field(sa_type=BigInteger, sa_column_kwargs=_FROM_ZERO)
    """How many of ``errors`` are no longer in Business Central."""


class PullProgress(Row, table=True):
    """How far reading is. Whoever writes what a pull brings locks this row first."""

    __tablename__ = "pull_state"

    cursor: int = Field(sa_type=BigInteger)
    next_link: str | None = Field(sa_type=StoredText)
    started_at: datetime | None = Field(sa_type=UtcTime)
    attempted_at: datetime | None = Field(sa_type=UtcTime)
    succeeded_at: datetime | None = Field(sa_type=UtcTime)
    failure_key: str | None = Field(sa_type=Text)
    failure_facts: Mapping[str, Any] | None = Field(sa_type=JsonText)
    rows_read: int = Field(sa_type=BigInteger)
    rows_expected: int | None = Field(sa_type=BigInteger)
    unreadable: int = Field(sa_type=BigInteger)
    """Number of rows in ``raw_row``, so that nobody has to count them."""
    conflicting: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=_FROM_ZERO)
    """Rows met under the number of another stored row, since the last reconcile."""
    reread_above: int | None = Field(sa_type=BigInteger)
    """The next pull goes back to here."""
    finding: str | None = Field(sa_type=Text)
    """What the last complete reconcile makes of the numbers."""


class ReconcileProgress(Row, table=True):
    """How far comparing with Business Central is, and what was found on the way."""

    __tablename__ = "reconcile_state"

    above: int = Field(sa_type=BigInteger)
    """Numbers up to here were judged by a run under way or cut off; 0 after a whole one."""
    present: int = Field(sa_type=BigInteger)
    missing: int = Field(sa_type=BigInteger)
    replaced: int = Field(sa_type=BigInteger)
    attempted_at: datetime | None = Field(sa_type=UtcTime)
    succeeded_at: datetime | None = Field(sa_type=UtcTime)
    failure_key: str | None = Field(sa_type=Text)


class Company(Row, table=True):
    """The company of a connection as Business Central names it."""

    __tablename__ = "company"

    name: str = Field(sa_type=StoredText)
    display_name: str = Field(sa_type=StoredText)
    read_at: datetime = Field(sa_type=UtcTime)


class Revision(Row, table=True):
    """One row, of no workspace and no connection: how often the store was changed (``Database.writing``)."""

    __tablename__ = "revision"

    number: int = Field(sa_type=BigInteger)


class Preference(Row, table=True):
    """What a person chose. ``user_id`` is Slack's and all that is kept of them."""

    __tablename__ = "preference"

    connection: str = Field(sa_type=Text)
    user_id: str = Field(primary_key=True, sa_type=KeyText)
    chosen_at: datetime = Field(sa_type=UtcTime)


def table_of(model: type[Row]) -> Table:
    """The table of a model, for statements in SQLAlchemy Core."""
    return cast("Table", getattr(model, "__table__"))  # noqa: B009


def belongs(table: Table, scope: Scope) -> ColumnElement[bool]:
    """Condition: the row belongs to this scope."""
    return and_(table.c.workspace == scope.workspace, table.c.connection == scope.connection)


SYNC_ERROR = table_of(SyncError)
FORMER_ERROR = table_of(FormerError)
RAW_ROW = table_of(RawRow)
PROBLEM = table_of(Problem)
PROBLEM_COUNTER = table_of(ProblemCounter)
ERROR_DAY = table_of(ErrorDay)
PROBLEM_RECORD = table_of(ProblemRecord)
PULL_STATE = table_of(PullProgress)
RECONCILE_STATE = table_of(ReconcileProgress)
COMPANY = table_of(Company)
REVISION = table_of(Revision)
PREFERENCE = table_of(Preference)
