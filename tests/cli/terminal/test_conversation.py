"""The loop, with a scripted Slack."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

import pytest
from rich.console import Console

from bot.cli.terminal.conversation import Conversation, Pace
from bot.cli.terminal.people import Participant, SlashCommand
from bot.clock import ManualClock
from bot.simulator.slack.outcomes import OperationTimeout, Refused
from tests.cli.terminal.screens import (
    NOW,
    Answer,
    FakeMessage,
    FakeModal,
    FakePerson,
    Json,
    ScriptedLines,
    button,
    colourless_console,
    mrkdwn,
    pipe_console,
    written,
)

COMMANDS = [
    SlashCommand("/syncerrors", "[No. of an error | help]", "Show what keeps them from synchronizing")
]
QUICK = Pace(look=0.001, quiet=0.002, patience=0.5, spinner=0.001)

Step = str | Callable[[], Awaitable[None]]


async def idle() -> bool:
    return False


async def silence(person: FakePerson, what: str) -> None:
    """Slack shows nothing."""


def message(ts: str, text: str, *buttons: Json) -> FakeMessage:
    blocks = [{"type": "section", "text": mrkdwn(text)}]
    return FakeMessage(
        ts=ts, blocks=[*blocks, {"type": "actions", "elements": list(buttons)}] if buttons else blocks
    )


class Session:
    """A terminal, two people, and what was typed."""

    def __init__(
        self, answer: Answer = silence, dutch: Answer = silence, console: Console | None = None
    ) -> None:
        self.console = console or pipe_console()
        self.kim = FakePerson(answer)
        self.sanne = FakePerson(dutch)
        self.lines = ScriptedLines(self.console)
        self.under_way: Callable[[], Awaitable[bool]] = idle
        self.pace = QUICK
        self.fix: Callable[[str], int] | None = None

    async def type(self, *script: Step) -> str:
        """Type these lines and leave; gives everything that was on the screen."""
        self.lines = ScriptedLines(self.console, *script)
        people = [
            Participant("en", "Kim", "en-US", "kim@cronus ▸ ", self.kim, UTC),
            Participant("nl", "Sanne", "nl-NL", "sanne@cronus ▸ ", self.sanne, UTC),
        ]
        conversation = Conversation(
            self.console,
            self.lines,
            people,
            COMMANDS,
            clock=ManualClock(NOW + timedelta(minutes=1)),
            under_way=lambda: self.under_way(),
            pace=self.pace,
            fix=self.fix,
        )
        await asyncio.wait_for(conversation.run(), 60)
        return written(self.console)


async def overview(person: FakePerson, what: str) -> None:
    """An overview with two problems; the details take its place, and lead back."""
    if what.startswith("/syncerrors") or what == "back:":
        details = [
            button("Details", "show", "p1"),
            button("Details", "show", "p2"),
            button("Refresh", "refresh"),
        ]
        person.say(message("1.1", "Overview", *details))
    elif what.startswith("show:"):
        person.say(message("1.1", f"Details of {what[5:]}", button("Back", "back")))


async def test_a_transcript_reads_well() -> None:
    session = Session(overview)
    shown = await session.type("/syncerrors", "2", "/quit")
    assert [line.rstrip() for line in shown.strip().split("\n")] == [
        "Type /syncerrors, the number of a button, or help.",
        "kim@cronus ▸ /syncerrors",
        "",
        "Sync Errors (APP)  12:00 AM · Only visible to you",
        "",
        "Overview",
        "",
        "[1] Details   [2] Details   [3] Refresh",
        "",
        "kim@cronus ▸ 2",
        "",
        "Sync Errors (APP)  12:00 AM · Only visible to you",
        "",
        "Details of p2",
        "",
        "[4] Back",
        "",
        "kim@cronus ▸ /quit",
        "Bye.",
    ]
    assert session.kim.did == ["/syncerrors", "show:p2"]
    assert session.lines.closed


async def test_a_button_keeps_its_number_when_it_comes_back() -> None:
    shown = await Session(overview).type("/syncerrors", "1", "4")
    assert shown.count("[1] Details   [2] Details   [3] Refresh") == 2


async def test_numbers_that_are_gone_or_never_were() -> None:
    session = Session(overview)
    shown = await session.type("/syncerrors", "1", "3", "77", "0")
    assert "Button [3] is no longer there" in shown
    assert "There is no button [77]." in shown
    assert "There is no button [0]." in shown
    assert session.kim.did == ["/syncerrors", "show:p1"]


async def test_buttons_by_name() -> None:
    session = Session(overview)
    shown = await session.type("/syncerrors", "details", "REFRESH", "[1]", "back")
    assert "Several buttons are called “details”: type a number, [1], [2]." in shown
    assert session.kim.did == ["/syncerrors", "refresh:", "show:p1", "back:"]


async def test_two_messages_have_different_numbers() -> None:
    stamps = iter("123")

    async def answer(person: FakePerson, what: str) -> None:
        person.say(message(f"{next(stamps)}.0", what, button("Go", "go", "same")))

    session = Session(answer)
    shown = await session.type("/syncerrors", "/syncerrors", "1")
    assert "[1] Go" in shown
    assert "[2] Go" in shown
    assert session.kim.did[-1] == "go:same"


@pytest.mark.parametrize("ending", ["/quit", "/exit", "quit", " /QUIT "])
async def test_leaving(ending: str) -> None:
    session = Session(overview)
    shown = await session.type(ending, "/syncerrors")
    assert session.kim.did == []
    assert shown.endswith("Bye.\n")


async def test_end_of_input_leaves_and_empty_lines_do_nothing() -> None:
    assert (await Session().type("", "   ")).endswith("Bye.\n")


@pytest.mark.parametrize("question", ["help", "?"])
async def test_help(question: str) -> None:
    shown = await Session().type(question)
    assert "/syncerrors [No. of an error | help]  Show what keeps them" in shown
    assert "/as nl" in shown
    assert "/as en" not in shown
    assert "/quit" in shown


async def test_somebody_fixes_the_simulated_world() -> None:
    session = Session()
    asked: list[str] = []
    session.fix = lambda words: len(asked.append(words) or asked) + 30
    shown = await session.type("/fix Currency Code", "help")
    assert "Records that it helps: 31." in shown
    assert "/fix currency" in shown
    assert (asked, session.kim.did) == (["Currency Code"], [])


async def test_the_real_world_is_not_fixed_by_typing() -> None:
    session = Session()
    shown = await session.type("/fix Currency Code", "help")
    assert "Records that it helps" not in shown
    assert "/fix currency" not in shown


async def test_hints() -> None:
    session = Session()
    shown = await session.type("syncerors", "what is this \x1b[2J?")
    assert "Did you mean /syncerrors?" in shown
    assert "Not understood." in shown
    assert "\x1b[2J" not in shown.split("Not understood")[1]
    assert session.kim.did == []


async def test_another_person_sees_the_same_in_dutch() -> None:
    async def dutch(person: FakePerson, what: str) -> None:
        person.say(message("2.1", f"Overzicht {what}", button("Vernieuwen", "refresh")))

    session = Session(overview, dutch)
    shown = await session.type("/syncerrors 4711", "/as nl", "1", "4", "/as xx", "/as en")
    assert session.kim.did == ["/syncerrors 4711", "/syncerrors 4711"]
    assert session.sanne.did == ["/syncerrors 4711", "refresh:"]
    assert "sanne@cronus ▸ 1" in shown
    assert "Alleen zichtbaar voor jou" in shown
    assert "Overzicht /syncerrors 4711" in shown
    assert "Knop [1] is er niet meer" in shown
    assert "Er is niemand met de naam “xx”. Probeer /as en, /as nl." in shown
    assert shown.rstrip().endswith("Bye.")


async def test_a_link_button_prints_its_address() -> None:
    address = "https://businesscentral.dynamics.com/tenant/Production?page=5339&filter=" + "x" * 90

    async def answer(person: FakePerson, what: str) -> None:
        if what.startswith("/"):
            person.say(message("1.1", "See", button("Open", "open", url=address)))

    session = Session(answer)
    shown = await session.type("/syncerrors", "open")
    assert f"Slack would open this page:\n{address}\n" in shown
    assert session.kim.did == ["/syncerrors", "open:"]


async def test_what_slack_refuses_is_said_and_the_talk_goes_on() -> None:
    async def answer(person: FakePerson, what: str) -> None:
        if what == "/syncerrors":
            raise OperationTimeout(
                "operation_timeout", "/syncerrors failed with the error “operation_timeout”"
            )
        raise Refused("/nothing is not a valid command\non the screen:\n...")

    shown = await Session(answer).type("/syncerrors", "/nothing", "help")
    assert "Slack says: /syncerrors failed with the error “operation_timeout”" in shown
    assert "\n/nothing is not a valid command\n" in shown
    assert "on the screen" not in shown
    assert "What you can type" in shown


async def test_a_failure_that_slackbot_tells_is_not_told_twice() -> None:
    async def answer(person: FakePerson, what: str) -> None:
        person.say(FakeMessage(ts="9.9", text=f"{what} failed", author="USLACKBOT"))
        raise OperationTimeout("operation_timeout", f"{what} failed")

    shown = await Session(answer).type("/syncerrors")
    assert "Slackbot (APP)" in shown
    assert shown.count("/syncerrors failed") == 1


async def test_a_defect_is_not_swallowed() -> None:
    async def answer(person: FakePerson, what: str) -> None:
        raise ZeroDivisionError

    session = Session(answer)
    with pytest.raises(ZeroDivisionError):
        await session.type("/syncerrors")
    assert session.lines.closed


async def test_a_change_that_comes_later_is_awaited_while_work_is_under_way() -> None:
    looks = 0

    async def answer(person: FakePerson, what: str) -> None:
        person.say(message("1.1", "Reading ..."))

    async def under_way() -> bool:
        nonlocal looks
        looks += 1
        if looks == 3:
            session.kim.say(message("1.1", "Fresh"))
        return looks < 3

    session = Session(answer)
    session.under_way = under_way
    shown = await session.type("/syncerrors", "/quit")
    assert shown.index("Reading ...") < shown.index("Fresh") < shown.index("▸ /quit")
    assert "\n\n\n" not in shown


async def test_patience_has_an_end() -> None:
    async def under_way() -> bool:
        return True

    session = Session(overview)
    session.under_way = under_way
    session.pace = Pace(look=0.001, quiet=0.001, patience=0.01)
    assert "Bye." in await session.type("/syncerrors", "/quit")


async def test_a_change_at_the_prompt_is_drawn_above_it() -> None:
    session = Session(overview)

    async def refreshed() -> None:
        session.kim.say(message("1.1", "Arrived meanwhile"))
        await session.lines.drawn_aside.wait()

    shown = await session.type("/syncerrors", refreshed, "/quit")
    assert session.lines.asides == 1
    assert shown.index("Overview") < shown.index("Arrived meanwhile") < shown.index("/quit")


async def test_a_message_that_is_removed_takes_its_buttons_along() -> None:
    async def answer(person: FakePerson, what: str) -> None:
        await overview(person, what)
        if what == "refresh:":
            person.messages.clear()

    session = Session(answer)
    shown = await session.type("/syncerrors", "3", "1")
    assert "(The message was removed.)" in shown
    assert "Button [1] is no longer there" in shown


async def test_a_dialog_is_drawn_pressed_in_submitted_and_closed() -> None:
    async def answer(person: FakePerson, what: str) -> None:
        if what.startswith("/"):
            buttons = [button("Count again", "count", "1"), button("Count again", "count", "2")]
            inside = {"type": "actions", "elements": buttons}
            person.modal = FakeModal(title="Clean up", submit_label="Delete", blocks=[inside])
        elif what == "submit":
            person.modal = FakeModal(view_id="V2", title="Done")

    session = Session(answer)
    shown = await session.type("/syncerrors", "2", "3", "close", "4")
    assert session.kim.did == ["/syncerrors", "count:2", "submit", "close"]
    assert "[1] Count again   [2] Count again" in shown
    assert "[3] Delete   [4] Close" in shown
    assert "Done" in shown
    assert "[5] Close" in shown
    assert "Button [4] is no longer there" in shown


async def test_a_terminal_shows_a_spinner_while_it_waits_long() -> None:
    async def slow(person: FakePerson, what: str) -> None:
        await asyncio.sleep(0.05)
        await overview(person, what)

    shown = await Session(slow, console=colourless_console()).type("/syncerrors")
    assert "Waiting for Sync Errors" in shown
    assert "▌ Overview" in shown


async def test_a_pipe_sees_no_spinner() -> None:
    assert "Waiting" not in await Session(overview).type("/syncerrors")


async def test_ctrl_c_leaves_without_an_error() -> None:
    session = Session()

    async def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    assert (await session.type(interrupt)).endswith("Bye.\n")
    assert session.lines.closed


async def test_ctrl_c_leaves_while_slack_is_silent() -> None:
    async def never(person: FakePerson, what: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    assert (await Session(never).type("/syncerrors")).endswith("Bye.\n")


async def test_cancelling_from_outside_is_not_mistaken_for_leaving() -> None:
    session = Session()
    waiting = asyncio.Event()

    async def wait() -> None:
        waiting.set()
        await asyncio.Event().wait()

    run = asyncio.ensure_future(session.type(wait))
    await waiting.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert session.lines.closed
