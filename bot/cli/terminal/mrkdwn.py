"""Slack's own small markup.

Rules: https://docs.slack.dev/messaging/formatting-message-text. Only ``&amp;``, ``&lt;`` and ``&gt;`` are
decoded, ``*bold*`` and its kin need a word boundary outside and no space inside, nothing is parsed between
backticks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from bot.cli.terminal.dates import slack_date
from bot.cli.terminal.emoji import picture, with_pictures
from bot.cli.terminal.harmless import harmless
from bot.cli.terminal.inline import CODE, MENTION, link
from bot.cli.terminal.layout import Paragraph, Preformatted
from bot.cli.terminal.screen import Screen, Surface
from bot.dataclass import dataclass

_STYLES: Final[Mapping[str, str]] = {"*": "bold", "_": "italic", "~": "strike"}
_FENCE: Final = "```"
_CLOSERS: Final[Mapping[str, str]] = {"<": ">", "`": "`"}
_QUOTE: Final = re.compile(r"(?:>|&gt;) ?")
_QUOTE_REST: Final = re.compile(r"(?:>|&gt;){3} ?")
_BULLET: Final = re.compile(r"(?P<indent> *)(?P<sign>[•◦▪-]|\d{1,3}[.)]) +(?=\S)")
_SPECIAL: Final = re.compile(r"[*_~`<]|:[a-z0-9_+'-]{1,60}:")


def mrkdwn_pieces(source: str, screen: Screen) -> list[RenderableType]:
    """Paragraphs, quotes, list lines and preformatted boxes of one mrkdwn text, top to bottom."""
    pieces: list[RenderableType] = []
    parts = harmless(source).split(_FENCE)
    if len(parts) % 2 == 0:
        last = parts.pop()
        parts[-1] += _FENCE + last
    for index, part in enumerate(parts):
        if index % 2:
            pieces.append(Preformatted(Text(decoded(part.strip("\n")))))
        elif part.strip("\n"):
            pieces.extend(_lines(part.strip("\n"), screen))
    return pieces


def mrkdwn_text(source: str, screen: Screen) -> Text:
    """One mrkdwn text without block structure: for fields, labels and small print."""
    return _running(harmless(source).replace(_FENCE, "`"), screen)


def decoded(text: str) -> str:
    """Slack's three entities, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _lines(source: str, screen: Screen) -> list[RenderableType]:
    pieces: list[RenderableType] = []
    bar = "▎ " if screen.surface is Surface.TERMINAL else "> "
    lines = source.split("\n")
    for index, line in enumerate(lines):
        rest = _QUOTE_REST.match(line)
        if rest:
            quoted = "\n".join([line[rest.end() :], *lines[index + 1 :]])
            pieces.append(Paragraph(_running(quoted, screen), bar, bar))
            break
        quote = _QUOTE.match(line)
        bullet = _BULLET.match(line)
        if quote:
            pieces.append(Paragraph(_Inline(line[quote.end() :], screen).parsed(), bar, bar))
        elif bullet:
            first = f"{bullet['indent']}{bullet['sign']} "
            body = _Inline(line[bullet.end() :], screen).parsed()
            pieces.append(Paragraph(body, first, " " * len(first), prefix_style="none"))
        else:
            pieces.append(Paragraph(_Inline(line, screen).parsed()))
    return pieces


def _running(source: str, screen: Screen) -> Text:
    """Each line by itself: no style and no link reaches over a line's end."""
    return Text("\n").join(_Inline(line, screen).parsed() for line in source.split("\n"))


