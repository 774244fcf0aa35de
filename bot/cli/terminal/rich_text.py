"""The ``rich_text`` block: structure instead of markup, so nothing in its texts is ever parsed.

Shapes: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from bot.cli.terminal.dates import slack_date
from bot.cli.terminal.emoji import picture
from bot.cli.terminal.harmless import harmless
from bot.cli.terminal.inline import CODE, MENTION, link
from bot.cli.terminal.layout import Paragraph, Preformatted
from bot.cli.terminal.screen import Screen, Surface

Node = Mapping[str, Any]

_BULLETS: Final = "•◦▪"
_DEEPEST: Final = 8
"""Slack indents lists at most eight levels."""


def rich_text_pieces(block: Node, screen: Screen) -> list[RenderableType]:
    """Sections, lists, quotes and preformatted boxes, top to bottom."""
    pieces: list[RenderableType] = []
    for element in _nodes(block.get("elements")):
        match element.get("type"):
            case "rich_text_preformatted":
                pieces.append(Preformatted(Text(inline_text(element, screen).plain)))
            case "rich_text_quote":
                bar = "▎ " if screen.surface is Surface.TERMINAL else "> "
                pieces.append(Paragraph(inline_text(element, screen), bar, bar))
            case "rich_text_list":
                pieces.extend(_list(element, screen))
            case _:
                pieces.append(Paragraph(inline_text(element, screen)))
    return pieces


def inline_text(section: Node, screen: Screen) -> Text:
    """The running text of one section."""
    text = Text()
    for node in _nodes(section.get("elements")):
        text.append_text(_styled(_RUNS.get(str(node.get("type")), _other)(node, screen), node, screen))
    return text


def _list(element: Node, screen: Screen) -> list[RenderableType]:
    level = min(max(_whole(element.get("indent")), 0), _DEEPEST)
    number = _whole(element.get("offset"))
    pieces: list[RenderableType] = []
    for item in _nodes(element.get("elements")):
        number += 1
        sign = f"{number}." if element.get("style") == "ordered" else _BULLETS[level % len(_BULLETS)]
        first = f"{'   ' * level}{sign} "
        pieces.append(Paragraph(inline_text(item, screen), first, " " * len(first), prefix_style="cyan"))
    return pieces


def _styled(text: Text, node: Node, screen: Screen) -> Text:
    style = node.get("style")
    if not isinstance(style, Mapping):
        return text
    if style.get("code"):
        if screen.surface is Surface.PIPE:
            return Text("`") + text + Text("`")
        text.stylize(CODE)
    for name in ("bold", "italic", "strike", "underline"):
        if style.get(name):
            text.stylize(name)
    return text


def _run(node: Node, screen: Screen) -> Text:
    return Text(_string(node, "text"))


def _link(node: Node, screen: Screen) -> Text:
    url = _string(node, "url")
    return link(Text(_string(node, "text") or url.removeprefix("mailto:")), url, screen)


def _emoji(node: Node, screen: Screen) -> Text:
    name = _string(node, "name")
    return Text(_from_code_points(_string(node, "unicode")) or picture(name) or f":{name}:")


def _date(node: Node, screen: Screen) -> Text:
    shown = Text(
        slack_date(node.get("timestamp"), _string(node, "format"), _string(node, "fallback"), screen)
    )
    url = _string(node, "url")
    return link(shown, url, screen) if url else shown


def _mention(sign: str, key: str) -> Callable[[Node, Screen], Text]:
    return lambda node, screen: Text(f"{sign}{_string(node, key)}", style=MENTION)


def _other(node: Node, screen: Screen) -> Text:
    return Text(_string(node, "text") or _string(node, "value"))


_RUNS: Final[Mapping[str, Callable[[Node, Screen], Text]]] = {
    "text": _run,
    "link": _link,
    "emoji": _emoji,
    "date": _date,
    "user": _mention("@", "user_id"),
    "usergroup": _mention("@", "usergroup_id"),
    "channel": _mention("#", "channel_id"),
    "broadcast": _mention("@", "range"),
}


def _from_code_points(codes: str) -> str:
    """``26a0-fe0f`` to a picture; empty when it is none."""
    try:
        letters = [chr(int(code, 16)) for code in codes.split("-")] if codes else []
    except (ValueError, OverflowError):
        return ""
    return harmless("".join(letter for letter in letters if letter != "\ufe0f"))


def _string(node: Node, key: str) -> str:
    value = node.get(key)
    return harmless(value) if isinstance(value, str) else ""


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _nodes(value: object) -> Iterable[Node]:
    return [node for node in value if isinstance(node, Mapping)] if isinstance(value, list) else []
