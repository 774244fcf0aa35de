"""The index behind ``bot.store.search``, written in the transaction that stores the errors.

It holds the words and marks of each error (``bot.store.search_words``), on SQLite as
``bot.store.search_fts5`` says, on PostgreSQL as ``bot.store.search_gin`` does.

Tried: the trigram tokenizer takes 4 to 8 times the time of words on SQLite (28 against 3.5 microseconds of
CPU for a message of 190 characters), more than the rest of storing an error; words also find the same on
both databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import search_fts5, search_gin
from bot.store.search_entries import (
    INDEX,
    SLICE,
    Index,
    Worded,
    indexable,
    scope_query,
    stored,
    worded,
    worded_rows,
)
from bot.store.search_groups import Indexing
from bot.store.search_tables import SEARCH_SCOPE
from bot.store.search_words import scope_mark
from bot.store.tables import SYNC_ERROR
from bot.store.values import ErrorToStore, Scope


def indexing_of(errors: Sequence[ErrorToStore], dialect: Dialect) -> Indexing:
    """What the index will take of them."""
    return _indexing(worded(errors), dialect)


async def index_errors(connection: AsyncConnection, scope: Scope, indexing: Indexing) -> None:
    """Add errors that are fresh in the store; each once."""
    if indexing.entries or indexing.lines:
        await _add(connection, scope, await _number_of(connection, scope), indexing)


async def forget_errors(connection: AsyncConnection, scope: Scope, numbers: Sequence[int]) -> None:
    """Take stored errors out of the index, before they leave the store or give up their number."""
    number = await _number_of(connection, scope)
    fitting = [one for one in numbers if indexable(one)]
    if connection.dialect.name == "postgresql":
        others = await search_gin.take_out(connection, number, fitting)
    else:
        others = await search_fts5.take_out(connection, scope, number, fitting)
    await index_stored(connection, scope, others)


async def index_stored(connection: AsyncConnection, scope: Scope, numbers: Sequence[int]) -> None:
    """Add stored errors that ``forget_errors`` took out, as they are now."""
    number = await _number_of(connection, scope)
    for start in range(0, len(numbers), SLICE):
        part = SYNC_ERROR.c.number.in_(numbers[start : start + SLICE])
        rows = (await connection.execute(stored(scope).where(part))).all()
        await _add(connection, scope, number, _indexing(worded_rows(rows), connection.dialect))


async def numbers_with(connection: AsyncConnection, scope: Scope, words: Sequence[str]) -> list[int]:
    """No. of all errors that have all these words; there may be others among them."""
    number = (await connection.execute(scope_query(scope))).scalar_one_or_none()
    if number is None:
        return []
    if connection.dialect.name == "postgresql":
        return await search_gin.numbers_with(connection, number, words)
    return await search_fts5.numbers_with(connection, scope, number, words)


async def drop_words(connection: AsyncConnection, scope: Scope, words: Iterable[str]) -> int:
    """Take words out of the vocabulary that no error has any more; gives how many. SQLite alone has one."""
    number = (await connection.execute(scope_query(scope))).scalar_one_or_none()
    if connection.dialect.name != "sqlite" or number is None:
        return 0
    return await search_fts5.drop_words(connection, scope, number, words)


async def erase(connection: AsyncConnection) -> None:
    """Have nothing left of the words of errors that were taken out. PostgreSQL goes on knowing words, without
    where they were, until the index is built anew."""
    if connection.dialect.name == "sqlite":
        await search_fts5.erase(connection)


async def open_index(connection: AsyncConnection, scope: Scope, is_archive: bool) -> Index | None:
    """To look things up; None where nothing is indexed. ``is_archive`` leaves what Business Central has no
    more."""
    number = (await connection.execute(scope_query(scope))).scalar_one_or_none()
    if number is None:
        return None
    if connection.dialect.name == "postgresql":
        return search_gin.Gin(connection, scope, number, is_archive)
    return search_fts5.Fts5(connection, scope, number, is_archive)


def index_everything(connection: Connection) -> None:
    """Index every error that is stored: for the migration that brings the index. Reads a slice at a time.

    Each error gets an entry of its own: there is no place for others yet.
    """
    scopes = connection.execute(select(SYNC_ERROR.c.workspace, SYNC_ERROR.c.connection).distinct()).all()
    for number, (workspace, key) in enumerate(sorted(tuple(scope) for scope in scopes), start=1):
        scope = Scope(workspace, key)
        connection.execute(insert(SEARCH_SCOPE).values(workspace=workspace, connection=key, number=number))
        query = stored(scope).limit(SLICE)
        rows = connection.execute(query).all()
        while rows:
            errors = worded_rows(rows)
            if connection.dialect.name == "postgresql":
                _add_each(connection, number, errors)
            else:
                for statement, values in search_fts5.each_by_itself(scope, number, errors):
                    connection.exec_driver_sql(statement, values)
            rows = connection.execute(query.where(SYNC_ERROR.c.number > rows[-1].number)).all()


def _add_each(connection: Connection, number: int, errors: Sequence[Worded]) -> None:
    statement = text(
        f"INSERT INTO {INDEX} (scope, number, words) VALUES (:scope, :number, CAST(:words AS tsvector))"  # noqa: S608
    )
    mark = scope_mark(number)
    if values := [{"scope": number, "number": one.number, "words": f"{one.words} {mark}"} for one in errors]:
        connection.execute(statement, values)


def _indexing(errors: Sequence[Worded], dialect: Dialect) -> Indexing:
    if dialect.name == "postgresql":
        return search_gin.indexing_of(errors)
    return search_fts5.indexing_of(errors)


async def _add(connection: AsyncConnection, scope: Scope, number: int, indexing: Indexing) -> None:
    if connection.dialect.name == "postgresql":
        await search_gin.add(connection, number, indexing)
        return
    for statement, values in search_fts5.additions(scope, number, indexing):
        await connection.exec_driver_sql(statement, values)


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
