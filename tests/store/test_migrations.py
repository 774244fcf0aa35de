"""The tables come from migrations, and these say the same as the models."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.store import Companies, Database, Pulls
from bot.store.migrations.names import is_ours
from bot.store.readiness import revisions
from bot.store.search_entries import INDEX
from bot.store.search_fts5 import VIRTUAL_PARTS
from bot.store.tables import METADATA
from bot.store.values import Scope
from tests.store.pages_of_errors import READ_AT, error, page


async def test_migrations_and_models_agree(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        )
        return list(compare_metadata(context, METADATA))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_migrated_database_holds_our_tables_and_nothing_else(database: Database) -> None:
    async with database.reading() as connection:
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))

    assert names - VIRTUAL_PARTS == {*METADATA.tables, INDEX, "alembic_version"}


async def test_primary_keys_and_indices_have_the_names_of_the_models(database: Database) -> None:
    def named(connection: Connection) -> dict[str, set[str | None]]:
        look = inspect(connection)
        return {
            name: {
                look.get_pk_constraint(name)["name"],
                *(one["name"] for one in look.get_indexes(name)),
            }
            for name in METADATA.tables
        }

    async with database.reading() as connection:
        assert await connection.run_sync(named) == {
            name: {str(table.primary_key.name), *(str(index.name) for index in table.indexes)}
            for name, table in METADATA.tables.items()
        }


async def test_migrating_again_keeps_what_is_stored(database: Database, scope: Scope) -> None:
    await Pulls(database).store_page(scope, page([error(1)]), READ_AT)
    await database.migrate()

    assert (await Pulls(database).state(scope)).cursor == 1


async def test_two_processes_migrate_at_once(database_url: str, scope: Scope) -> None:
    code = (
        "import asyncio, sys; from bot.store import Database; "
        "asyncio.run(Database.open(sys.argv[1]).migrate())"
    )
    migrating = [
        subprocess.Popen([sys.executable, "-c", code, database_url], stderr=subprocess.PIPE)  # noqa: ASYNC220, S603
        for _ in range(2)
    ]
    for process in migrating:
        _out, problems = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0, problems.decode()

    database = Database.open(database_url)
    await Companies(database).save(scope, "CRONUS", "CRONUS", READ_AT)
    await database.close()


async def test_tables_of_others_in_the_same_database_are_left_alone(database_url: str) -> None:
    database = Database.open(database_url)
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE workflow_status (workflow_uuid TEXT PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO workflow_status VALUES ('kept')"))

    await database.migrate()

    await test_migrations_and_models_agree(database)
    async with database.reading() as connection:
        kept = (await connection.execute(text("SELECT workflow_uuid FROM workflow_status"))).scalar_one()
    await database.close()
    assert kept == "kept"


def test_a_migration_that_fails_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.store.engines import open_blocking_engine

    def cut(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError

    database = Database.open(database_url)
    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", cut)
        with pytest.raises(ZeroDivisionError):
            asyncio.run(database.migrate())
    engine = open_blocking_engine(database._url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_migrations_are_inside_the_package() -> None:
    """Whatever Alembic needs lies beside the code, so that a wheel has it."""
    import bot.store.migrations as migrations

    folder = Path(migrations.__file__).parent
    assert {path.name for path in folder.iterdir()} >= {"env.py", "script.py.mako", "versions"}


def test_the_revisions_are_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    scripts = ScriptDirectory.from_config(config)

    assert set(revisions()) == {script.revision for script in scripts.walk_revisions()}
    assert revisions()[-1] == scripts.get_current_head()
