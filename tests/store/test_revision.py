"""The store's revision: every change makes another one, reading and failing make none."""

from __future__ import annotations

import pytest

from bot.store import Companies, Database, Pulls
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
