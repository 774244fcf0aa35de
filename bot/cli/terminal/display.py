"""The screen of the terminal Slack: what is on it, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from bot.cli.terminal.buttons import ButtonNumbers, Element
from bot.cli.terminal.files import FileElement, Files
from bot.cli.terminal.forms import inputs
from bot.cli.terminal.harmless import harmless_line
from bot.cli.terminal.layout import Paragraph
from bot.cli.terminal.people import Participant, SeenMessage, SeenModal, SlashCommand
from bot.cli.terminal.rendering import dialog_ends, draw_message, draw_modal, show
from bot.cli.terminal.screen import Screen, screen_of
from bot.cli.terminal.words import Words
from bot.clock import Clock
from bot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What of a message was drawn."""

    text: str
    blocks: Sequence[Mapping[str, Any]]


class Display:
    """Draws what one person sees, as it comes; switches to another person on demand."""

    def __init__(
        self, console: Console, clock: Clock, participant: Participant, files: Files | None = None
    ) -> None:
        self.console = console
        self._files = files
        self.numbers = ButtonNumbers()
        self._clock = clock
        self._participant = participant
        self._drawn: dict[str, _Drawn] = {}
        self._modal: SeenModal | None = None
        self._below_gap = False
        self._explained: set[str] = set()
        self.look_as(participant)

    def look_as(self, participant: Participant) -> None:
        """See with another person's eyes: what everybody sees is drawn anew, what only they saw is not."""
        self._participant = participant
        self.numbers.clear()
        self._modal = None
        seen = [message for message in participant.person.screen if message.ephemeral]
        self._drawn = {message.ts: _state(message) for message in seen}

    @property
    def words(self) -> Words:
        """The terminal's words in the language of whoever looks."""
        return self.screen.words

    @property
    def screen(self) -> Screen:
        """The console as it is now, for whoever looks."""
        who = self._participant
        screen = screen_of(self.console, who.locale, self._clock.now(), who.zone)
        return replace(screen, names=who.names)

    def changed(self) -> bool:
        """Whether there is something that ``draw_changes`` would draw."""
        return bool(self._changes() or self._gone()) or self._participant.person.modal != self._modal

    def draw_changes(self) -> bool:
        """Draw what is new or different since the last look; tells whether there was anything."""
        if not self.changed():
            return False
        for stamp in self._gone():
            self._forget(stamp)
        for message in self._changes():
            self.draw(message)
        modal = self._participant.person.modal
        if modal != self._modal:
            self._turn_to(modal)
        return True

    def draw(self, message: SeenMessage) -> None:
        """Draw one message, changed or not."""
        self._drawn[message.ts] = _state(message)
        files = [] if self._files is None else self._files.elements(message.files)
        self.numbers.place(message.ts, [*message.elements(), *files])
        drawing = draw_message(message, self.screen, self.numbers)
        self._print(Group(drawing, *(self._file(message.ts, one) for one in files)) if files else drawing)

    def open_file(self, file_id: str) -> None:
        """What is in a file, and where all of it is."""
        if self._files is None:
            return
        for line in self._files.shown(file_id):
            self.console.print(Text(line), soft_wrap=True, highlight=False)
        self.say(self.words.saved.format(path=self._files.saved(file_id)))

    def line_was_typed(self) -> None:
        """Something else than a drawing stands on the last line."""
        self._below_gap = False

    def say(self, sentence: str) -> None:
        """A remark of the terminal itself."""
        self._below_gap = False
        show(self.console, Paragraph(Text(sentence, style="italic")))

    def complain(self, sentence: str) -> None:
        """Something did not work."""
        self._below_gap = False
        show(self.console, Paragraph(Text(sentence, style="bold red")))

    def offer(self, label: str, options: Sequence[str]) -> None:
        """What a menu of the open form offers, one a line."""
        self.say(self.words.offers.format(label=harmless_line(label)))
        for option in options:
            show(self.console, Paragraph(Text(harmless_line(option)), "  ", "    "))

    def point_to(self, address: str) -> None:
        """The page that a link button leads to, whole, ready to be copied."""
        self.say(self.words.opens)
        self.console.print(Text(harmless_line(address), style="blue"), soft_wrap=True, highlight=False)

    def list_help(
        self, commands: Sequence[SlashCommand], people: Sequence[Participant], *, can_fix: bool = False
    ) -> None:
        """What can be typed."""
        words = self.words
        rows = [
            *((f"{one.command} {one.usage_hint}".strip(), one.description) for one in commands),
            ("3", words.help_number),
            ("refresh", words.help_label),
            ("Title = text", words.help_fill),
            *(
                (f"/as {one.key}", words.help_as.format(name=one.name, locale=one.locale))
                for one in people
                if one is not self._participant
            ),
            *((("/fix currency", words.help_fix),) if can_fix else ()),
            ("help", words.help_help),
            ("/quit", words.help_quit),
        ]
        self.console.print()
        show(self.console, Paragraph(Text(words.help_title, style="bold")))
        width = max(len(typed) for typed, _ in rows)
        for typed, meaning in rows:
            show(
                self.console,
                Paragraph(Text(meaning), f"  {typed:<{width}}  ", " " * (width + 4), "bold cyan"),
            )
        self.console.print()

    def _file(self, place: str, file: FileElement) -> Text:
        number = self.numbers.number(place, {"action_id": file.action_id})
        return Text.assemble("  ▤ ", (f"[{number}]", "bold cyan"), " ", (file.label, "bold"))

    def _changes(self) -> list[SeenMessage]:
        messages = self._participant.person.screen
        return [message for message in messages if self._drawn.get(message.ts) != _state(message)]

    def _gone(self) -> list[str]:
        return sorted(self._drawn.keys() - {message.ts for message in self._participant.person.screen})

    def _forget(self, stamp: str) -> None:
        del self._drawn[stamp]
        self.numbers.remove(stamp)
        self.say(self.words.removed)

    def _turn_to(self, modal: SeenModal | None) -> None:
        if self._modal is not None:
            self.numbers.remove(self._modal.view_id)
        self._modal = modal
        if modal is None:
            return
        elements: list[Element] = [*modal.elements(), *dialog_ends(modal, self.screen)]
        self.numbers.place(modal.view_id, elements)
        self._print(draw_modal(modal, self.screen, self.numbers))
        if modal.view_id not in self._explained and (takes := inputs(modal)):
            self._explained.add(modal.view_id)
            menu = next((one.label for one in takes if getattr(one, "options", ())), None)
            hint = self.words.form_hint.format(label=harmless_line(takes[0].label))
            if menu is not None:
                hint = f"{hint} {self.words.menu_hint.format(label=harmless_line(menu))}"
            self.say(hint)

    def _print(self, drawing: RenderableType) -> None:
        if not self._below_gap:
            self.console.print()
        show(self.console, drawing)
        self.console.print()
        self._below_gap = True


def _state(message: SeenMessage) -> _Drawn:
    return _Drawn(message.text, message.blocks)
