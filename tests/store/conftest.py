"""Fixtures of the store's tests: each runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store import Database
from bot.store.values import Scope
from tests.databases import database_url as database_url
from tests.databases import migrated_postgresql as migrated_postgresql
from tests.databases import migrated_postgresql_url as migrated_postgresql_url
from tests.databases import migrated_sqlite as migrated_sqlite
from tests.databases import migrated_sqlite_url as migrated_sqlite_url
from tests.databases import migrated_url as migrated_url
from tests.databases import postgresql_server as postgresql_server
from tests.databases import postgresql_url as postgresql_url
from tests.databases import sqlite_url as sqlite_url


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """A database with its tables and nothing in them."""
    database = Database.open(migrated_url)
    yield database
    await database.close()


@pytest.fixture
def scope() -> Scope:
    return Scope(workspace="T1", connection="cronus")
