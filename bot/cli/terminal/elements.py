"""Block elements and composition objects: texts, chips for buttons, inputs.

Shapes: https://docs.slack.dev/reference/block-kit/block-elements and .../composition-objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from bot.cli.terminal.buttons import Numbers
from bot.cli.terminal.emoji import with_pictures
from bot.cli.terminal.harmless import harmless, harmless_line
from bot.cli.terminal.inline import link, safe_address
from bot.cli.terminal.layout import Paragraph
from bot.cli.terminal.mrkdwn import mrkdwn_pieces, mrkdwn_text
from bot.cli.terminal.screen import Links, Screen
from bot.dataclass import dataclass

Node = Mapping[str, Any]

CHIP_STYLES: Final[Mapping[str, str]] = {"primary": "bold green", "danger": "bold red"}
"""By the button's ``style``."""

_CHIP: Final = "bold cyan"


@dataclass(frozen=True, slots=True)
class Pen:
    """Where one message is being drawn."""

    screen: Screen
    place: str
    """Timestamp of the message, or the dialog's id: where its buttons are."""
    numbers: Numbers


def text_pieces(text: object, pen: Pen) -> list[RenderableType]:
    """A text object with all its structure."""
    if isinstance(text, Mapping) and text.get("type") == "mrkdwn":
        return mrkdwn_pieces(_string(text, "text"), pen.screen)
    return [Paragraph(text_run(text, pen))]


def text_run(text: object, pen: Pen) -> Text:
    """A text object as running text; empty for what is none."""
    if not isinstance(text, Mapping):
        return Text()
    if text.get("type") == "mrkdwn":
        return mrkdwn_text(_string(text, "text"), pen.screen)
    shown = harmless(_string(text, "text"))
    return Text(shown if text.get("emoji") is False else with_pictures(shown))


def chip(element: Node, pen: Pen) -> Text:
    """One interactive element: ``[3] Details``, without a number where it cannot be pressed here."""
    if element.get("type") == "button":
        return _button(element, pen)
    if element.get("type") == "overflow":
        return Text(f"[⋯ {' · '.join(_options(element))}]", style=_CHIP)
    if element.get("type") == "conversations_select" and element.get("initial_conversation"):
        return Text(f"[{pen.screen.words.this_channel} ▾]", style=_CHIP)
    chosen = element.get("initial_option") or element.get("placeholder")
    label = _label(chosen.get("text") if isinstance(chosen, Mapping) else None) or _label(chosen)
    return Text(f"[{label or pen.screen.words.choose} ▾]", style=_CHIP)


def input_line(element: Node, pen: Pen) -> Text:
    """An input of a dialog: what is filled in already, otherwise its placeholder, otherwise a line."""
    filled = _string(element, "initial_value")
    if filled:
        return Text(harmless(filled))
    if element.get("type") in {"radio_buttons", "checkboxes"}:
        chosen = [*_options(element, "initial_options"), *_options(element, "initial_option")]
        marks = [("●" if option in chosen else "○", option) for option in _options(element)]
        return Text("\n").join(Text(f"{mark} {option}") for mark, option in marks)
    if element.get("type") == "plain_text_input":
        return Text(_label(element.get("placeholder")) or "_" * 24, style="bright_black")
    return chip(element, pen)


def picture_line(element: Node, screen: Screen) -> Text:
    """The alternative text of an image, leading to it."""
    label = Text(harmless_line(_string(element, "alt_text")) or screen.words.picture, style="italic")
    url = _string(element, "image_url")
    return Text("▣ ") + (link(label, url, screen) if screen.links is Links.HIDDEN and url else label)


def _button(element: Node, pen: Pen) -> Text:
    number = pen.numbers.number(pen.place, element)
    label = _label(element.get("text"))
    style = CHIP_STYLES.get(_string(element, "style"), "")
    url = _string(element, "url")
    opens = " ↗" if url else ""
    if number is None:
        shown = Text(f"[{label}{opens}]", style=style or _CHIP)
        return link(shown, url, pen.screen) if url and pen.screen.links is Links.WRITTEN else shown
    shown = Text.assemble((f"[{number}]", style or _CHIP), " ", (f"{label}{opens}", style or "bold"))
    target = safe_address(url) if pen.screen.links is Links.HIDDEN else None
    if target is not None:
        shown.stylize(f"link {target}")
    return shown


def _options(element: Node, key: str = "options") -> list[str]:
    """What an element offers; under another key, what of it is chosen."""
    options = element.get(key)
    options = [options] if isinstance(options, Mapping) else options
    if not isinstance(options, list):
        return []
    return [_label(option.get("text")) for option in options if isinstance(option, Mapping)]


def _label(text: object) -> str:
    """A short plain text on one line."""
    if not isinstance(text, Mapping):
        return ""
    shown = harmless_line(_string(text, "text"))
    return shown if text.get("emoji") is False else with_pictures(shown)


def _string(node: Node, key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""
