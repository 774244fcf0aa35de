"""Who may migrate: on PostgreSQL ``syncerrors migrate`` alone, in any number at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.processes.running import company
from tests.processes.stored import query

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run


@pytest.mark.postgresql
async def test_nobody_migrates_postgresql_by_the_way(tmp_path: Path, postgresql_url: str) -> None:
    async with company(tmp_path, postgresql_url) as outside:
        refused = [
            await outside.start(*command) for command in (["web", "--port", "0"], ["worker"], ["socket"])
        ]
        assert await asyncio.gather(*(process.ended() for process in refused)) == [1, 1, 1]
        for process in refused:
            assert "syncerrors migrate" in process.text
            assert "Traceback" not in process.text
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'dbos')"
        assert query(postgresql_url, tables) == [(0,)]


@pytest.mark.postgresql
async def test_two_releases_at_once(tmp_path: Path, postgresql_url: str) -> None:
    async with company(tmp_path, postgresql_url) as outside:
        both = [await outside.start("migrate") for _ in range(2)]
        assert await asyncio.gather(*(process.ended() for process in both)) == [0, 0]
        for process in both:
            assert process.text == ""
        assert len(query(postgresql_url, "SELECT version_num FROM alembic_version")) == 1
