"""Text on a card, held apart from how it is written.

``Markup`` is a run of spans. A span's text is bare: escaping and formatting signs come in only when the run
is written for a surface, here, in one place. So no text, ours or anybody's, can open a mention, a link or a
bold run; only a span that says so does. ``str`` and ``Outside`` are refused by the type checker wherever
``Markup`` is asked for.

What has to be escaped, and what escaping leaves alive: docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from itertools import groupby
from typing import Final

from bot.cards.limits import ELLIPSIS, length, shorten
from bot.cards.links import Address
from bot.dataclass import dataclass


class Look(Enum):
    """How a span looks."""

    PLAIN = "plain"
    BOLD = "bold"
    CODE = "code"


class Grain(Enum):
    """How exactly a moment is told, in Slack's pattern for it."""

    DAY = "{date_short_pretty}"
    MINUTE = "{date_short_pretty} {time}"


@dataclass(frozen=True, slots=True)
class Span:
    """Bare text with one look; with an address it is a link, with a moment the reader's own date and time.

    With a mention it is a person or a user group, by the name that Slack knows for the id.
    """

    text: str
    look: Look = Look.PLAIN
    address: Address | None = None
    moment: datetime | None = None
    """With zone. ``text`` is what surfaces show that know no date tokens."""
    grain: Grain = Grain.MINUTE
    mention: str = ""
    """Slack's id. ``text`` is what surfaces show that know no names."""


@dataclass(frozen=True, slots=True)
class Markup:
    """Text that may stand anywhere on a card."""

    spans: tuple[Span, ...] = ()

    def __add__(self, other: Markup) -> Markup:
        return Markup(self.spans + other.spans)

    def __bool__(self) -> bool:
        return any(span.text for span in self.spans)

    def __str__(self) -> str:
        """The bare words, for a terminal or a log."""
        return "".join(span.text for span in self.spans)

    def plain(self, limit: int) -> str:
        """For ``plain_text`` objects, which parse nothing: the bare text, on one line."""
        return shorten(" ".join(str(self).split()), limit)

    def mrkdwn(self, limit: int) -> str:
        """For ``mrkdwn`` objects and the top-level ``text``; at most ``limit`` long, never cut inside a
        sign."""
        spans = [span for span in self.spans if span.text]
        written = _write(spans)
        if length(written) <= limit:
            return written
        # Escaping makes text longer, so what fits is found by trying (in few tries), not by counting.
        whole = _most(len(spans), lambda count: _fits(spans[:count], limit))
        kept, cut = spans[:whole], spans[whole]
        size = (
            0
            if cut.moment or cut.mention
            else _most(len(cut.text), lambda size: _fits([*kept, _begun(cut, size)], limit))
        )
        end = _begun(cut, size) if size else Span(ELLIPSIS)
        return _write([*kept, end] if _fits([*kept, end], limit) else kept)


def fits_mrkdwn(markup: Markup, limit: int) -> bool:
    """Can all of it be written within ``limit``?"""
    return _fits(markup.spans, limit)


def _most(highest: int, fits: Callable[[int], bool]) -> int:
    """The highest number from 0 to ``highest`` that still fits."""
    return bisect_left(range(1, highest + 1), True, key=lambda number: not fits(number))


def _fits(spans: Sequence[Span], limit: int) -> bool:
    return length(_write(spans)) <= limit


def _begun(span: Span, size: int) -> Span:
    return replace(span, text=shorten(span.text, size))


EMPTY: Final = Markup()


def own(text: str) -> Markup:
    """What no language changes: signs, names of commands and settings, written numbers. Sentences go
    through ``texts``."""
    return Markup((Span(text),))


def bold(markup: Markup) -> Markup:
    """The same, bold."""
    return Markup(tuple(replace(span, look=Look.BOLD) for span in markup.spans))


def code(markup: Markup) -> Markup:
    """The same, in the typewriter face: for what is typed or copied."""
    return Markup(tuple(replace(span, look=Look.CODE) for span in markup.spans))


_USER: Final = re.compile(r"[UW][A-Z0-9]{2,30}")
_GROUP: Final = re.compile(r"S[A-Z0-9]{2,30}")


def mention(someone: str) -> Markup:
    """A person or a user group, by id, as Slack shows them; any other text stays that text."""
    known = _USER.fullmatch(someone) or _GROUP.fullmatch(someone)
    return Markup((Span(f"@{someone}", mention=someone) if known else Span(someone),))


