"""*Retry…* in Slack: said before, done, watched; who may; what is refused; what a shared card tells."""

from __future__ import annotations

import pytest

from bot.operations.durable.inline import InlineSteps
from bot.simulator.businesscentral.job_queue import EntryStatus
from bot.simulator.businesscentral.troubles import Kind
from bot.simulator.slack import Message, Modal, Person
from tests.conversations.conftest import Stage
from tests.conversations.sharing import card_says, cards, share, thread_says
from tests.operations.dying import NotYet

WAITS = "DKR-0417: this customer waits."
UNCOUPLED = "Currency Code USD must be coupled to a record in Dataverse."


async def failing(stage: Stage, count: int = 31, message: str = WAITS) -> None:
    """That many customers fail until Business Central skips them; all of it is read."""
    for index in range(count):
        stage.company.synchronization.fail(f"Customer: {10000 + index}", message, times=2)
    stage.clock.advance(60)
    await read(stage)


async def read(stage: Stage) -> None:
    await stage.read()
    assert await stage.core.synchronization.workflow(InlineSteps(), stage.connection) is None


async def opened(stage: Stage, person: Person | None = None) -> Modal:
    person = person or stage.kim
    await person.command("/syncerrors")
    await person.click("Details")
    await person.click("Opnieuw proberen…" if person is stage.sanne else "Retry…")
    return await settled(person)


async def settled(person: Person) -> Modal:
    waiting = ("One moment", "Een ogenblik")
    await person.until(
        lambda one: one.modal is not None and not any(word in one.modal.plain() for word in waiting)
    )
    assert person.modal is not None
    return person.modal


async def direct(person: Person, text: str) -> Message:
    """A direct message that says this, once it is there."""
    person.visit_bot()
    await person.until(lambda one: any(text in message.plain() for message in one.messages))
    return next(message for message in person.messages if text in message.plain())


async def result(stage: Stage, progress: Message) -> Message:
    await stage.slack.until(lambda: bool(stage.kim.thread(progress)))
    (last,) = stage.kim.thread(progress)
    return last


async def test_ends_green(stage: Stage) -> None:
    await failing(stage)
    stage.company.synchronization.fix()
    says = (await opened(stage)).plain()
    assert "Retry this problem: 31 records" in says
    assert "31 records are released" in says
    assert "The mapping's own job is started: CUSTOMER." in says
    assert "Nothing is forced" in says
    assert "for 30 minutes at most" in says
    done = await stage.kim.submit()
    assert done is not None
    assert "It has begun." in done.plain()
    progress = await direct(stage.kim, "Over: 31 of 31 synchronized")
    assert "Over:" in progress.plain()
    assert progress.updates > 1
    assert [element.label for element in progress.elements()] == []
    assert "31 of 31 synchronized" in (await result(stage, progress)).plain()
    activity = await stage.kim.command("/syncerrors activity")
    assert activity.plain().count("retry (31)") == 1


async def test_names_what_still_fails_and_why(stage: Stage) -> None:
    await failing(stage, 3)
    stage.company.synchronization.fix(record_id="Customer: 10000")
    await opened(stage)
    await stage.kim.submit()
    progress = await direct(stage.kim, "1 of 3 synchronized · 2 still fail")
    last = await result(stage, progress)
    assert "2 still fail" in last.plain()
    assert "this customer waits" in last.plain()
    assert "Customer 10001" in last.plain()
    assert "Customer 10000" not in last.plain()
    details = await stage.kim.click("Details", message=last)
    assert "this customer waits" in details.plain()


async def test_without_evidence(stage: Stage) -> None:
    await failing(stage, 2)
    stage.company.synchronization.wake = lambda mapping: None  # type: ignore[method-assign]
    await opened(stage)
    await stage.kim.submit()
    progress = await direct(stage.kim, "0 of 2 synchronized · no evidence for 2")
    last = (await result(stage, progress)).plain()
    assert "No evidence after 30 minutes" in last
    assert "The job of CUSTOMER: On Hold with Inactivity Timeout." in last
    assert "Its log says nothing." in last


async def test_a_job_in_error_is_told_before_and_its_log_after(stage: Stage) -> None:
    await failing(stage, 1)
    there = stage.company.synchronization
    there.disable_connection("insufficient privileges")
    there.run("CUSTOMER")
    there.enable_connection()
    says = (await opened(stage)).plain()
    assert "The job of CUSTOMER has ended in an error. An administrator restarts it first" in says
    assert "The Dataverse connection is not enabled." in says
    there.entries["CUSTOMER"].status = EntryStatus.READY  # the administrator did
    wake = there.wake

    def wake_and_break(mapping: str) -> None:
        there.disable_connection("broken meanwhile")
        wake(mapping)

    there.wake = wake_and_break  # type: ignore[method-assign]
    await stage.kim.submit()
    progress = await direct(stage.kim, "no evidence for 1")
    last = (await result(stage, progress)).plain()
    assert "The job of CUSTOMER: Error." in last
    assert "Its log says: The Dataverse connection is not enabled." in last


async def test_says_what_cannot_help_in_dutch(stage: Stage) -> None:
    there = stage.company.synchronization
    there.fail("Customer: 1", UNCOUPLED, times=2)
    there.fail("Customer: 2", UNCOUPLED, kind=Kind.NEW_RECORD)
    stage.clock.advance(60)
    await read(stage)
    says = (await opened(stage, stage.sanne)).plain()
    assert "Dit probleem opnieuw proberen: 1 record" in says
    assert "Wat nog niet kan helpen" in says
    assert "1 record wacht op een andere die nog niet gekoppeld is: die mislukt weer." in says
    assert "1 nieuwe record is niet gekoppeld" in says
    assert "Klant 2" in says


