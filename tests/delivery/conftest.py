"""Databases for deliveries, as the store's own tests take them."""

from __future__ import annotations

from tests.databases import migrated_postgresql as migrated_postgresql
from tests.databases import migrated_postgresql_url as migrated_postgresql_url
from tests.databases import migrated_sqlite as migrated_sqlite
from tests.databases import migrated_sqlite_url as migrated_sqlite_url
from tests.databases import migrated_url as migrated_url
from tests.databases import postgresql_server as postgresql_server
from tests.databases import postgresql_url as postgresql_url
from tests.databases import sqlite_url as sqlite_url
