"""Unrecognised texts are grouped by what stays when the variable parts are masked."""

from __future__ import annotations

import re
from typing import Final

from bot.diagnosis.normal import bare_message, even
from bot.diagnosis.values import GUID_FORM

MASKED_LENGTH: Final = 200
"""Characters kept: less than the 250 of Message, so that a cut text and the whole one fall together."""
_READ_LENGTH: Final = 2048

# One pass over the text; possessive or bounded repetitions only, so that its time is linear.
_VARIABLE = re.compile(
    rf"""
    (?P<guid>[{{(]?\b{GUID_FORM}\b[}})]?)
    | (?P<url>\bhttps?://[^\s'")\]]++)
    | (?P<mail>(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,64}}(?:\.[\w-]{{1,64}}){{1,4}})
    | (?P<quoted>"[^"\n]*+"|(?<!\w)'[^'\n]*+'(?!\w)|“[^”\n]*+”|„[^“”\n]*+[“”]|«[^»\n]*+»)
    | (?P<date>\b\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}
        (?:[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\.\d{{1,9}})?Z?)?\b)
    | (?P<number>(?<![\w.])[-+]?(?:0x[0-9A-Fa-f]{{1,16}}|\d++(?:[.,\u00a0]\d++)*+)(?!\w))
    | (?P<key>\b(?=[A-Za-z_-]{{0,40}}\d)[\w-]{{2,60}}\b)
    """,
    re.VERBOSE,
)
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
    plain = even(bare_message(text[:_READ_LENGTH]))
    return _VARIABLE.sub(_masked, plain)[:MASKED_LENGTH].rstrip(". ")


def _masked(found: re.Match[str]) -> str:
    return _MASKS[found.lastgroup or "key"]
