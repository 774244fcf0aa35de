"""``/syncerrors activity``: who did what."""

from __future__ import annotations

from datetime import timedelta

from bot.operations.activity import PAGE, Deed
from bot.operations.actors import THE_BOT, Actor, operator, slack_user
from bot.operations.rights import Act
from bot.simulator.slack import Message, Rank
from bot.store.activity import Outcome, Subject
from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day


async def did(stage: Stage, actor: Actor, act: Act, key: str, **more: object) -> None:
    await stage.core.activity.add(stage.scope, Deed(key, actor, act, **more))  # type: ignore[arg-type]


def lines(message: Message) -> list[str]:
    return [line for line in message.plain().splitlines() if line.startswith("•")]


async def some_activity(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    overview = await stage.core.ask.overview(stage.scope)
    kim, sanne = slack_user(stage.kim.id), slack_user(stage.sanne.id)
    problem = overview.lines[0].id
    stage.clock.advance(-timedelta(days=3).total_seconds())
    await did(stage, kim, Act.CLAIM, "1", subject_kind=Subject.PROBLEM, subject=problem)
    await did(stage, operator("ops"), Act.FORGET, "2", count=31)
    stage.clock.advance(timedelta(days=3).total_seconds())
    await did(stage, sanne, Act.RETRY, "3", subject_kind=Subject.ERROR, subject="4711")
    await did(stage, kim, Act.PURGE_OLD, "4", outcome=Outcome.STOPPED, count=5_000)
    await did(stage, THE_BOT, Act.RETRY, "5", subject_kind=Subject.PROBLEM, subject="long-gone")


async def test_it_says_who_did_what_when_on_what_and_what_came_of_it(stage: Stage) -> None:
    await some_activity(stage)
    told = await stage.kim.command("/syncerrors activity")
    newest, purge, retry, forget, claim = lines(told)
    assert "5 lines" in told.plain()
    assert "the bot itself · retry · a problem that is no longer kept · done" in newest
    assert "@Kim · delete old entries (5,000) · stopped" in purge
    assert "@Sanne · retry · No. 4711 · done" in retry
    assert "ops at the shell · remove somebody's data (31) · done" in forget
    assert "@Kim · claim a problem · " in claim


async def test_it_is_filtered_by_person_and_time(stage: Stage) -> None:
    await some_activity(stage)
    assert len(lines(await stage.kim.command("/syncerrors activity by:@kim"))) == 2
    assert len(lines(await stage.sanne.command("/syncerrors activiteit door:mij"))) == 1
    assert len(lines(await stage.kim.command(f"/syncerrors activity by:<@{stage.sanne.id}|sanne>"))) == 1
    assert len(lines(await stage.kim.command("/syncerrors activity by:ops"))) == 1
    told = await stage.kim.command("/syncerrors activity since:24h by:me")
    assert len(lines(told)) == 1
    assert "by @Kim · since 2026-03-03" in told.plain()
    nobody = await stage.kim.command("/syncerrors activity by:@lee")
    assert "The filter by: does not know “@lee”." in nobody.plain()
    assert "@Kim" in nobody.plain()
    strange = await stage.kim.command("/syncerrors activity sincce:7d")
    assert "There is no filter “sincce”. Did you mean since:?" in strange.plain()


async def test_it_has_pages_that_keep_the_filters(stage: Stage) -> None:
    for number in range(PAGE + 2):
        await did(stage, slack_user(stage.kim.id), Act.CLAIM, str(number))
        stage.clock.advance(60)
    await did(stage, slack_user(stage.sanne.id), Act.CLAIM, "hers")
    first = await stage.kim.command("/syncerrors activity by:me")
    assert "12 lines" in first.plain()
    assert "Page 1 of 2" in first.plain()
    second = await stage.kim.click("Next")
    assert len(lines(second)) == 2
    assert "by @Kim" in second.plain()
    assert len(lines(await stage.kim.click("Previous"))) == PAGE


async def test_nobody_did_anything_yet(stage: Stage) -> None:
    assert "Nobody did anything" in (await stage.kim.command("/syncerrors activity")).plain()


async def test_words_that_are_no_filters_are_searched_for(stage: Stage) -> None:
    assert "Activity" not in (await stage.kim.command("/syncerrors activity party")).plain()


async def test_guests_do_not_see_it(stage: Stage) -> None:
    guest = stage.slack.person("Gus", rank=Rank.GUEST)
    told = await guest.command("/syncerrors activity")
    assert "You may not do that here: look at the activity." in told.plain()


async def test_all_of_it_comes_as_a_file_and_that_is_noted_too(stage: Stage) -> None:
    await some_activity(stage)
    await stage.kim.command("/syncerrors activity since:24h")
    promised = await stage.kim.click("Export as CSV")
    assert "direct message" in promised.plain()
    stage.kim.visit_bot()
    message = await stage.kim.until(lambda person: bool(person.messages and person.messages[-1].files))
    file = stage.slack.file(message.files[0])
    assert file.name == "activity-2026-03-04.csv"
    assert file.content is not None
    heading, *rows = file.content.decode("utf-8-sig").splitlines()
    assert heading.startswith('"Time","From","By","Name","What","Code"')
    assert len(rows) == 4
    assert rows[0].startswith(
        f'"2026-03-04T09:30:00+00:00","slack","{stage.kim.id}","Kim","export the activity"'
    )
    assert any(
        '"delete old entries","purge.old","","","stopped",5000,"CRONUS Demo BV"' in row for row in rows
    )


async def test_only_admins_take_it_away(stage: Stage) -> None:
    await stage.sanne.command("/syncerrors activity")
    refused = await stage.sanne.click("Exporteren als CSV")
    assert "Dat mag je hier niet: de activiteit exporteren." in refused.plain()
