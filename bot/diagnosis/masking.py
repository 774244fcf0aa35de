"""Unrecognised texts are grouped by what stays when the variable parts are masked."""

from __future__ import annotations

import re
from typing import Final

from bot.diagnosis.normal import bare_message, even
from bot.diagnosis.values import GUID_FORM

MASKED_LENGTH: Final = 200
"""Characters kept: less than the 250 of Message, so that a cut text and the whole one fall together."""
_READ_LENGTH: Final = 2048

_FIRST_LENGTH: Final = 400
"""Characters that are masked first: mostly enough for what is kept."""
_ENOUGH: Final = MASKED_LENGTH + 80
"""Masked characters of which the kept ones hold no value that the cut went through."""

_MAIL = r"""
    | (?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4})
"""
# One pass over the text; possessive or bounded repetitions only, so that its time is linear.
# The first lines let it pass at once over the inside of words and over words without a digit.
_ALL = rf"""
    (?:(?<![^\W\d_])|(?=["“„«]))(?:
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
_VARIABLE = re.compile(_ALL, re.VERBOSE)
_VARIABLE_WITHOUT_MAIL = re.compile(
    r"(?=[^\w\s]|[A-Za-z_-]{0,40}\d|https?:)" + _ALL.replace(_MAIL, ""), re.VERBOSE
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
    return mask_even(even(bare_message(text[:_READ_LENGTH])))


def mask_even(plain: str) -> str:
    """The same for a bare message in its even form."""
    variable = _VARIABLE if "@" in plain else _VARIABLE_WITHOUT_MAIL
    masked = variable.sub(_masked, plain[:_FIRST_LENGTH])
    if len(plain) > _FIRST_LENGTH and len(masked) < _ENOUGH:
        masked = variable.sub(_masked, plain[:_READ_LENGTH])
    return masked[:MASKED_LENGTH].rstrip(". ")


def _masked(found: re.Match[str]) -> str:
    return _MASKS[found.lastgroup or "key"]