@dataclass(frozen=True, slots=True)
class _Inline:
    """One walk over a line, from left to right; a mark without a partner is an ordinary letter."""

    source: str
    screen: Screen

    def parsed(self) -> Text:
        return self._span(0, len(self.source), frozenset(_STYLES))

    def _span(self, start: int, end: int, marks: frozenset[str]) -> Text:
        text = Text()
        lonely: set[str] = set()
        while start < end:
            found = _SPECIAL.search(self.source, start, end)
            if found is None:
                break
            at, mark = found.start(), found[0]
            text.append(decoded(self.source[start:at]))
            if len(mark) > 1:
                named = picture(mark.strip(":"))
                text.append(named or mark[0])
                start = found.end() if named else at + 1
                continue
            read = self._read(mark, at, end, marks - lonely)
            if read is None:
                if mark in marks and self._opens(at):
                    lonely.add(mark)
                text.append(mark)
                start = at + 1
            else:
                part, start = read
                text.append_text(part)
        text.append(decoded(self.source[start:end]))
        return text

    def _read(self, mark: str, at: int, end: int, marks: frozenset[str]) -> tuple[Text, int] | None:
        if mark == "<":
            return self._angle(at, end)
        if mark == "`":
            return self._code(at, end)
        if mark not in marks or not self._opens(at):
            return None
        close = self._closing(mark, at + 1, end)
        if close is None:
            return None
        inner = self._span(at + 1, close, marks - {mark})
        inner.stylize(_STYLES[mark])
        return inner, close + 1

    def _opens(self, at: int) -> bool:
        before = self.source[at - 1] if at else " "
        after = self.source[at + 1] if at + 1 < len(self.source) else " "
        return not before.isalnum() and not after.isspace()

    def _closing(self, mark: str, start: int, end: int) -> int | None:
        """Where the partner of an opening mark is; never inside a link or between backticks."""
        at = start
        while (found := _SPECIAL.search(self.source, at, end)) is not None:
            at = found.start()
            if found[0] == mark:
                after = self.source[at + 1] if at + 1 < len(self.source) else " "
                if at > start and not self.source[at - 1].isspace() and not after.isalnum():
                    return at
            closed = self.source.find(_CLOSERS[found[0]], at + 1, end) if found[0] in _CLOSERS else -1
            at = max(at, closed) + 1
        return None

    def _code(self, at: int, end: int) -> tuple[Text, int] | None:
        close = self.source.find("`", at + 1, end)
        body = self.source[at + 1 : close]
        if close < 0 or not body:
            return None
        shown = decoded(body) if self.screen.surface is Surface.TERMINAL else f"`{decoded(body)}`"
        return Text(shown, style=CODE), close + 1

    def _angle(self, at: int, end: int) -> tuple[Text, int] | None:
        close = self.source.find(">", at + 1, end)
        body = self.source[at + 1 : close]
        if close < 0 or not body or "<" in body:
            return None
        address, _, label = body.partition("|")
        return _ANGLES.get(address[0], _web)(address, label, self.screen), close + 1


def _person(address: str, label: str, screen: Screen) -> Text:
    known = screen.names.get(address[1:], address[1:])
    return Text(f"@{decoded(label or known)}", style=MENTION)


def _channel(address: str, label: str, screen: Screen) -> Text:
    return Text(f"#{decoded(label or address[1:])}", style=MENTION)


def _command(address: str, label: str, screen: Screen) -> Text:
    """``<!here>``, ``<!subteam^S1|@admins>``, ``<!date^1719835200^{date} {time}^link|fallback>``."""
    name, *rest = decoded(address[1:]).split("^")
    if name != "date":
        return Text(f"@{(decoded(label) or name).lstrip('@')}", style=MENTION)
    timestamp, pattern, url = [*rest, "", "", ""][:3]
    shown = Text(slack_date(timestamp, pattern, decoded(label), screen))
    return link(shown, url, screen) if url else shown


def _web(address: str, label: str, screen: Screen) -> Text:
    url = decoded(address)
    return link(Text(with_pictures(decoded(label)) or url.removeprefix("mailto:")), url, screen)


_ANGLES: Final[Mapping[str, Callable[[str, str, Screen], Text]]] = {
    "@": _person,
    "#": _channel,
    "!": _command,
}
