"""On what and for whom a message is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, tzinfo
from enum import Enum
from typing import TextIO

from rich.console import Console

from bot.cli.terminal.words import Words, words_for
from bot.dataclass import dataclass


class Surface(Enum):
    """What takes the letters."""

    TERMINAL = "terminal"
    """A person looks at it: colour, frames, wrapping at the width."""
    PIPE = "pipe"
    """A file or another program: plain stable text, no frames, no word is ever broken."""


class Links(Enum):
    """How an address behind a label is told."""

    HIDDEN = "hidden"
    """OSC 8: the terminal makes the label clickable."""
    WRITTEN = "written"
    """``label (https://…)``."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that drawing depends on, besides the message."""

    surface: Surface
    links: Links
    locale: str
    """As Slack writes it: ``en-US``, ``nl-NL``."""
    zone: tzinfo | None
    """None: the machine's own, with its summer time."""
    now: datetime
    """For "today", "yesterday" and "3 minutes ago"; with a zone."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What people are called, by their id."""

    @property
    def words(self) -> Words:
        """The terminal's own words in the person's language."""
        return words_for(self.locale)

    def at(self, now: datetime) -> Screen:
        """The same screen, later."""
        return replace(self, now=now)


def screen_of(console: Console, locale: str, now: datetime, zone: tzinfo | None = None) -> Screen:
    """What ``console`` can do; ``zone`` is the machine's own unless given."""
    surface = Surface.TERMINAL if console.is_terminal else Surface.PIPE
    clickable = console.is_terminal and console.color_system is not None and not console.legacy_windows
    return Screen(
        surface=surface,
        links=Links.HIDDEN if clickable else Links.WRITTEN,
        locale=locale,
        zone=zone,
        now=now,
    )


def open_console(file: TextIO | None = None) -> Console:
    """A console that never fails on a letter that the output's encoding lacks (``LANG=C``, Windows pipes).

    Rich itself honours ``NO_COLOR``, ``FORCE_COLOR``, ``COLUMNS`` and ``TERM=dumb``.
    """
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    reconfigure = getattr(console.file, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return console
