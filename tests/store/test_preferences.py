"""What people chose, and how all connections stand."""

from __future__ import annotations

from datetime import timedelta

from bot.store import Companies, Database, Preferences, Presence, Pulls
from bot.store.standings import Standing, Standings
from bot.store.values import KnownRow, PullState, Scope, Verdict
from tests.store.pages_of_errors import READ_AT, error, page


async def test_whoever_never_chose(database: Database) -> None:
    assert await Preferences(database).connection_of("T1", "U1") is None


async def test_the_last_choice_holds(database: Database) -> None:
    preferences = Preferences(database)
    for chosen in ("cronus", "contoso", "cronus", "fabrikam"):
        await preferences.choose("T1", "U1", chosen, READ_AT)
    assert await preferences.connection_of("T1", "U1") == "fabrikam"


async def test_a_choice_is_of_one_person_in_one_workspace(database: Database) -> None:
    preferences = Preferences(database)
    await preferences.choose("T1", "U1", "cronus", READ_AT)
    assert await preferences.connection_of("T1", "U2") is None
    assert await preferences.connection_of("T2", "U1") is None
    await preferences.choose("T2", "U1", "contoso", READ_AT)
    await preferences.forget("T2", "U1")
    assert await preferences.connection_of("T2", "U1") is None
    assert await preferences.connection_of("T1", "U1") == "cronus"


async def test_ids_may_be_anything(database: Database) -> None:
    preferences = Preferences(database)
    for user in ("", "U'; DROP TABLE preference; --", "U" * 300, "Ü", "a\x00b", "\ud800"):
        await preferences.choose("T1", user, "cronus", READ_AT)
        assert await preferences.connection_of("T1", user) == "cronus"


async def test_standings_of_a_workspace(database: Database) -> None:
    read, failing, elsewhere = Scope("T1", "read"), Scope("T1", "failing"), Scope("T2", "read")
    pulls = Pulls(database)
    for scope, numbers in ((read, (1, 2, 3)), (elsewhere, (1,))):
        await pulls.begin(scope, READ_AT, None)
        await pulls.store_page(scope, page([error(number) for number in numbers]), READ_AT)
        await pulls.finish(scope, READ_AT + timedelta(seconds=1))
    await Companies(database).save(read, "CRONUS", "CRONUS B.V.", READ_AT)
    gone = Verdict(0, 100, 2, missing=(KnownRow(2, error(2).id, gone=False),), replaced=(), back=())
    await Presence(database).judge(read, gone, READ_AT)
    await pulls.begin(failing, READ_AT, None)
    await pulls.fail(failing, READ_AT, "source.unreachable", {})

    found = await Standings(database).all_of("T1")

    assert set(found) == {"read", "failing"}
    assert found["read"].errors == 2, "the third is no longer in Business Central"
    assert found["read"].problems >= 1
    assert found["read"].severity >= 1
    assert found["read"].pull == await pulls.state(read)
    assert found["read"].company == await Companies(database).get(read)
    assert (found["failing"].errors, found["failing"].problems, found["failing"].severity) == (0, 0, 0)
    assert found["failing"].pull.failure_key == "source.unreachable"
    assert await Standings(database).all_of("T3") == {}
    assert Standing().pull == PullState()
