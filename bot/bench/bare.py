"""What the bot is compared with: the least that does something of the kind."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import psycopg
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.bench.commands import BOT_TOKEN, PATH, SIGNING_SECRET
from bot.bench.sink import Sink

FIXED_REPLY = "There are sync errors."


def bare_bolt_app(sink: Sink) -> Starlette:
    """A Bolt app as its documentation begins: acknowledge, then one fixed reply."""
    client = AsyncWebClient(BOT_TOKEN, base_url=f"{sink.address}/api/")
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.command("/syncerrors")
    async def answer(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(FIXED_REPLY)

    handler = AsyncSlackRequestHandler(app)
    return Starlette(routes=[Route(PATH, handler.handle, methods=["POST"])])


_FIELDS = (
    ("number", "bigint PRIMARY KEY"),
    ("id", "text"),
    ("jobId", "text"),
    ("loggedAt", "text"),
    ("errorMessage", "text"),
    ("sourceRecordId", "text"),
    ("sourceTableNumber", "bigint"),
    ("destinationRecordId", "text"),
    ("destinationTableNumber", "bigint"),
    ("mappingName", "text"),
    ("direction", "text"),
    ("jobType", "text"),
    ("lastModifiedDateTime", "text"),
)
_TABLE = f"CREATE TABLE bare ({', '.join(f'{name} {kind}' for name, kind in _FIELDS)})"


def bare_loop(address: str, pages: Sequence[bytes]) -> int:
    """Parse each page and insert its rows with ``executemany``, a transaction a page; gives the rows.

    ``address`` as ``DATABASE_URL``; the table must not be there yet.
    """
    if address.startswith("sqlite"):
        return _into_sqlite(Path(address.removeprefix("sqlite:///")), pages)
    return _into_postgresql(address, pages)


def _into_sqlite(file: Path, pages: Sequence[bytes]) -> int:
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(_TABLE)
        count = 0
        for page in pages:
            rows = _values(page)
            with connection:
                connection.executemany(f"INSERT INTO bare VALUES ({_marks('?')})", rows)  # noqa: S608
            count += len(rows)
        return count
    finally:
        connection.close()


def _into_postgresql(address: str, pages: Sequence[bytes]) -> int:
    with psycopg.connect(address) as connection:
        connection.execute(_TABLE.encode())
        connection.commit()
        count = 0
        for page in pages:
            rows = _values(page)
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO bare VALUES ({_marks('%s')})".encode(), rows)  # noqa: S608
            count += len(rows)
        return count


def _values(page: bytes) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name, _ in _FIELDS) for row in json.loads(page)["value"]]


def _marks(mark: str) -> str:
    return ", ".join([mark] * len(_FIELDS))
