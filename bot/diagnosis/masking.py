"""Unrecognised texts are grouped by what stays when the variable parts are masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from bot.diagnosis.normal import bare_message, even
from bot.diagnosis.values import GUID_FORM

MASKED_LENGTH: Final = 200
"""Characters kept: less than the 250 of Message, so that a cut text and the whole one fall together."""
_READ_LENGTH: Final = 2048

_LETTER = r"[^\W\d_]"
_MAIL = r"""
    | (?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4})
"""
# Possessive or bounded repetitions only, so that the time is linear.
_ALL = rf"""
    (?:(?<!{_LETTER})|(?=["“„«]))(?:
    (?P<guid>[{{(]?\b{GUID_FORM}\b[}})]?)
    | (?P<url>\bhttps?://[^\s'")\]]++)
    {_MAIL}
    | (?P<quoted>"[^"\n]*+"|(?<!\w)'[^'\n]*+'(?!\w)|“[^”\n]*+”|„[^“”\n]*+[“”]|«[^»\n]*+»)
    | (?P<date>\b\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}
        (?:[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\.\d{{1,9}})?Z?)?\b)
    | (?P<number>(?<![\w.])[-+]?(?:0x[0-9A-Fa-f]{{1,16}}|\d++(?:[.,\u00a0]\d++)*+)(?!\w))
    | (?P<key>\b(?=[A-Za-z_-]{{0,40}}\d)[\w-]{{2,60}}\b)
    )
    """
_NO_WORD = r"(?=[^\w\s]|[A-Za-z_-]{0,40}\d|https?:)"
"""How everything that varies begins, addresses of mail aside."""


@cache
def _stretches(*, mail: bool, ascii_only: bool) -> re.Pattern[str]:
    """What stays, and the variable part behind it, stretch after stretch.

    What stays is passed over word by word within the expression; a search would try every character. A word
    that a blank follows cannot begin a variable part, nor can the inside of one. Fifty steps at most, since
    the loop that asks for the stretches ends when it has enough. Without addresses of mail, and where no
    letter but those of ASCII needs to be known, the same is found sooner: many words at once, since all that
    varies begins with a character that is none of a run of words, or with a word that such a one ends.
    """
    variable = _ALL if mail else _NO_WORD + _ALL.replace(_MAIL, "")
    flags = re.VERBOSE | re.DOTALL | (re.ASCII if ascii_only else re.NOFLAG)
    ahead = re.sub(r"\?P<\w+>", "?:", variable)
    words = rf"{_LETTER}++[.,;:!?]?+[ ] | [ ,;:!?)]++"
    if ascii_only and not mail:
        words = rf"[A-Za-z .,;!?)]+(?<![A-Za-z]) | {words}"
    stays = rf"(?:{words} | (?!{ahead}) (?:{_LETTER}++ | .)){{0,50}}+"
    whole = rf"({stays})(?:{variable})?+"
    return re.compile(whole.replace(_LETTER, "[A-Za-z]") if ascii_only else whole, flags)


_VARIABLE = re.compile(_ALL, re.VERBOSE)
_MASKS: Final = {
    "guid": "<guid>",
    "url": "<url>",
    "mail": "<mail>",
    "quoted": "<quoted>",
    "date": "<date>",
    "number": "<number>",
    "key": "<key>",
}


def mask(text: str) -> str:
    """The text with GUIDs, addresses, quoted values, dates, numbers and record keys masked, at most 200
    characters.

    A call stack behind the text does not count. Two errors of the same unknown cause give the same mask.
    """
    return mask_even(even(bare_message(text[:_READ_LENGTH])))


def mask_even(plain: str) -> str:
    """The same for a bare message in its even form."""
    stretches = _stretches(mail="@" in plain, ascii_only=plain.isascii())
    parts: list[str] = []
    length = 0
    for stretch in stretches.finditer(plain, 0, _READ_LENGTH):
        part = stretch[1] + _MASKS[stretch.lastgroup] if stretch.lastgroup else stretch[1]
        parts.append(part)
        length += len(part)
        if length >= MASKED_LENGTH:
            break
    return "".join(parts)[:MASKED_LENGTH].rstrip(". ")


def masked_parts(plain: str) -> Iterator[tuple[str, str | None, int]]:
    """A bare message in its even form, in parts: (text, what it is, where it ends).

    What it is: ``guid``, ``url``, ``mail``, ``quoted``, ``date``, ``number``, ``key``; None for fixed words.
    """
    position = 0
    for found in _VARIABLE.finditer(plain):
        if found.start() > position:
            yield plain[position : found.start()], None, found.start()
        yield found[0], found.lastgroup, found.end()
        position = found.end()
    if position < len(plain):
        yield plain[position:], None, len(plain)
