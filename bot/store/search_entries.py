"""What the index behind ``bot.store.search`` holds, on both databases: an error's words and marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import Row, Select, and_, select

from bot.store.search_tables import SEARCH_SCOPE
from bot.store.search_words import Term, kind_terms, message_terms, record_terms
from bot.store.tables import PROBLEM, SYNC_ERROR, belongs
from bot.store.values import ErrorToStore, Scope

SLICE: Final = 2_500
"""Rows a statement."""
NUMBER_BITS: Final = 40
"""Bits of a row id that are the error's No.; Business Central's own numbers are 32 bits wide. An error with
a longer number is found by that number only."""
INDEX: Final = "search_entry"
"""The FTS5 table, or the table with the ``tsvector``."""


class Worded(NamedTuple):
    """An error with its words and marks, parted by blanks. Many errors share each of them."""

    number: int
    message: str
    source: str
    destination: str
    kind: str

    @property
    def words(self) -> str:
        """All of them. Both databases take a word that comes twice as one."""
        return f"{self.message} {self.source} {self.destination} {self.kind}"


Groups = Sequence[Sequence[Term]]
"""What is looked for: one term of each group must be there."""


class Index(Protocol):
    """Looks things up in the index of one database."""

    async def alternatives(self, word: str) -> Sequence[Term]:
        """What a word that somebody typed stands for."""
        ...

    async def numbers(self, groups: Groups, limit: int) -> list[int]:
        """No. of the newest errors that have one term of each group."""
        ...


def worded(errors: Iterable[ErrorToStore]) -> list[Worded]:
    """The errors that the index takes."""
    return [worded_row(one, one.problem.class_code) for one in errors if indexable(one.number)]


def worded_rows(rows: Iterable[Row[Any]]) -> list[Worded]:
    """The same of rows of ``stored``."""
    return [worded_row(row, row.class_code) for row in rows if indexable(row.number)]


def worded_row(error: ErrorToStore | Row[Any], class_code: str) -> Worded:
    """An error, or a row with its columns, with its words."""
    return Worded(
        error.number,
        message_terms(error.message),
        record_terms(error.source_record_id),
        record_terms(error.destination_record_id),
        kind_terms(class_code, error.mapping, str(error.params.get("privilege", ""))),
    )


def stored(scope: Scope) -> Select[Any]:
    """What has to be known of errors that are stored, by their No."""
    return (
        select(
            SYNC_ERROR.c.number,
            SYNC_ERROR.c.message,
            SYNC_ERROR.c.source_record_id,
            SYNC_ERROR.c.destination_record_id,
            SYNC_ERROR.c.mapping,
            SYNC_ERROR.c.params,
            PROBLEM.c.class_code,
        )
        .join(PROBLEM, and_(belongs(PROBLEM, scope), PROBLEM.c.id == SYNC_ERROR.c.problem_id))
        .where(belongs(SYNC_ERROR, scope))
        .order_by(SYNC_ERROR.c.number)
    )


def indexable(number: int) -> bool:
    """Does the No. fit into a row id?"""
    return 0 <= number < 1 << NUMBER_BITS


def scope_query(scope: Scope) -> Select[Any]:
    """The number of a scope in the index; no row while nothing of it is indexed."""
    return select(SEARCH_SCOPE.c.number).where(belongs(SEARCH_SCOPE, scope))


RECORDS: Final = (SYNC_ERROR.c.number, SYNC_ERROR.c.source_record_id, SYNC_ERROR.c.destination_record_id)
"""What has to be known of errors whose entry has what is looked for in words of records."""
