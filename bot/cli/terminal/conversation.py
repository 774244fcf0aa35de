"""The conversation: what is typed goes to Slack, what Slack shows is drawn, until somebody leaves."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import Any

from rich.console import Console
from rich.status import Status

from bot.cli.terminal.buttons import CLOSE, SUBMIT, Pressable
from bot.cli.terminal.display import Display
from bot.cli.terminal.files import FileElement, Files
from bot.cli.terminal.forms import filling
from bot.cli.terminal.harmless import harmless_line
from bot.cli.terminal.lines import Lines
from bot.cli.terminal.people import Participant, SlashCommand
from bot.cli.terminal.typed import Command, Fix, Help, Leave, Nothing, Press, Switch, Words, understood
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.simulator.slack.outcomes import DispatchFailed, SimulatorError

UnderWay = Callable[[], Awaitable[bool]]
"""Whether the bot is still at work on something that will change the screen, such as a refresh."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the terminal waits, all in seconds."""

    look: float = 0.05
    """Between two looks at the screen."""
    quiet: float = 0.25
    """Without a change and without work under way: the answer is complete."""
    patience: float = 15.0
    """After that the prompt comes back in any case; what still changes is drawn when it arrives."""
    spinner: float = 0.3
    """Before a spinner appears: most answers come sooner."""