async def test_a_connection_that_is_off_leaves_nothing_to_press(stage: Stage) -> None:
    await failing(stage, 1)
    stage.company.synchronization.disable_connection("insufficient privileges")
    modal = await opened(stage)
    assert "The connection to Dataverse is turned off in Business Central." in modal.plain()
    assert "Business Central says: insufficient privileges" in modal.plain()
    assert modal.submit_label is None


async def test_without_the_extension_it_says_so(stage: Stage) -> None:
    await failing(stage, 1)
    stage.source.faults.extension_missing()
    modal = await opened(stage)
    assert "Without the bot's extension, Business Central can only be read." in modal.plain()
    assert modal.submit_label is None


async def test_one_error(stage: Stage) -> None:
    await failing(stage, 2)
    stage.company.synchronization.fix()
    await stage.kim.command("/syncerrors 1")
    await stage.kim.click("Retry…")
    says = (await settled(stage.kim)).plain()
    assert "Retry error No. 1: 1 record" in says
    await stage.kim.submit()
    await direct(stage.kim, "1 of 1 synchronized")


async def test_all_that_is_marked_as_fixed(stage: Stage) -> None:
    nothing = await stage.kim.command("/syncerrors retry fixed")
    assert "No problem is marked as fixed." in nothing.plain()
    await failing(stage, 2)
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    stage.company.synchronization.wake = lambda mapping: None  # type: ignore[method-assign]
    await stage.kim.click("Mark fixed", message=cards(stage.kim)[0])
    await thread_says(stage, stage.kim, "no evidence for 2")
    del stage.company.synchronization.wake
    stage.company.synchronization.fix()
    answer = await stage.kim.command("/syncerrors retry fixed")
    assert "Retry what is marked as fixed: 1 problem, 2 records" in answer.plain()
    await stage.kim.click("Retry…", message=answer)
    await settled(stage.kim)
    await stage.kim.submit()
    await direct(stage.kim, "2 of 2 synchronized")


async def test_mark_fixed_retries_and_the_card_turns_green(stage: Stage) -> None:
    await failing(stage)
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    stage.company.synchronization.fix()
    await stage.kim.click("Mark fixed", message=cards(stage.kim)[0])
    card = await card_says(stage, stage.sanne, "31 of 31 synchronized")
    assert "Marked as fixed by" in card.plain()
    lines = await thread_says(stage, stage.sanne, "31 of 31 synchronized")
    assert len([line for line in lines if "retried this." in line]) == 1


async def test_mark_fixed_too_early_opens_it_again(stage: Stage) -> None:
    await failing(stage, 2)
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    await stage.kim.click("Mark fixed", message=cards(stage.kim)[0])
    lines = await thread_says(stage, stage.sanne, "2 still fail")
    assert any("So this is open again." in line for line in lines)
    stage.clock.advance(60)
    card = await card_says(stage, stage.sanne, "0 of 2 synchronized · 2 still fail")
    assert "Open. Nobody takes care of this yet." in card.plain()


@pytest.mark.parametrize("roles", [{"role_fixers": "U0NOBODY", "role_admins": "U0NOBODY"}])
async def test_who_may_not_is_told_who_may(stage: Stage) -> None:
    await failing(stage, 1)
    await stage.sanne.command("/syncerrors")
    await stage.sanne.click("Details")
    await stage.sanne.click("Opnieuw proberen…")
    assert stage.sanne.modal is None
    assert stage.company.synchronization.entries["CUSTOMER"].due_at is None


async def test_a_second_person_is_told_of_the_first_ones_run(stage: Stage) -> None:
    await failing(stage, 2)
    target = (await stage.core.ask.overview(stage.scope)).lines[0].id
    from bot.operations.actors import slack_user
    from bot.operations.retry import Target
    from bot.store.outbox import Place

    kim = slack_user(stage.kim.id)
    await stage.core.retrying.start(NotYet(), stage.scope, Target(target), 2, kim, Place(kim.id), "run-1")
    modal = await opened(stage, stage.sanne)
    assert "Kim probeert dit op dit moment opnieuw." in modal.plain()
    assert modal.submit_label is None
    message = await direct(stage.sanne, "Het begint zodra")
    await stage.sanne.click("Stoppen met meekijken", message=message)
    await direct(stage.sanne, "stopt het.")


async def test_more_than_was_confirmed_is_asked_anew(stage: Stage) -> None:
    await failing(stage, 2)
    await opened(stage)
    stage.company.synchronization.fail("Customer: 20000", WAITS, times=2)
    stage.clock.advance(60)
    await stage.read()
    modal = await stage.kim.submit()
    assert modal is not None
    assert "Now 3 records would be retried, more than the 2 that you confirmed." in modal.plain()
    assert "Retry this problem: 3 records" in modal.plain()


async def test_business_central_down_is_told_and_outlasted(stage: Stage) -> None:
    await failing(stage, 1)
    stage.company.synchronization.fix()
    await opened(stage)
    stage.source.faults.fail(503, times=14, path="releaseAll")
    await stage.kim.submit()
    progress = await direct(stage.kim, "1 of 1 synchronized")
    assert progress.updates > 1
