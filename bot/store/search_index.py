"""The index behind ``bot.store.search``, written in the transaction that stores the errors.

An entry is the set of words and marks of one error (``bot.store.search_words``).

- SQLite: an FTS5 table without content and without positions; its row id is the number of the scope and the
  No. of the error, so that "newest first, no more than a thousand" is the order in which the index is read
  anyway (sqlite.org/fts5.html, "Contentless Tables", "The detail Option"). ``search_word`` holds the words
  that begin with three letters: FTS5 reads every entry of a prefix before it gives the first, but reads ORs
  of whole words one by one.
- PostgreSQL: a ``tsvector`` column under GIN in a table beside the errors, so that updating an error does
  not touch the index.

Tried: the trigram tokenizer takes 4 to 8 times the time of words on SQLite (28 against 3.5 microseconds of
CPU for a message of 190 characters), more than the rest of storing an error; words also find the same on
both databases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Connection,
    Dialect,
    Row,
    Select,
    and_,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.copying import copy_in
from bot.store.search_words import kind_terms, message_terms, record_terms, scope_mark
from bot.store.tables import PROBLEM, SEARCH_SCOPE, SYNC_ERROR, belongs
from bot.store.values import ErrorToStore, Scope

SLICE: Final = 2_500
NUMBER_BITS: Final = 40
"""Bits of a row id that are the error's No.; Business Central's own numbers are 32 bits wide. An error with
a longer number is found by that number only."""
INDEX: Final = "search_entry"
"""The FTS5 table, or the table with the ``tsvector``."""
VIRTUAL_PARTS: Final = frozenset(f"{INDEX}_{part}" for part in ("config", "data", "idx"))
"""Tables in which FTS5 keeps ``INDEX`` on SQLite."""
_GUID_LENGTH: Final = 32
"""Digits of a GUID, which is too rare to be worth a vocabulary."""
_HEX: Final = frozenset("0123456789abcdef")

_INSERT: Final = {
    "sqlite": f"INSERT INTO {INDEX} (rowid, words) VALUES (?, ?)",  # noqa: S608
    # One statement, since executemany is a statement a row there.
    "postgresql": f"INSERT INTO {INDEX} (scope, number, words) SELECT %s, number, words::tsvector"  # noqa: S608
    " FROM unnest(%s::bigint[], %s::text[]) AS entry (number, words)",
}
_INSERT_WORD: Final = "INSERT OR IGNORE INTO search_word (workspace, connection, word) VALUES (?, ?, ?)"
_Rows = Sequence[tuple[object, ...]]
Terms = tuple[str, str, str, str]
"""Words and marks, parted by blanks, of the message, the source, the destination and the kind of an error:
many errors share them."""


class Entry(NamedTuple):
    """What the index knows of one error."""

    number: int
    terms: Terms
    text: str
    """Of all terms. Both databases take a word that comes twice as one."""


def entries_of(errors: Sequence[ErrorToStore]) -> Sequence[Entry]:
    """What the index will know of them."""
    return [_entry(error) for error in errors if indexable(error.number)]


async def index_errors(connection: AsyncConnection, scope: Scope, entries: Sequence[Entry]) -> None:
    """Add errors that are fresh in the store; each once."""
    if not entries:
        return
    number = await _number_of(connection, scope)
    for start in range(0, len(entries), SLICE):
        part = entries[start : start + SLICE]
        if connection.dialect.name == "postgresql":
            mark = scope_mark(number)
            lines = f" {mark}\n{number}\t".join([f"{entry.number}\t{entry.text}" for entry in part])
            await copy_in(connection, INDEX, ("scope", "number", "words"), f"{number}\t{lines} {mark}\n")
            continue
        for statement, values in _additions(connection.dialect, scope, number, part):
            await connection.exec_driver_sql(statement, list(values))


async def forget_errors(connection: AsyncConnection, scope: Scope, numbers: Sequence[int]) -> None:
    """Take stored errors out of the index, before they leave the store or give up their number.

    FTS5 without content needs the very words that went in (sqlite.org/fts5.html, "The 'delete' Command").
    """
    number = await _number_of(connection, scope)
    fitting = [one for one in numbers if indexable(one)]
    if connection.dialect.name == "postgresql":
        await connection.execute(
            text(f"DELETE FROM {INDEX} WHERE scope = :scope AND number = ANY(:numbers)"),  # noqa: S608
            {"scope": number, "numbers": fitting},
        )
        return
    for start in range(0, len(fitting), SLICE):
        part = SYNC_ERROR.c.number.in_(fitting[start : start + SLICE])
        values = [
            {"row": row_id(number, row.number), "words": _entry_of_row(row).text}
            for row in (await connection.execute(_stored(scope, None).where(part))).all()
        ]
        if values:
            await connection.execute(
                text(f"INSERT INTO {INDEX} ({INDEX}, rowid, words) VALUES ('delete', :row, :words)"),  # noqa: S608
                values,
            )


async def index_stored(connection: AsyncConnection, scope: Scope, numbers: Sequence[int]) -> None:
    """Add stored errors that ``forget_errors`` took out, as they are now."""
    number = await _number_of(connection, scope)
    for start in range(0, len(numbers), SLICE):
        part = SYNC_ERROR.c.number.in_(numbers[start : start + SLICE])
        rows = (await connection.execute(_stored(scope, None).where(part))).all()
        entries = [_entry_of_row(row) for row in rows]
        for statement, values in _additions(connection.dialect, scope, number, entries):
            await connection.exec_driver_sql(statement, list(values))


def index_everything(connection: Connection) -> None:
    """Index every error that is stored: for the migration that brings the index. Reads a slice at a time."""
    scopes = connection.execute(select(SYNC_ERROR.c.workspace, SYNC_ERROR.c.connection).distinct()).all()
    for number, (workspace, key) in enumerate(sorted(tuple(scope) for scope in scopes), start=1):
        scope = Scope(workspace, key)
        connection.execute(insert(SEARCH_SCOPE).values(workspace=workspace, connection=key, number=number))
        above: int | None = None
        while rows := connection.execute(_stored(scope, above)).all():
            above = rows[-1].number
            entries = [_entry_of_row(row) for row in rows]
            for statement, values in _additions(connection.dialect, scope, number, entries):
                connection.exec_driver_sql(statement, list(values))


def indexable(number: int) -> bool:
    """Does the No. fit into a row id?"""
    return 0 <= number < 1 << NUMBER_BITS


def row_id(scope: int, number: int) -> int:
    """Row of the FTS5 table."""
    return scope << NUMBER_BITS | number


def scope_query(scope: Scope) -> Select[Any]:
    """The number of a scope in the index; no row while nothing of it is indexed."""
    return select(SEARCH_SCOPE.c.number).where(belongs(SEARCH_SCOPE, scope))


def terms_of(
    *, message: str, source: str, destination: str, mapping: str, privilege: str, class_code: str
) -> Terms:
    """Words and marks of one error."""
    return (
        message_terms(message),
        record_terms(source),
        record_terms(destination),
        kind_terms(class_code, mapping, privilege),
    )


def in_vocabulary(word: str) -> bool:
    """Is this a word that ``search_word`` holds: three letters at its beginning, and no GUID?"""
    return word[:3].isalpha() and not (len(word) == _GUID_LENGTH and _HEX.issuperset(word))


async def _number_of(connection: AsyncConnection, scope: Scope) -> int:
    """The number that stands for a scope in the index; a new scope gets the next one."""
    known = (await connection.execute(scope_query(scope))).scalar_one_or_none()
    if known is not None:
        return int(known)
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('search_scope'))"))
    highest = await connection.execute(select(func.coalesce(func.max(SEARCH_SCOPE.c.number), 0)))
    number = int(highest.scalar_one()) + 1
    await connection.execute(
        insert(SEARCH_SCOPE).values(workspace=scope.workspace, connection=scope.connection, number=number)
    )
    return number


def _additions(
    dialect: Dialect, scope: Scope, number: int, entries: Sequence[Entry]
) -> Iterator[tuple[str, _Rows]]:
    """Statements with their rows that add these entries."""
    fitting = [entry for entry in entries if indexable(entry.number)]
    if not fitting:
        return
    insert_entry = _INSERT[dialect.name]
    if dialect.name == "postgresql":
        mark = scope_mark(number)
        lexemes = [f"{mark} {entry.text}" for entry in fitting]
        yield insert_entry, [(number, [entry.number for entry in fitting], lexemes)]
        return
    yield insert_entry, [(row_id(number, entry.number), entry.text) for entry in fitting]
    shared = set(chain.from_iterable([entry.terms for entry in fitting]))
    words = filter(in_vocabulary, set(" ".join(shared).split()))
    if known := [(scope.workspace, scope.connection, word) for word in sorted(words)]:
        yield _INSERT_WORD, known


def _entry(error: ErrorToStore) -> Entry:
    return _entry_with(
        error.number,
        terms_of(
            message=error.message,
            source=error.source_record_id,
            destination=error.destination_record_id,
            mapping=error.mapping,
            privilege=str(error.params.get("privilege", "")),
            class_code=error.problem.class_code,
        ),
    )


def _entry_with(number: int, terms: Terms) -> Entry:
    message, source, destination, kind = terms
    return Entry(number, terms, f"{message} {source} {destination} {kind}")


def _stored(scope: Scope, above: int | None) -> Select[Any]:
    query = (
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
        .limit(SLICE)
    )
    return query if above is None else query.where(SYNC_ERROR.c.number > above)


def _entry_of_row(row: Row[Any]) -> Entry:
    return _entry_with(
        row.number,
        terms_of(
            message=row.message,
            source=row.source_record_id,
            destination=row.destination_record_id,
            mapping=row.mapping,
            privilege=str(row.params.get("privilege", "")),
            class_code=row.class_code,
        ),
    )
