"""Taking personal data out of texts that more than one person sees.

Masked are addresses of mail, telephone numbers, and whatever stands behind ``Value:``, in which Business
Central repeats what somebody had filled into a field. Names of people cannot be told from other names and
stay. Rather too much is masked than too little. Every text takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MASK: Final = "•••"
MAIL: Final = f"{MASK}@{MASK}"

_AT: Final = re.compile(r"@|%40")
_LOCAL: Final = frozenset("!#$%&'*+-/=?^_`{|}~.")
_DOMAIN: Final = frozenset("-.")

_VALUE: Final = re.compile(
    r"\b(?:values?|waarde|wert|valeur|valor|valore|værdi|verdi|värde|arvo|wartość|hodnota|gildi|vrednost)"
    r"[ \u00a0]?[:\uff1a][ \u00a0]{0,3}",
    re.IGNORECASE,
)
"""The word for it in the languages of Business Central, as in "The length of the string is {0}, but it must
be less than or equal to {1} characters. Value: {2}". It is the last thing that is said."""

_GAP: Final = r"[ \u00a0\u2009\u202f\-\u2010-\u2013./()]{0,3}"
_CALLED: Final = re.compile(
    rf"(?<![\w+@])(?<![\w][.\-/])(?:\+{_GAP}|\({_GAP}\+?)?\d(?:{_GAP}\d){{6,16}}(?![\w@])(?![.\-/]\w)"
)
"""What may be a telephone number: 7 to 17 digits with a few signs between. Bounded, so that it is linear."""
_DATE: Final = re.compile(
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})(?:[ T]\d{1,2}(?:[.:]\d{2}){0,2})?"
)
_DECIMAL: Final = re.compile(r"\d{1,3}(?:[. \u00a0]\d{3})*(?:\.\d+)?|\d+\.\d+")
_DASHES: Final = frozenset("-/() \u00a0\u2009\u202f.\u2010\u2011\u2012\u2013")


def masked(text: str) -> str:
    """The text without what may be personal data; what was masked once stays as it is."""
    return _CALLED.sub(_without_number, _without_mail(_without_value(text)))


def masked_params(params: Mapping[str, str | int]) -> dict[str, str | int]:
    """What was found in a message, masked; a ``value`` is what somebody had filled in, and goes whole."""
    return {
        key: MASK if key == "value" else masked(value) if isinstance(value, str) else value
        for key, value in params.items()
    }


def _without_value(text: str) -> str:
    found = _VALUE.search(text)
    if found is None or not text[found.end() :].strip():
        return text
    return text[: found.end()] + MASK


def _without_mail(text: str) -> str:
    """Each sign is looked at twice at most: to the right of one ``@``, and to the left of the next."""
    kept: list[str] = []
    done = 0
    for at in _AT.finditer(text):
        if at.start() < done:
            continue
        start = at.start()
        while start > done and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
            start -= 1
        end = at.end()
        while end < len(text) and (text[end].isalnum() or text[end] in _DOMAIN):
            end += 1
        domain = text[at.end() : end].rstrip("-.")
        if start < at.start() and "." in domain:
            kept += (text[done:start], MAIL)
            done = at.end() + len(domain)
    return "".join((*kept, text[done:]))


def _without_number(found: re.Match[str]) -> str:
    number = found[0]
    return MASK if _is_called(number) else number


def _is_called(number: str) -> bool:
    """Beginning and form of a telephone number; numbers of documents, dates and amounts are none."""
    digits = "".join(filter(str.isdecimal, number))
    if _DATE.fullmatch(number):
        return False
    if "+" in number[:3]:
        return True
    bare = number.lstrip("( ")
    if not any(sign in _DASHES for sign in number):
        # Documents and customers have zeros at the front, too: 00001234.
        return digits.startswith("0") and not digits.startswith("000") and 10 <= len(digits) <= 14
    if _DECIMAL.fullmatch(number):
        return False
    if digits.startswith("0"):
        return len(digits) >= 9
    groups = [group for group in re.split(r"\D+", bare) if group]
    return number.startswith("(") or [len(group) for group in groups] in ([3, 3, 4], [1, 3, 3, 4])
