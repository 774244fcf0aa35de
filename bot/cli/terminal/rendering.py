"""A message or a dialog, as Slack would show it, drawn with Rich."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from bot.cli.terminal.blocks import block_pieces
from bot.cli.terminal.buttons import NoNumbers, Numbers
from bot.cli.terminal.dates import clock_time
from bot.cli.terminal.elements import Pen, text_run
from bot.cli.terminal.harmless import harmless_line
from bot.cli.terminal.layout import QUIET, READABLE_WIDTH, Barred, Chips, Divider, Gap, Paragraph
from bot.cli.terminal.mrkdwn import mrkdwn_pieces
from bot.cli.terminal.screen import Screen, Surface

BOT_NAME = "Sync Errors"
"""``bot_user.display_name`` of the app manifest."""


class DrawableMessage(Protocol):
    """A message as it lies in a channel."""

    @property
    def ts(self) -> str:
        """Slack's timestamp: seconds since 1970 with six decimals; empty when it has none yet."""

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""

    @property
    def text(self) -> str:
        """Fallback, and the whole message when there are no blocks. mrkdwn."""

    @property
    def blocks(self) -> Sequence[Mapping[str, Any]]:
        """Block Kit."""


def draw_message(
    message: DrawableMessage, screen: Screen, numbers: Numbers | None = None, author: str = BOT_NAME
) -> RenderableType:
    """The message under its author's name; buttons carry the numbers that ``numbers`` knows."""
    pen = Pen(screen, message.ts, numbers or NoNumbers())
    body = block_pieces(message.blocks, pen) if message.blocks else mrkdwn_pieces(message.text, screen)
    heading = _heading(message, screen, author)
    return Barred([heading, Gap(), *body], QUIET if message.ephemeral else "cyan")


def draw_view(
    view: Mapping[str, Any], screen: Screen, place: str, numbers: Numbers | None = None
) -> RenderableType:
    """A dialog (Slack: modal). In a frame with its title; in a pipe between two lines of hyphens."""
    pen = Pen(screen, place, numbers or NoNumbers())
    title = text_run(view.get("title"), pen)
    blocks = view.get("blocks")
    body = block_pieces(blocks if isinstance(blocks, list) else [], pen)
    foot = _foot(view, pen)
    if screen.surface is Surface.PIPE:
        return Group(Divider(), Paragraph(title), Gap(), *body, Gap(), *foot, Divider())
    title.stylize("bold")
    return Panel(
        Group(*body, Gap(), *foot),
        title=Text(" ") + title + Text(" "),
        title_align="left",
        border_style="cyan",
        padding=(1, 2),
        width=None,
        expand=True,
    )


def print_message(console: Console, message: DrawableMessage, screen: Screen) -> None:
    """Print a message that nobody can answer to: its buttons carry no numbers."""
    show(console, draw_message(message, screen))


def show(console: Console, drawing: RenderableType) -> None:
    """Print a drawing. In a pipe nothing is cut at the width."""
    width = min(console.width, READABLE_WIDTH + 2) if console.is_terminal else console.width
    console.print(drawing, crop=console.is_terminal, width=width, highlight=False, markup=False, emoji=False)


def _heading(message: DrawableMessage, screen: Screen, author: str) -> Paragraph:
    words = screen.words
    name = harmless_line(author)
    time = clock_time(message.ts, screen)
    if screen.surface is Surface.PIPE:
        whom = f" · {words.only_you}" if message.ephemeral else ""
        return Paragraph(Text(f"{name} ({words.app})  {time}{whom}"))
    line = Text.assemble(
        (name, "bold"), " ", (f" {words.app} ", "reverse bright_black"), (f"  {time}", QUIET)
    )
    if message.ephemeral:
        line.append(f"  ·  {words.only_you}", style=f"italic {QUIET}")
    return Paragraph(line)


def _foot(view: Mapping[str, Any], pen: Pen) -> list[RenderableType]:
    """What ends the dialog: typed as words, like Slack's own buttons below it."""
    words = pen.screen.words
    close = text_run(view.get("close"), pen).plain or words.close
    chips = [Text.assemble(("[/close]", "bold cyan"), " ", (close, "bold"))]
    submit = text_run(view.get("submit"), pen).plain
    if submit:
        chips.append(Text.assemble(("[/submit]", "bold green"), " ", (submit, "bold green")))
    return [Chips(chips)]
