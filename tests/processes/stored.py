"""What must be in the database once a pull has come to its end, whoever died on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import Row, create_engine, make_url, text

from tests.processes.running import ERRORS, PATIENCE


def query(database_url: str, statement: str) -> Sequence[Row[tuple[object, ...]]]:
    """Rows of a statement, from a connection of its own."""
    url = make_url(database_url)
    driver = "sqlite+pysqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(url.set(drivername=driver))
    try:
        with engine.connect() as connection:
            return connection.execute(text(statement)).all()
    finally:
        engine.dispose()


def pulls(database_url: str) -> list[tuple[object, ...]]:
    """Status and executor id of the engine's pulls, oldest first."""
    schema = "" if database_url.startswith("sqlite") else "dbos."
    table = f"{schema}workflow_status"
    statement = f"SELECT status, executor_id FROM {table} WHERE name = 'pull' ORDER BY created_at"  # noqa: S608
    return [tuple(row) for row in query(database_url, statement)]


async def pulls_ended(database_url: str) -> None:
    """Wait until no pull is enqueued or under way."""
    async with asyncio.timeout(PATIENCE):
        while any(status in {"ENQUEUED", "PENDING"} for status, _ in pulls(database_url)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def assert_everything_is_there_once(database_url: str) -> None:
    """Each error once, counters that add up to them, a pull that has finished."""
    assert query(database_url, "SELECT count(*), count(DISTINCT number) FROM sync_error") == [
        (ERRORS, ERRORS)
    ]
    assert query(database_url, "SELECT sum(errors) FROM problem") == [(ERRORS,)]
    assert query(database_url, "SELECT sum(errors) FROM problem_counter") == [(ERRORS,)]
    assert query(database_url, "SELECT sum(errors) FROM problem_record") == [(ERRORS,)]
    assert query(database_url, "SELECT count(*) FROM raw_row") == [(0,)]
    assert query(
        database_url,
        "SELECT cursor, next_link, started_at, failure_key, succeeded_at IS NOT NULL FROM pull_state",
    ) == [(ERRORS, None, None, None, True)]