def link(markup: Markup, address: Address | None) -> Markup:
    """The same as a link; unchanged where there is no address."""
    if address is None:
        return markup
    return Markup(
        tuple(
            span if span.moment is not None or span.mention else replace(span, address=address)
            for span in markup.spans
        )
    )


def joined(parts: Iterable[Markup], separator: str) -> Markup:
    """The parts that hold something, with our own separator between them."""
    spans: list[Span] = []
    for part in parts:
        if part:
            if spans:
                spans.append(Span(separator))
            spans.extend(part.spans)
    return Markup(tuple(spans))


def lines(parts: Iterable[Markup]) -> Markup:
    """Each part on a line of its own."""
    return joined(parts, "\n")


def sentence(parts: Iterable[Markup]) -> Markup:
    """Parts that follow each other in one line."""
    return joined(parts, " ")


def dotted(parts: Iterable[Markup]) -> Markup:
    """Short facts beside each other."""
    return joined(parts, " · ")


_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Escaping leaves formatting signs alive. A look-alike is the only sure way: Slack has no escape for them,
# and a zero-width character beside a sign counts as a word boundary and so makes it work where it otherwise
# would not.
_SIGNS: Final = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "\u02cb"})
_LOOSE_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""Inside a name (``msdyn_workorder``) an underscore formats nothing and must survive copying."""
_EMOJI: Final = re.compile(r":(?=[a-z0-9_+'-]{1,100}:)")
_BARE_ADDRESS: Final = re.compile(r":(?=//)")
_BROKEN_BAR: Final = "\u00a6"
"""Stands for ``|`` in the words of a link, where that ends the address."""
_QUOTE: Final = re.compile(r"^>", re.MULTILINE)


def _neutral(text: str) -> str:
    """``text`` such that mrkdwn shows it and nothing more."""
    text = _QUOTE.sub("\u203a", text.translate(_SIGNS))
    text = _LOOSE_UNDERSCORE.sub("\u02cd", text)
    text = _BARE_ADDRESS.sub("\u2236", _EMOJI.sub("\u2236", text))
    return text.translate(_ENTITIES)


def quote(text: str) -> str:
    """Any text as a quotation of mrkdwn: nothing in it is formatted, and each of its lines is quoted."""
    return "\n".join(f"> {_neutral(line)}".rstrip() for line in text.split("\n"))


def _uncoded(text: str) -> str:
    """``text`` as the inside of code: escaped, and without the sign that ends code."""
    return text.replace("`", "\u02cb").translate(_ENTITIES)


def _write(spans: Sequence[Span]) -> str:
    return "".join(
        _write_run(look, address, list(run))
        for (look, address), run in groupby(spans, key=lambda span: (span.look, span.address))
    )


def _write_run(look: Look, address: Address | None, run: Sequence[Span]) -> str:
    """Spans of one look and one address: they share their signs, since ``*a**b*`` is not bold."""
    return "".join(
        _signed("".join(_write_bare(span, look) for span in group), look, address) if not is_break else "\n"
        for is_break, group in groupby(_split_lines(run), key=lambda span: span.text == "\n")
    )


def _split_lines(run: Sequence[Span]) -> Iterable[Span]:
    """No formatting goes across a line break."""
    for span in run:
        for index, line in enumerate(span.text.split("\n")):
            if index:
                yield Span("\n")
            if line:
                yield replace(span, text=line)


def _write_bare(span: Span, look: Look) -> str:
    if span.moment is not None:
        # The date follows docs.slack.dev/messaging/formatting-message-text, "Date formatting".
        return f"<!date^{int(span.moment.timestamp())}^{span.grain.value}|{_neutral(span.text)}>"
    if span.mention:
        return f"<!subteam^{span.mention}>" if _GROUP.fullmatch(span.mention) else f"<@{span.mention}>"
    if look is Look.CODE:
        return _uncoded(span.text)
    return _neutral(span.text)


def _signed(text: str, look: Look, address: Address | None) -> str:
    core = text.strip(" ")
    if not core:
        return text
    before, _, after = text.partition(core)
    if look is Look.CODE:
        core = f"`{core}`"
    elif address is not None:
        core = f"<{address.url}|{core.replace('|', _BROKEN_BAR)}>"
    if look is Look.BOLD:
        core = f"*{core}*"
    return f"{before}{core}{after}"
