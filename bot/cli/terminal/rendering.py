"""A message or a dialog, as Slack would show it, drawn with Rich."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from bot.cli.terminal.blocks import block_pieces
from bot.cli.terminal.buttons import CLOSE, SUBMIT, DialogEnd, NoNumbers, Numbers
from bot.cli.terminal.dates import clock_time
from bot.cli.terminal.elements import Pen, chip
from bot.cli.terminal.filled import filled_in
from bot.cli.terminal.harmless import harmless, harmless_line
from bot.cli.terminal.layout import QUIET, READABLE_WIDTH, Barred, Chips, Divider, Gap, Paragraph
from bot.cli.terminal.mrkdwn import mrkdwn_pieces
from bot.cli.terminal.screen import Screen, Surface
from bot.cli.terminal.words import Words

BOT_NAME: Final = "Sync Errors"
"""``bot_user.display_name`` of the app manifest."""

_SLACKBOT: Final = "USLACKBOT"
"""Slack's own voice: says that a command failed."""


class DrawableMessage(Protocol):
    """A message as it lies in a channel."""

    @property
    def ts(self) -> str:
        """Slack's timestamp: seconds since 1970 with six decimals; empty when it has none yet."""

    @property
    def author(self) -> str:
        """Id of who wrote it."""

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""

    @property
    def channel_name(self) -> str:
        """As people call the channel; empty for a direct message."""

    @property
    def thread_ts(self) -> str | None:
        """The message that it answers; None for one that stands by itself."""

    @property
    def text(self) -> str:
        """Fallback, and the whole message when there are no blocks. mrkdwn."""

    @property
    def blocks(self) -> Sequence[Mapping[str, Any]]:
        """Block Kit."""


class DrawableModal(Protocol):
    """A dialog as a person sees it."""

    @property
    def view_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def submit_label(self) -> str | None:
        """None: there is nothing to submit."""

    @property
    def blocks(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def errors(self) -> Mapping[str, str]:
        """What the app objects to, by block_id."""

    @property
    def values(self) -> Mapping[str, Any]:
        """What is filled in, by block_id and action_id, as Slack's ``state.values`` has it."""


def draw_message(message: DrawableMessage, screen: Screen, numbers: Numbers | None = None) -> RenderableType:
    """The message under its author's name; buttons carry the numbers that ``numbers`` knows."""
    pen = Pen(screen, message.ts, numbers or NoNumbers())
    body = block_pieces(message.blocks, pen) if message.blocks else mrkdwn_pieces(message.text, screen)
    heading = _heading(message, screen)
    return Barred([heading, Gap(), *body], QUIET if message.ephemeral else "cyan")


def draw_modal(modal: DrawableModal, screen: Screen, numbers: Numbers | None = None) -> RenderableType:
    """A dialog (Slack: modal), in a frame with its title; in a pipe between two lines of hyphens."""
    pen = Pen(screen, modal.view_id, numbers or NoNumbers())
    title = Text(harmless_line(modal.title))
    body = block_pieces(filled_in(modal.blocks, modal.values), pen)
    objections = [
        Paragraph(Text(harmless(said), style="red"), "! ", "  ", prefix_style="bold red")
        for said in modal.errors.values()
    ]
    foot = Chips([chip(end.block(), pen) for end in dialog_ends(modal, screen)])
    pieces = [*body, Gap(), *objections, foot]
    if screen.surface is Surface.PIPE:
        return Group(Divider(), Paragraph(title), Gap(), *pieces, Divider())
    title.stylize("bold")
    return Panel(
        Group(*pieces),
        title=Text(" ") + title + Text(" "),
        title_align="left",
        border_style="cyan",
        padding=(1, 2),
    )


def dialog_ends(modal: DrawableModal, screen: Screen) -> list[DialogEnd]:
    """What ends that dialog: Submit where it has one, and Close."""
    close = DialogEnd(CLOSE, screen.words.close)
    return [DialogEnd(SUBMIT, modal.submit_label), close] if modal.submit_label else [close]


def print_message(console: Console, message: DrawableMessage, screen: Screen) -> None:
    """Print a message that nobody can answer to: its buttons carry no numbers."""
    show(console, draw_message(message, screen))


def show(console: Console, drawing: RenderableType) -> None:
    """Print a drawing. In a pipe nothing is cut at the width."""
    width = min(console.width, READABLE_WIDTH + 2) if console.is_terminal else console.width
    console.print(drawing, crop=console.is_terminal, width=width, highlight=False, markup=False, emoji=False)


def _heading(message: DrawableMessage, screen: Screen) -> Paragraph:
    words = screen.words
    name = "Slackbot" if message.author == _SLACKBOT else BOT_NAME
    time = clock_time(message.ts, screen)
    if screen.surface is Surface.PIPE:
        return Paragraph(Text(f"{name} ({words.app})  {time} · {_whom(message, words)}"))
    line = Text.assemble(
        (name, "bold"), " ", (f" {words.app} ", "reverse bright_black"), (f"  {time}", QUIET)
    )
    line.append(f"  ·  {_whom(message, words)}", style=f"italic {QUIET}")
    return Paragraph(line)


def _whom(message: DrawableMessage, words: Words) -> str:
    """Who sees it, and where."""
    if message.ephemeral:
        return words.only_you
    if not message.channel_name:
        return words.direct
    channel = f"#{harmless_line(message.channel_name)}"
    return f"{channel}, {words.thread}" if message.thread_ts else channel