class Conversation:
    """One session at the terminal. ``people`` are those who can be played; the first one begins."""

    def __init__(
        self,
        console: Console,
        lines: Lines,
        people: Sequence[Participant],
        commands: Sequence[SlashCommand],
        *,
        clock: Clock,
        under_way: UnderWay,
        fix: Callable[[str], int] | None = None,
        files: Files | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._console = console
        self._lines = lines
        self._people = people
        self._commands = commands
        self._under_way = under_way
        self._fix = fix
        self._pace = pace or Pace()
        self._who = people[0]
        self._display = Display(console, clock, self._who, files)
        self._last_command = ""

    async def run(self) -> None:
        """Talk until ``/quit``, the end of the input, or Ctrl-C; none of them is an error."""
        self._display.say(self._display.words.ready.format(command=self._commands[0].command))
        talk = asyncio.ensure_future(self._talk())
        try:
            with _leaving_on_interrupt(talk) as interrupted:
                await asyncio.wait({talk})
                if not (interrupted.is_set() and talk.cancelled()):
                    talk.result()
        finally:
            talk.cancel()
            self._lines.close()
        if interrupted.is_set():
            self._console.print()
        self._display.say(self._display.words.farewell)

    async def _talk(self) -> None:
        while (line := await self._next_line()) is not None:
            typed = understood(line)
            match typed:
                case Leave():
                    return
                case Help():
                    self._display.list_help(self._commands, self._people, can_fix=self._fix is not None)
                case Switch(key):
                    await self._be(key)
                case Fix(words) if self._fix is not None:
                    self._display.say(self._display.words.fixed.format(count=self._fix(words)))
                case Fix(words):
                    await self._command(f"/fix {words}".strip())
                case Command(text):
                    await self._command(text)
                case Press(number):
                    await self._press_number(number)
                case Words(text):
                    await self._press_named(text)
                case Nothing():
                    pass

    async def _next_line(self) -> str | None:
        """The next line; what changes while it is awaited is drawn above it."""
        reading = asyncio.ensure_future(self._lines.read(self._who.prompt))
        try:
            while not reading.done():
                await asyncio.wait({reading}, timeout=self._pace.look)
                if not reading.done() and self._display.changed():
                    with self._lines.aside():
                        self._display.draw_changes()
            self._display.line_was_typed()
            return reading.result()
        finally:
            reading.cancel()

    async def _be(self, key: str) -> None:
        found = next((one for one in self._people if one.key == key), None)
        if found is None:
            keys = ", ".join(f"/as {one.key}" for one in self._people)
            self._display.say(self._display.words.unknown_person.format(key=harmless_line(key), keys=keys))
            return
        self._who = found
        self._display.look_as(found)
        self._display.say(self._display.words.now_talking.format(name=found.name, locale=found.locale))
        if self._last_command:
            await self._command(self._last_command)

    async def _command(self, text: str) -> None:
        self._last_command = text
        await self._interact(self._who.person.command(text))

    async def _press_number(self, number: int) -> None:
        found = self._display.numbers.pressable(number)
        if found is not None:
            await self._press(found)
            return
        words = self._display.words
        gone = self._display.numbers.was_given(number)
        self._display.say((words.gone_number if gone else words.unknown_number).format(number=number))

    async def _press_named(self, text: str) -> None:
        if self._filled_in(text):
            return
        found = self._display.numbers.called(text)
        if len(found) == 1:
            await self._press(found[0])
        elif found:
            numbers = ", ".join(f"[{one.number}]" for one in found)
            self._display.say(
                self._display.words.ambiguous.format(label=harmless_line(text), numbers=numbers)
            )
        elif (option := self._option_called(text)) is not None:
            await self._interact(self._who.person.press(*option))
        else:
            self._hint(text)

    def _filled_in(self, text: str) -> bool:
        """Fill in an input of the open form, where the line says ``label = value``."""
        modal = self._who.person.modal
        typed = None if modal is None else filling(modal, text)
        if typed is None:
            return False
        if typed.choice is None:
            self._display.offer(typed.label, typed.offered)
            return True
        try:
            self._who.person.fill(typed.label, typed.choice)
        except SimulatorError as refusal:
            self._display.complain(harmless_line(str(refusal).partition("\n")[0]))
        else:
            self._display.say(self._display.words.filled_in.format(label=harmless_line(typed.label)))
        return True

    def _option_called(self, text: str) -> tuple[Any, str] | None:
        """The menu of the newest message that has an option of that name, and the option as it is written."""
        for message in reversed(self._who.person.messages):
            for element in message.elements():
                if element.kind != "static_select":
                    continue
                for option in getattr(element, "options", ()):
                    if harmless_line(option.label).casefold() == text.casefold():
                        return element, option.label
        return None

    async def _press(self, pressable: Pressable) -> None:
        element, person = pressable.element, self._who.person
        if element.url:
            self._display.point_to(element.url)
        if isinstance(element, FileElement):
            self._display.open_file(element.file_id)
        elif element.kind == SUBMIT:
            await self._interact(person.submit())
        elif element.kind == CLOSE:
            await self._interact(person.close_modal())
        elif person.modal is not None and pressable.place == person.modal.view_id:
            alike = [one for one in person.modal.elements() if one.label == element.label]
            await self._interact(person.modal_click(element.label, nth=alike.index(element)))
        else:
            await self._interact(person.press(element))

    async def _interact(self, doing: Coroutine[Any, Any, object]) -> None:
        """Let Slack do it, and draw until the answer is complete."""
        task = asyncio.ensure_future(doing)
        drawn = False
        try:
            with _Waiting(self._console, self._display.words.waiting, self._pace.spinner) as waiting:
                drawn = await self._watch(task, waiting)
            task.result()
        except DispatchFailed as failure:
            if not drawn:  # of a command that fails, Slackbot tells in a message
                self._display.complain(self._display.words.failed.format(what=harmless_line(failure.notice)))
        except SimulatorError as refusal:
            self._display.complain(harmless_line(str(refusal).partition("\n")[0]))
        finally:
            task.cancel()

    async def _watch(self, task: asyncio.Future[object], waiting: _Waiting) -> bool:
        """Draw until ``task`` is done and nothing more is to come; tells whether anything was drawn."""
        drawn = False
        clock = asyncio.get_running_loop().time
        end = None
        quiet_since = clock()
        while True:
            await asyncio.wait({task}, timeout=self._pace.look)
            waiting.look()
            if self._display.draw_changes():
                drawn = True
                quiet_since = clock()
            if not task.done():
                continue
            end = end or clock() + self._pace.patience
            if clock() >= end:
                return drawn
            if clock() - quiet_since >= self._pace.quiet and not await self._under_way():
                # The work's last change may have come while it was asked about.
                return self._display.draw_changes() or drawn
            await asyncio.sleep(self._pace.look)

    def _hint(self, text: str) -> None:
        words = self._display.words
        names = [one.command for one in self._commands]
        near = get_close_matches(f"/{text.split()[0].lower()}", names, n=1, cutoff=0.6)
        if near:
            self._display.say(words.missing_slash.format(command=near[0]))
        else:
            self._display.say(f"{words.not_understood} {words.ready.format(command=names[0])}")


class _Waiting:
    """A spinner that appears on a terminal when waiting takes longer than a moment; nothing in a pipe."""

    def __init__(self, console: Console, label: str, moment: float) -> None:
        self._status = Status(label, console=console, spinner="dots") if console.is_terminal else None
        self._moment = moment
        self._since = 0.0
        self._spinning = False

    def __enter__(self) -> _Waiting:
        self._since = asyncio.get_running_loop().time()
        return self

    def look(self) -> None:
        """Start spinning once the moment is over."""
        if self._status is None or self._spinning:
            return
        if asyncio.get_running_loop().time() - self._since >= self._moment:
            self._spinning = True
            self._status.start()

    def __exit__(self, *exception: object) -> None:
        if self._status is not None and self._spinning:
            self._status.stop()


@contextmanager
def _leaving_on_interrupt(talk: asyncio.Future[None]) -> Iterator[asyncio.Event]:
    """Within it Ctrl-C ends ``talk`` and sets the event, instead of raising KeyboardInterrupt somewhere.

    Where the event loop knows no signals (Windows, or outside the main thread) Ctrl-C stays what it is.
    """
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()

    def leave() -> None:
        interrupted.set()
        talk.cancel()

    with suppress(NotImplementedError, RuntimeError, ValueError):
        loop.add_signal_handler(signal.SIGINT, leave)
    try:
        yield interrupted
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.remove_signal_handler(signal.SIGINT)
