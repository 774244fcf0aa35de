"""*Clean up…* in Slack: what is said before, during and after; who may; what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest

from bot.operations.actors import slack_user
from bot.operations.durable.inline import InlineSteps
from bot.simulator.slack import Message, Modal, Person, Rank
from bot.store.outbox import Place
from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day
from tests.operations.dying import NotYet


async def old_errors(stage: Stage) -> None:
    """An ordinary day, ten days ago, and its couplings."""
    ordinary_day(stage.company, stage.clock)
    stage.clock.advance(timedelta(days=10).total_seconds())
    await stage.read()
    assert await stage.core.synchronization.workflow(InlineSteps(), stage.connection) is None


def there(stage: Stage) -> int:
    return len(list(stage.company.rows(stage.clock.now())))


async def opened(stage: Stage) -> Modal:
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Clean up…")
    await stage.kim.until(lambda kim: kim.modal is not None and "One moment" not in kim.modal.plain())
    assert stage.kim.modal is not None
    return stage.kim.modal


async def direct(stage: Stage, text: str) -> Message:
    """A direct message that says this, once it is there."""
    stage.kim.visit_bot()
    return await stage.kim.until(lambda kim: any(text in one.plain() for one in kim.messages))


async def test_from_the_button_to_the_archive(stage: Stage) -> None:
    await old_errors(stage)
    count = there(stage)
    says = (await opened(stage)).plain()
    assert "Delete resolved only" in says
    assert "Delete entries older than 7 days" in says
    assert "retention period: 1 month" in says

    modal = await stage.kim.modal_click(f"Delete {count} entries…", nth=0)
    assert modal is not None
    says = modal.plain()
    assert f"{count} entries older than 7 days" in says
    assert "What it costs" in says
    assert "Causes" in says
    assert "Logged between" in says
    done = await stage.kim.submit()
    assert done is not None
    assert "It has begun" in done.plain()

    await direct(stage, f"Over: {count} of {count} deleted.")
    [progress] = [one for one in stage.kim.messages if "Over:" in one.plain()]
    await stage.slack.until(lambda: bool(stage.kim.thread(progress)))
    [result] = stage.kim.thread(progress)
    assert f"Kim deleted {count} entries in Business Central." in result.plain()
    assert "0 entries are left in Business Central." in result.plain()
    assert there(stage) == 0

    archive = await stage.kim.click("Archive", message=result)
    assert f"{count} errors in the archive" in archive.plain()
    assert "deleted by" in archive.plain()
    await stage.kim.click("Export as CSV")
    message = await stage.kim.until(lambda kim: any(one.files for one in kim.messages))
    content = stage.slack.file(message.files[0]).content or b""
    assert f'"Kim (slack:{stage.kim.id})"' in content.decode("utf-8-sig")


async def test_everything_asks_for_the_companys_name(stage: Stage) -> None:
    await old_errors(stage)
    count = there(stage)
    await opened(stage)
    await stage.kim.modal_click(f"Delete {count} entries…", nth=1)
    label = "Type the company's name, CRONUS Demo BV, to delete everything"
    stage.kim.fill(label, "CRONUS")
    modal = await stage.kim.submit()
    assert modal is not None
    assert (
        "You typed “CRONUS”, but the company is called “CRONUS Demo BV”. Nothing was deleted."
        in modal.plain()
    )
    assert there(stage) == count

    stage.kim.fill(label, " cronus demo bv ")
    modal = await stage.kim.submit()
    assert modal is not None
    assert "It has begun" in modal.plain()
    await direct(stage, "Over:")
    assert there(stage) == 0


async def test_a_problem_has_its_own(stage: Stage) -> None:
    await old_errors(stage)
    count = there(stage)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    await stage.kim.click("Clean up…")
    await stage.kim.until(lambda kim: kim.modal is not None and "of this problem" in kim.modal.plain())
    await stage.kim.submit()
    await direct(stage, "Over:")
    assert 0 < there(stage) < count


async def test_numbers_that_grew_meanwhile_are_shown_again(stage: Stage) -> None:
    stage.company.skip_numbers(1)
    await old_errors(stage)
    count = there(stage)
    await opened(stage)
    await stage.kim.modal_click(f"Delete {count} entries…", nth=0)
    stage.company.log_error(
        message="late",
        source="Customer: 1",
        number=1,
        logged_at=stage.clock.now() - timedelta(days=9),
        visible_at=stage.clock.now(),
    )
    await stage.read()
    modal = await stage.kim.submit()
    assert modal is not None
    assert f"Now {count + 1} entries match, more than the {count} that you confirmed." in modal.plain()
    assert there(stage) == count + 1


@pytest.mark.parametrize("roles", [{"role_admins": "U0NOBODY"}])
async def test_who_may_not_is_told_who_may(stage: Stage) -> None:
    await old_errors(stage)
    await stage.sanne.command("/syncerrors")
    await stage.sanne.click("Opschonen…")
    assert there(stage) > 0
    assert stage.sanne.modal is None


async def test_a_second_person_is_told_of_the_first_ones_purge(stage: Stage) -> None:
    await old_errors(stage)
    anna = stage.slack.person("Anna", rank=Rank.ADMIN)
    offer = await stage.core.purging.offer(stage.scope)
    kim = slack_user(stage.kim.id)
    await stage.core.purging.start(
        NotYet(), stage.scope, offer.choices[1].bounds, kim, Place(kim.id), "run-1"
    )
    await anna.command("/syncerrors")
    await anna.click("Clean up…")
    await anna.until(lambda one: one.modal is not None and "right now: 0 of" in one.modal.plain())
    anna.visit_bot()
    await anna.until(lambda one: any("It begins in a moment." in message.plain() for message in one.messages))


async def test_the_archive_is_searched_and_exported(stage: Stage) -> None:
    await old_errors(stage)
    stage.company.log_error(message="=cmd|' /C calc'!A0", source="Customer: 77777")
    await stage.read()
    stage.company.delete_entries(0)
    stage.clock.advance(3600)
    await stage.core.reconcile.workflow(InlineSteps(), stage.connection)

    found = await stage.kim.command("/syncerrors archive 77777")
    assert "1 error in the archive" in found.plain()
    assert "not in Business Central since" in found.plain()
    nothing = await stage.kim.command("/syncerrors archive nosuchword")
    assert "Nothing in the archive" in nothing.plain()
    everything = await stage.kim.command("/syncerrors archive")
    assert "errors in the archive" in everything.plain()
    await stage.kim.click("Export as CSV")
    stage.kim.visit_bot()
    message = await stage.kim.until(lambda kim: bool(kim.messages and kim.messages[-1].files))
    file = stage.slack.file(message.files[0])
    assert file.name.startswith("archive-")
    assert file.content is not None
    text = file.content.decode("utf-8-sig")
    assert "'=cmd" in text
    assert text.count("\r\n") > 5


async def test_a_forged_form_deletes_nothing(stage: Stage) -> None:
    from bot.cards.purge_bounds import read
    from bot.failures import StaleForm

    for forged in (
        None,
        "",
        "all",
        "all|1|2|3",
        "all|x|1|1|1",
        "most|1|1|1|1",
        "all|1|1|1|99999999999999999999",
    ):
        with pytest.raises(StaleForm):
            read(forged, "")


@dataclass(frozen=True)
class Words:
    """What somebody presses and reads, in their language."""

    locale: str
    clean_up: str
    delete: str
    type_it: str
    over: str
    month: str


ENGLISH = Words(
    "en-US",
    "Clean up…",
    "Delete {} entries…",
    "Type the company's name, {}, to delete everything",
    "Over:",
    "1 month",
)
DUTCH = Words(
    "nl-NL",
    "Opschonen…",
    "{} posten verwijderen…",
    "Typ de naam van het bedrijf, {}, om alles te verwijderen",
    "Klaar:",
    "1 maand",
)


async def choosing(stage: Stage, words: Words) -> Person:
    """An admin who has the choices before them."""
    admin = stage.slack.person("Robin", rank=Rank.ADMIN, locale=words.locale)
    await admin.command("/syncerrors")
    await admin.click(words.clean_up)
    await admin.until(lambda one: one.modal is not None and words.month in one.modal.plain())
    return admin


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ENGLISH,
            "You typed “CRONUS Demo BV”, but the company is called “Kleiweg”. Nothing was deleted.",
        ),
        (
            DUTCH,
            "Je hebt “CRONUS Demo BV” getypt, maar het bedrijf heet “Kleiweg”. Er is niets verwijderd.",
        ),
    ],
)
async def test_the_company_is_renamed_while_the_form_is_open(stage: Stage, words: Words, told: str) -> None:
    await old_errors(stage)
    count = there(stage)
    admin = await choosing(stage, words)
    await admin.modal_click(words.delete.format(count), nth=1)
    stage.company.display_name = "Kleiweg"
    stage.clock.advance(timedelta(days=2).total_seconds())
    await stage.read()

    admin.fill(words.type_it.format("CRONUS Demo BV"), "CRONUS Demo BV")
    modal = await admin.submit()
    assert modal is not None
    assert told in modal.plain()
    assert there(stage) == count

    admin.fill(words.type_it.format("Kleiweg"), "Kleiweg")
    await admin.submit()
    admin.visit_bot()
    await admin.until(lambda one: any(words.over in message.plain() for message in one.messages))
    assert there(stage) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (ENGLISH, "entries were gone already: retention, or somebody deleted them in Business Central."),
        (DUTCH, "posten waren al weg: bewaarbeleid, of iemand heeft ze in Business Central verwijderd."),
    ],
)
async def test_retention_runs_in_the_middle(
    stage: Stage, words: Words, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await old_errors(stage)
    stage.clock.advance(timedelta(days=30).total_seconds())
    await stage.read()
    count = there(stage)
    object.__setattr__(stage.core.purge, "rows_a_window", 2)
    client = stage.core.purge.clients[stage.connection]
    delete = client.delete_errors

    async def at_night(logged_until: datetime, highest_number: int) -> int:
        deleted = await delete(logged_until, highest_number)
        stage.company.apply_retention(stage.clock.now())
        return deleted

    monkeypatch.setattr(client, "delete_errors", at_night)
    admin = await choosing(stage, words)
    await admin.modal_click(words.delete.format(count), nth=0)
    await admin.submit()
    admin.visit_bot()
    await admin.until(lambda one: any(words.over in message.plain() for message in one.messages))
    [progress] = [one for one in admin.messages if words.over in one.plain()]
    await stage.slack.until(lambda: bool(admin.thread(progress)))

    assert f"{count - 2} {told}" in admin.thread(progress)[0].plain()
    assert there(stage) == 0


@pytest.mark.parametrize("zone", [timezone(timedelta(hours=14)), timezone(timedelta(hours=-11, minutes=-30))])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (ENGLISH, "entries older than 7 days, up to Mar 4, 2026 10:30"),
        (DUTCH, "posten ouder dan 7 dagen, tot en met 4 mrt 2026 10:30"),
    ],
)
async def test_a_clock_in_another_zone(
    stage: Stage, words: Words, told: str, zone: timezone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven days are up to this very moment a week ago, wherever the machine is. Whoever reads that sees
    their own zone (Amsterdam), not the machine's."""
    now = stage.clock.now
    monkeypatch.setattr(stage.clock, "now", lambda: now().astimezone(zone))
    ordinary_day(stage.company, stage.clock)
    count = there(stage)
    stage.clock.advance(timedelta(days=7).total_seconds() + 1)
    stage.company.log_error(
        message="young", source="Customer: 5", logged_at=now() - timedelta(days=7) + timedelta(seconds=1)
    )
    await stage.read()
    assert await stage.core.synchronization.workflow(InlineSteps(), stage.connection) is None

    admin = await choosing(stage, words)
    modal = await admin.modal_click(words.delete.format(count), nth=0)
    assert modal is not None
    assert f"{count} {told}" in modal.plain()
    await admin.submit()
    admin.visit_bot()
    await admin.until(lambda one: any(words.over in message.plain() for message in one.messages))
    assert [row.error_message for row in stage.company.rows(now())] == ["young"]
