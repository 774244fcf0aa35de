"""The store's revision: every change makes another one, reading and failing make none."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import event

from bot.store import Companies, Database, Preferences, Pulls
from bot.store.values import Scope
from tests.store.pages_of_errors import READ_AT, error, page


async def test_every_committed_change_makes_another_revision(database: Database, scope: Scope) -> None:
    seen = [await database.revision()]
    await Pulls(database).begin(scope, READ_AT, None)
    seen.append(await database.revision())
    await Pulls(database).store_page(scope, page([error(1)]), READ_AT)
    seen.append(await database.revision())
    await Companies(database).save(Scope("elsewhere", "other"), "A", "B", READ_AT)
    seen.append(await database.revision())

    assert len(set(seen)) == len(seen)


async def test_reading_and_failing_make_none(database: Database, scope: Scope) -> None:
    await Pulls(database).begin(scope, READ_AT, None)
    before = await database.revision()
    await Pulls(database).state(scope)
    with pytest.raises(ZeroDivisionError):
        async with database.writing():
            raise ZeroDivisionError

    assert await database.revision() == before


async def test_what_another_process_commits_counts_at_once(database: Database, scope: Scope) -> None:
    other = Database.open(database.engine.url.render_as_string(hide_password=False))
    try:
        seen = {await database.revision()}
        for company in ("A", "B", "C"):
            await Companies(other).save(scope, company, company, READ_AT)
            seen.add(await database.revision())
    finally:
        await other.close()

    assert len(seen) == 4


async def test_it_is_told_without_a_transaction(database: Database, scope: Scope) -> None:
    await Pulls(database).begin(scope, READ_AT, None)
    begun = 0

    def count(_connection: object) -> None:
        nonlocal begun
        begun += 1

    event.listen(database.engine.sync_engine, "begin", count)
    await database.revision()

    assert begun == 0


async def test_a_connection_that_the_server_ended_is_replaced(database: Database, scope: Scope) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server")
    await Pulls(database).begin(scope, READ_AT, None)
    before = await database.revision()
    address = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert await database.revision() == before
    await Pulls(database).begin(scope, READ_AT, None)
    assert await database.revision() > before


async def test_a_moment_sees_nothing_that_comes_later(database: Database, scope: Scope) -> None:
    companies, users = Companies(database), Preferences(database)
    await companies.save(scope, "before", "", READ_AT)
    async with database.moment():
        assert (await companies.get(scope)).name == "before"  # type: ignore[union-attr] # saved above
        other = Database.open(database.engine.url.render_as_string(hide_password=False))
        try:
            await Companies(other).save(scope, "after", "", READ_AT)
        finally:
            await other.close()
        assert (await companies.get(scope)).name == "before"  # type: ignore[union-attr]
        assert await users.connection_of("nobody", "nothing") is None

    assert (await companies.get(scope)).name == "after"  # type: ignore[union-attr]
