"""Tables of what the bot tells: its messages, and the outbox that has them written."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.store.columns import KeyText, UtcTime
from bot.store.tables import Row, table_of


class Posting(Row, table=True):
    """A message of the bot's own: one that is somewhere, or that shall be. Ids and counts, never texts."""

    __tablename__ = "posting"
    __table_args__ = (
        Index(
            "ix_posting_once",
            *("workspace", "connection", "kind", "subject", "about", "place", "thread_of", "thread_ts"),
            unique=True,
        ),
        Index(None, "channel", "ts"),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(sa_type=Text)
    subject: str = Field(sa_type=KeyText)
    """Id of the problem or of the run that it tells of."""
    about: str = Field(sa_type=KeyText)
    """What tells it from others of its kind on the same subject: an error's No., a run's id, a time."""
    place: str = Field(sa_type=Text)
    """Where it was asked for: a channel, or a person whose direct messages are meant."""
    thread_of: str = Field(sa_type=Text)
    """Id of the posting in whose thread it stands; empty for a message by itself."""
    thread_ts: str = Field(sa_type=Text)
    """``ts`` of the thread that it was asked into, where no posting began it."""
    language: str = Field(sa_type=Text)
    asked_by: str = Field(sa_type=Text)
    """Slack id of who is told where it cannot be posted; empty where nobody waits for it."""
    actor: str = Field(sa_type=Text)
    """Who did what it tells, as ``slack:U012ABCDEF``; empty where nobody did."""
    count: int = Field(sa_type=BigInteger)
    """How many, of what it tells."""
    created_at: datetime = Field(sa_type=UtcTime)
    channel: str = Field(sa_type=Text)
    """Where it is; of a direct message the conversation. Empty while it is nowhere."""
    ts: str = Field(sa_type=Text)
    posted_at: datetime | None = Field(sa_type=UtcTime)
    file_id: str = Field(sa_type=Text)
    """Slack's id of the file that it carries."""
    state: str = Field(sa_type=Text)
    failure: str = Field(sa_type=Text)
    """Slack's word for why it is refused."""


class Wish(Row, table=True):
    """The outbox: that a posting be written, or rewritten. Written in the transaction of what is told.

    One row a posting, however often it is wished for: what is written is the newest state. Rows of what was
    delivered are gone.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "due_at"),)

    posting: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(sa_type=Text)
    subject: str = Field(sa_type=KeyText)
    place: str = Field(sa_type=Text)
    wishes: int = Field(sa_type=BigInteger)
    """How often it was wished for; grows while it is being delivered, so that nothing is missed."""
    attempts: int = Field(sa_type=BigInteger)
    """How often its delivery was begun anew."""
    due_at: datetime = Field(sa_type=UtcTime)
    begun_at: datetime | None = Field(sa_type=UtcTime)
    """When it was first sent to Slack: from then on it may be there although nothing says so."""
    created_at: datetime = Field(sa_type=UtcTime)


POSTING = table_of(Posting)
OUTBOX = table_of(Wish)
