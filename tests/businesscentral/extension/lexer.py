"""AL source as tokens.

Grammar: MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/developer/devenv-al-simple-statements.md``, and
what the objects of microsoft/BCApps show: ``//`` and ``/* */`` comments, ``'...'`` texts with doubled quotes,
``"..."`` names with doubled quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Sort(Enum):
    """What a token is."""

    NAME = "name"
    """An identifier, quoted or not: its text is without the quotes."""
    WORD = "word"
    """An identifier without quotes, which can be a keyword."""
    TEXT = "text"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """One token and the line that it begins on."""

    sort: Sort
    text: str
    line: int

    def word(self, *words: str) -> bool:
        """Whether it is one of these keywords, which have no case."""
        return self.sort is Sort.WORD and self.text.casefold() in words

    def sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.sort is Sort.SIGN and self.text in signs

    @property
    def is_name(self) -> bool:
        """Whether it can name something."""
        return self.sort in {Sort.NAME, Sort.WORD}


class Malformed(Exception):
    """Source that is no AL, with the line."""


_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<text>'(?:[^'\n]|'')*')
      | (?P<name>"(?:[^"\n]|"")*")
      | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<number>\d+DT\b|\d+(?:\.\d+)?)
      | (?P<sign>::|:=|\+=|-=|<>|<=|>=|\.\.|[{}()\[\];:,.=<>+\-*/@&|])""",
    re.VERBOSE | re.DOTALL,
)


def tokens(source: str) -> list[Token]:
    """All tokens but comments and blanks. Raises Malformed where a sign is none of AL."""
    return list(_tokens(source))


def _tokens(source: str) -> Iterator[Token]:
    at, line = 0, 1
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise Malformed(f"line {line}: {source[at : at + 20]!r}")
        text = match[0]
        match match.lastgroup:
            case "text":
                yield Token(Sort.TEXT, text[1:-1].replace("''", "'"), line)
            case "name":
                yield Token(Sort.NAME, text[1:-1].replace('""', '"'), line)
            case "word":
                yield Token(Sort.WORD, text, line)
            case "number":
                yield Token(Sort.NUMBER, text, line)
            case "sign":
                yield Token(Sort.SIGN, text, line)
            case _:
                pass
        line += text.count("\n")
        at = match.end()
