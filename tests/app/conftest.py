"""Databases for the composition root."""

from tests.databases import database_url as database_url
from tests.databases import postgresql_server as postgresql_server
from tests.databases import postgresql_url as postgresql_url
from tests.databases import sqlite_url as sqlite_url
