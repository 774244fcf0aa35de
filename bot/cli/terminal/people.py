"""Who sits at the terminal, and what Slack lets them do.

The shapes that ``bot.simulator.slack`` hands out, as far as the terminal uses them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import tzinfo
from typing import Any, Protocol

from bot.cli.terminal.buttons import Element
from bot.cli.terminal.rendering import DrawableMessage, DrawableModal
from bot.dataclass import dataclass


class SeenMessage(DrawableMessage, Protocol):
    """A message on a person's screen."""

    @property
    def files(self) -> Sequence[str]:
        """Ids of the files that it carries."""

    def elements(self) -> Sequence[Element]:
        """What can be pressed, chosen or filled in, in reading order."""


class SeenModal(DrawableModal, Protocol):
    """A dialog on a person's screen."""

    def elements(self) -> Sequence[Element]:
        """What can be pressed, chosen or filled in, in reading order."""


class Person(Protocol):
    """Somebody in front of Slack. Refusals and failures are ``SimulatorError``."""

    @property
    def messages(self) -> Sequence[SeenMessage]:
        """What is on the screen, oldest first."""

    @property
    def screen(self) -> Sequence[SeenMessage]:
        """The same with threads, and with direct messages of the bot."""

    @property
    def modal(self) -> SeenModal | None:
        """The dialog that is open, if any."""

    async def command(self, text: str, /) -> object:
        """Type a slash command; returns when Slack shows something."""

    async def press(self, element: Any, choice: str | None = None, /) -> object:
        """Press a button, or choose an option of a menu; returns when something changed."""

    async def modal_click(self, label: str, /, *, nth: int = 0) -> object:
        """Press a button of the dialog; ``nth`` counts equal labels from 0."""

    def fill(self, label: str, choice: Any, /) -> None:
        """Fill in an input of the dialog, or choose in its menu."""

    async def submit(self) -> object:
        """Send the dialog off as it is filled in."""

    async def close_modal(self) -> object:
        """Close the dialog."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A person who can be played."""

    key: str
    """What is typed behind ``/as``: ``en``, ``nl``."""
    name: str
    locale: str
    prompt: str
    """Such as ``kim@cronus ▸ ``."""
    person: Person
    zone: tzinfo | None = None
    """Time zone of the dates; None: the machine's own."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What everybody is called, by id."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command of the app manifest."""

    command: str
    usage_hint: str
    description: str
