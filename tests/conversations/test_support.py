"""*Prepare support request* in Slack: the form, the files, where they come; and what goes wrong."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from bot.cards.actions import ButtonValue
from bot.operations.activity import PAGE
from bot.operations.durable.inline import InlineSteps
from bot.simulator.slack import Message, Person
from bot.store.activity import ActivityLines, Outcome, Wanted
from bot.store.message_tables import POSTING
from bot.store.outbox import Told
from tests.conversations.conftest import Stage
from tests.conversations.samples import STACK, ordinary_day
from tests.conversations.sharing import card_says, cards, said, share

MAIL = "The email address jan.jansen@example.com of Contact CT0001 is not valid in Dataverse."


async def an_error(stage: Stage, message: str = MAIL, count: int = 1) -> None:
    for number in range(count):
        stage.company.log_error(message=message, source=f"Customer: {number}", call_stack=STACK)
    await stage.read()


async def opened(person: Person, button: str = "Prepare support request", ask: str = "") -> str:
    """The form, from the first problem or from what is asked for."""
    await person.command(ask or "/syncerrors")
    if not ask:
        await person.click("Details")
    await person.click(button)
    waiting = ("One moment", "Een ogenblik")
    await person.until(lambda one: one.modal is not None and not any(w in said(one) for w in waiting))
    return said(person)


async def files(stage: Stage, message: Message) -> tuple[str, dict[str, bytes]]:
    document, archive = (stage.slack.file(file) for file in message.files)
    assert document.name.endswith(".md")
    assert archive.name == document.name.replace(".md", ".zip")
    assert document.content is not None
    assert archive.content is not None
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened_zip:
        inside = {name: opened_zip.read(name) for name in opened_zip.namelist()}
    assert inside["request.md"] == document.content
    return document.content.decode(), inside


async def with_files(person: Person) -> Message:
    """The newest message with files, in direct messages."""
    person.visit_bot()
    await person.until(lambda one: any(message.files for message in one.messages))
    return [message for message in person.messages if message.files][-1]


async def test_from_the_button_to_the_files(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    await stage.core.synchronization.workflow(InlineSteps(), stage.connection)
    says = await opened(stage.kim)
    assert "3 errors are told in full, one for each record" in says
    assert "[Call stacks]" in says
    assert "[To me, as a direct message] [Into this channel]" in says
    await stage.kim.submit()
    assert "comes to you as a direct message" in said(stage.kim)

    message = await with_files(stage.kim)
    assert "Ready to attach to a ticket" in message.plain()
    document, inside = await files(stage, message)
    assert "# Support request: Integration user lacks prvReadProject" in document
    assert "by Kim" in document
    assert "OnBeforeModify line 7" in document
    assert "Business Central `26." in document
    assert inside["call-stacks/error-46.txt"].decode().strip() == STACK
    await stage.kim.until("It is ready, and comes with the next message.")

    (line,) = await ActivityLines(stage.core.database).page(stage.scope, Wanted(), PAGE)
    assert (line.act, line.outcome, line.count) == ("support_request", Outcome.DONE, 3)


async def test_what_the_form_says_is_what_comes(stage: Stage) -> None:
    await an_error(stage)
    await opened(stage.kim, ask="/syncerrors 1")
    asked = details_asked(stage)
    stage.kim.fill("What goes in", ["Messages, as Business Central logged them"])
    stage.kim.fill("Personal data", ["Show it unmasked"])
    stage.kim.fill("Language of the files", "Nederlands")
    await stage.kim.submit()
    message = await with_files(stage.kim)
    assert "Personal data is shown: handle these files accordingly." in message.plain()
    document, inside = await files(stage, message)
    assert "# Supportaanvraag: fout nr. 1" in document
    assert "jan.jansen@example.com" in document
    assert "Versies" not in document
    assert not [name for name in inside if name.startswith("call-stacks")]
    assert details_asked(stage) == asked


def details_asked(stage: Stage) -> int:
    return sum("syncErrorDetails" in one.path for one in stage.source.requests)


async def test_personal_data_is_masked_unless_somebody_may_and_wants_otherwise(stage: Stage) -> None:
    await an_error(stage)
    says = await opened(stage.sanne, "Supportaanvraag voorbereiden")
    assert "Onafgeschermd" not in says
    assert "worden afgeschermd" in says
    await stage.sanne.submit()
    document, inside = await files(stage, await with_files(stage.sanne))
    assert "# Support request" in document, "English, unless somebody chooses otherwise: support reads it"
    assert not [name for name, content in inside.items() if b"jansen" in content]


async def test_a_forged_tick_asks_the_table_of_rights(stage: Stage) -> None:
    await an_error(stage)
    await opened(stage.sanne, "Supportaanvraag voorbereiden")
    assert stage.sanne.modal is not None
    chosen = {"type": "radio_buttons", "selected_option": {"value": "person"}}
    ticked = {"type": "checkboxes", "selected_options": [{"value": "unmasked"}]}
    parts = {"type": "checkboxes", "selected_options": [{"value": "messages"}]}
    state = {"where": {"where": chosen}, "personal": {"personal": ticked}, "parts": {"parts": parts}}
    answer = await sent(stage, stage.sanne, state)
    assert "Dat mag je hier niet" in str(answer["view"])


async def sent(stage: Stage, person: Person, state: dict[str, Any]) -> dict[str, Any]:
    """A form as nobody filled it in."""
    value = ButtonValue(connection=stage.connection, number=1).encoded()
    view = {
        "id": "V9",
        "type": "modal",
        "callback_id": "support.form",
        "private_metadata": value,
        "state": {"values": state},
    }
    payload = {
        "type": "view_submission",
        "team": {"id": stage.slack.team_id},
        "user": {"id": person.id, "team_id": stage.slack.team_id},
        "view": view,
    }
    form = urlencode({"payload": json.dumps(payload)}).encode()
    answer = await stage.slack.send_raw(form, stage.slack.signed_headers(form))
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("where", ["", "elsewhere", "channel:", "channel:D0SIM0001", "channel:../x"])
async def test_a_place_that_no_form_offered(stage: Stage, where: str) -> None:
    await an_error(stage)
    chosen = {"type": "radio_buttons", "selected_option": {"value": where}}
    parts = {"type": "checkboxes", "selected_options": [{"value": "messages"}]}
    answer = await sent(stage, stage.kim, {"where": {"where": chosen}, "parts": {"parts": parts}})
    assert "nothing was done" in str(answer["view"])


async def test_nothing_ticked_is_nothing_done(stage: Stage) -> None:
    await an_error(stage)
    chosen = {"type": "radio_buttons", "selected_option": {"value": "person"}}
    answer = await sent(stage, stage.kim, {"where": {"where": chosen}, "parts": {}})
    assert "Nothing was ticked" in str(answer["view"])


async def test_into_the_channel(stage: Stage) -> None:
    await an_error(stage)
    await opened(stage.kim)
    stage.kim.fill("Where to", "Into this channel")
    await stage.kim.submit()
    assert "comes into this channel" in said(stage.kim)
    await stage.slack.until(lambda: any(message.files for message in stage.sanne.messages))
    (message,) = [message for message in stage.sanne.messages if message.files]
    assert message.mentions() == [stage.kim.id]


async def test_into_the_thread_of_the_problem(stage: Stage) -> None:
    await an_error(stage)
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    assert "Into the problem's thread" in await opened(stage.kim)
    stage.kim.fill("Where to", "Into the problem's thread, wherever it is shared")
    await stage.kim.submit()
    (card,) = cards(stage.kim)
    await stage.slack.until(lambda: any(reply.files for reply in stage.kim.thread(card)))
    (reply,) = stage.kim.thread(card)
    document, _ = await files(stage, reply)
    assert "jansen" not in document


async def test_the_call_stack_goes_into_the_thread_masked(stage: Stage) -> None:
    stage.company.log_error(message=MAIL, source="Customer: 1", call_stack=f"{STACK}\nkim@example.com")
    await stage.read()
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    await stage.kim.command("/syncerrors 1")
    await stage.kim.click("Show error call stack")
    button = next(one for one in stage.kim.messages[-1].elements() if one.label == "Put it into the thread")
    told, _ = await asyncio.gather(stage.kim.click(button.label), stage.kim.press(button))
    assert "It comes as a file into the problem's thread" in told.plain()
    (card,) = cards(stage.kim)
    await stage.slack.until(lambda: any(reply.files for reply in stage.kim.thread(card)))
    (reply,) = stage.kim.thread(card)
    file = stage.slack.file(reply.files[0])
    assert file.name == "call-stack-1.txt"
    assert file.content is not None
    assert STACK.encode() in file.content
    assert b"kim@" not in file.content


async def test_without_a_card_there_is_no_thread(stage: Stage) -> None:
    await an_error(stage)
    await stage.kim.command("/syncerrors 1")
    shown = await stage.kim.click("Show error call stack")
    assert "[Put it into the thread]" not in shown.plain()
    value = ButtonValue(connection=stage.connection, number=1).encoded()
    told = await stage.kim.forge_click("call_stack.tell", value)
    assert "Share it first." in told.plain()


async def test_business_central_that_breaks_off_is_told(stage: Stage) -> None:
    await an_error(stage, count=4)
    await opened(stage.kim)
    stage.source.faults.fail(503, times=10_000, path="syncErrorDetails")
    await stage.kim.submit()
    message = await with_files(stage.kim)
    assert "4 call stacks could not be had" in message.plain()
    document, inside = await files(stage, message)
    assert "Business Central `26." in document, "what could be had is there"
    assert document.count("The call stack could not be had.") == 4
    assert not [name for name in inside if name.startswith("call-stacks")]
    (line,) = await ActivityLines(stage.core.database).page(stage.scope, Wanted(), PAGE)
    assert line.outcome is Outcome.PARTLY


async def test_some_throttling_is_waited_for(stage: Stage) -> None:
    await an_error(stage, count=3)
    await opened(stage.kim)
    stage.source.faults.fail(429, times=8, path="syncErrorDetails")
    await stage.kim.submit()
    message = await with_files(stage.kim)
    assert "could not be had" not in message.plain()


async def test_errors_that_left_business_central_are_in_it(stage: Stage) -> None:
    await an_error(stage, count=3)
    stage.company.delete_entries(0)
    stage.clock.advance(3600)
    await stage.core.reconcile.workflow(InlineSteps(), stage.connection)
    await opened(stage.kim, ask="/syncerrors 2")
    await stage.kim.submit()
    document, _ = await files(stage, await with_files(stage.kim))
    assert "No longer in Business Central since" in document
    assert "1 call stack could not be had" in document


async def test_sent_off_twice_it_comes_once(stage: Stage) -> None:
    await an_error(stage)
    chosen = {"type": "radio_buttons", "selected_option": {"value": "person"}}
    parts = {"type": "checkboxes", "selected_options": [{"value": "messages"}]}
    state = {"where": {"where": chosen}, "parts": {"parts": parts}}
    first, second = await asyncio.gather(sent(stage, stage.kim, state), sent(stage, stage.kim, state))
    assert first == second
    await with_files(stage.kim)
    async with stage.core.database.reading() as connection:
        wanted = select(POSTING.c.id).where(POSTING.c.kind == Told.SUPPORT_REQUEST)
        assert len((await connection.execute(wanted)).all()) == 1
    assert len(await ActivityLines(stage.core.database).page(stage.scope, Wanted(), PAGE)) == 1


async def test_an_upload_that_slack_refuses_is_told(stage: Stage) -> None:
    await an_error(stage)
    stage.slack.faults.fail("files.getUploadURLExternal", "file_uploads_disabled", times=3)
    await opened(stage.kim)
    await stage.kim.submit()
    stage.kim.visit_bot()
    told = await stage.kim.until(lambda kim: any("not posted" in m.plain() for m in kim.messages))
    assert "The file was not posted: " in told.plain()
    assert "file_uploads_disabled" in told.plain()


async def test_a_problem_that_is_gone_and_a_button_of_another_version(stage: Stage) -> None:
    await an_error(stage)
    await stage.kim.command("/syncerrors")
    told = await stage.kim.forge_click("support.open", json.dumps({"v": 2, "connection": "x"}))
    assert "out of date" in told.plain()
    value = ButtonValue(connection=stage.connection, number=4711).encoded()
    await stage.kim.forge_click("support.open", value)
    await stage.kim.until(lambda kim: kim.modal is not None and "4711" in kim.modal.plain())


@pytest.mark.parametrize("roles", [{"role_fixers": "U0NOBODY", "role_admins": "U0NOBODY"}])
async def test_who_may_not(stage: Stage) -> None:
    await an_error(stage)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    told = await stage.kim.click("Prepare support request")
    assert "You may not do that here: prepare a support request." in told.plain()


async def test_what_was_done_is_told_with_names(stage: Stage) -> None:
    await an_error(stage)
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    stage.sanne.visit(stage.slack.general)
    (card,) = cards(stage.sanne)
    await stage.sanne.click("Claim", message=card)
    await card_says(stage, stage.kim, "takes care of this")
    await opened(stage.kim)
    await stage.kim.submit()
    document, _ = await files(stage, await with_files(stage.kim))
    assert "Kim: share a problem, done" in document
    assert "Sanne: claim a problem, done" in document
