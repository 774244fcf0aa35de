"""What all connections share: settings, Slack, database, migrations; and whether anybody works."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import psycopg

from bot.dataclass import dataclass
from bot.failures import SettingsInvalid, StoreUnavailable
from bot.operations.doctor.looking import blocked, broken, good, look, note
from bot.operations.doctor.slack import SlackChecks
from bot.operations.doctor.values import Check, Finding, Outcome
from bot.operations.durable.slots import at_work
from bot.settings import ConnectionSettings, Settings, connections_of, sqlite_path
from bot.store import Database, Pulls
from bot.store.readiness import is_migrated
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class HouseChecks:
    """``told`` are the connections as they were when this process started, by key."""

    settings: Settings
    told: Mapping[str, ConnectionSettings]
    database: Database
    slack: SlackChecks
    workspace: str

    async def findings(self) -> list[Finding]:
        """In the order of ``Check``; database and migrations are looked at before Slack, which needs them."""
        database = await look(Check.DATABASE, self._database)
        if database.outcome is not Outcome.DATABASE_FINE:
            migrations = blocked(Check.MIGRATIONS, Check.DATABASE)
        else:
            migrations = await look(Check.MIGRATIONS, self._migrations)
        silent = _first_that_blocks(database, migrations)
        slack = await self.slack.findings(store_answers=silent)
        return [await look(Check.SETTINGS, self._settings), *slack, database, migrations]

    async def worker(self, store_silent: Check | None) -> Finding:
        """Whether anybody works. ``store_silent`` is the check that says why the store is silent."""
        if store_silent is not None:
            return blocked(Check.WORKER, store_silent)
        return await look(Check.WORKER, self._worker)

    async def _settings(self) -> Finding:
        """Connections are read at the start: a file that was changed since waits for the next one."""
        try:
            now = await asyncio.to_thread(connections_of, self.settings)
        except SettingsInvalid as failure:
            return broken(
                Check.SETTINGS,
                Outcome.SETTINGS_BROKEN_NOW,
                problems=len(failure.problems),
                first=failure.problems[0] if failure.problems else "",
            )
        if tuple(now) != tuple(self.told.values()):
            return note(Check.SETTINGS, Outcome.SETTINGS_CHANGED)
        has_way_in = self.settings.slack_app_token or self.settings.slack_signing_secret
        if self.settings.slack_bot_token is not None and has_way_in is None:
            return note(Check.SETTINGS, Outcome.SETTINGS_NO_SLACK)
        return good(Check.SETTINGS, Outcome.SETTINGS_FINE, connections=len(self.told))

    async def _database(self) -> Finding:
        """A SQLite file that is not there yet is made by the first start, not by looking at it."""
        file = sqlite_path(self.settings.database_url)
        if file is not None and not await asyncio.to_thread(file.exists):
            return note(Check.DATABASE, Outcome.DATABASE_NONE, file=file.name)
        await is_migrated(self.database)
        return good(Check.DATABASE, Outcome.DATABASE_FINE, kind="SQLite" if file else "PostgreSQL")

    async def _migrations(self) -> Finding:
        on_sqlite = sqlite_path(self.settings.database_url) is not None
        current = await is_migrated(self.database)
        if current and not on_sqlite:
            # Loads the engine, which a process that never examines anybody need not pay for.
            from bot.operations.durable.system_tables import system_tables_are_current

            current = await system_tables_are_current(self.settings.database_url)
        if current:
            return good(Check.MIGRATIONS, Outcome.MIGRATIONS_FINE)
        if on_sqlite:
            return note(Check.MIGRATIONS, Outcome.MIGRATIONS_AT_START)
        return broken(Check.MIGRATIONS, Outcome.MIGRATIONS_DUE)

    async def _worker(self) -> Finding:
        from bot.operations.durable.enqueueing import plain_address

        file = sqlite_path(self.settings.database_url)
        try:
            working = await asyncio.to_thread(at_work, plain_address(self.settings.database_url), file)
        except psycopg.Error as error:
            raise StoreUnavailable(type(error).__name__) from error
        if working:
            return good(Check.WORKER, Outcome.WORKER_FINE, workers=working)
        if await self._ever_read():
            return broken(Check.WORKER, Outcome.WORKER_NONE)
        return note(Check.WORKER, Outcome.WORKER_NOT_YET)

    async def _ever_read(self) -> bool:
        pulls = Pulls(self.database)
        states = [await pulls.state(Scope(self.workspace, key)) for key in self.told]
        return any(state.attempted_at is not None for state in states)


def _first_that_blocks(database: Finding, migrations: Finding) -> Check | None:
    if database.outcome is not Outcome.DATABASE_FINE:
        return Check.DATABASE
    return None if migrations.outcome is Outcome.MIGRATIONS_FINE else Check.MIGRATIONS
