"""The bot's own database full, read-only or gone while people ask."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from sqlalchemy import event

from tests.conversations.conftest import Stage
from tests.conversations.samples import CURRENCY, ordinary_day


@pytest.fixture
async def ordinary(stage: Stage) -> Stage:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    await stage.kim.command("/syncerrors")
    return stage


def delete_store(folder: Path) -> None:
    for file in folder.glob("syncerrors.db*"):
        file.unlink()


async def reconnect(stage: Stage, pragma: str) -> None:
    """Have every connection to the file begin with a PRAGMA."""

    def begin(connection: object, _record: object) -> None:
        connection.execute(pragma)  # type: ignore[attr-defined] # sqlite3's own

    engine = stage.core.database.engine
    await engine.dispose()
    event.listen(engine.sync_engine, "connect", begin)


async def test_a_full_disk_leaves_what_is_known_and_says_why(ordinary: Stage) -> None:
    for number in range(2_000):
        ordinary.company.log_error(message=f"{'odd ' * 50}{number}", source=f"Customer: {number}")
    await reconnect(ordinary, "PRAGMA max_page_count = 1")
    await ordinary.kim.click("Refresh")
    assert "own database" in (await ordinary.kim.until("own database")).plain()
    assert "46" in (await ordinary.sanne.command("/syncerrors")).plain()


async def test_a_database_that_takes_nothing_more_is_told_to_whoever_refreshes(ordinary: Stage) -> None:
    ordinary.company.log_error(message=CURRENCY, source="Customer: 90000")
    await reconnect(ordinary, "PRAGMA query_only = 1")
    await ordinary.kim.click("Refresh")
    assert "own database" in (await ordinary.kim.until("own database")).plain()
    assert "46" in (await ordinary.sanne.command("/syncerrors")).plain()


async def test_a_database_that_was_deleted_gives_a_reference_and_nothing_personal(
    ordinary: Stage, tmp_path: Path
) -> None:
    delete_store(tmp_path)
    await ordinary.core.database.engine.dispose()
    with structlog.testing.capture_logs() as events:
        shown = (await ordinary.kim.command("/syncerrors 46")).plain()
    assert "reference" in shown or "own database" in shown
    assert "Customer" not in str(events)
    assert "sync_error" not in shown
