"""Tables beside the index of the search."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.store.tables import Row, table_of


class SearchScope(Row, table=True):
    """The small number that stands for a connection in the index of ``bot.store.search_index``."""

    __tablename__ = "search_scope"
    __table_args__ = (Index(None, "number", unique=True),)

    number: int = Field(sa_type=BigInteger)


class SearchWord(Row, table=True):
    """A word of the errors that begins with a letter. Kept on SQLite, where it makes prefixes cheap."""

    __tablename__ = "search_word"

    word: str = Field(primary_key=True, sa_type=Text)


class SearchGroup(Row, table=True):
    """Errors that are one entry of the index; ``number`` is the highest of theirs. Kept on SQLite, where the
    index does not hold what went into it; an error that is an entry by itself has no such row."""

    __tablename__ = "search_group"

    number: int = Field(primary_key=True, sa_type=BigInteger)
    numbers: str = Field(sa_type=Text)
    """As JSON."""
    shared: str = Field(sa_type=Text)
    records: str = Field(sa_type=Text)


SEARCH_SCOPE = table_of(SearchScope)
SEARCH_WORD = table_of(SearchWord)
SEARCH_GROUP = table_of(SearchGroup)
