"""Which of several expressions may match a text, told in one pass over it.

``re`` goes over the text once for each expression and tries every word of it at each place: 100 microseconds
for those of ``speakers``, of which hardly any matches. google-re2 takes one and a half for all of them, but
knows no looking around. So each expression is widened to one that matches wherever it matches, and whoever is
told that one may match lets the expression itself decide.
"""

from __future__ import annotations

import re
from typing import Final

import re2

_MEMORY: Final = 8 << 20
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])++\]|\s++|.", re.DOTALL)
"""What an expression in ``re.VERBOSE`` consists of: an escaped character, a class, white space, any other."""
_COUNT = re.compile(r"\{\d*,?\d*\}")
_EDGE_BEFORE = re.compile(r"\(\?<!\[([^\]]*)\]\)")
_EDGE_BEHIND = re.compile(r"\(\?!\[([^\]]*)\]\)")
_ASCII: Final = "0-9A-Za-z_"
"""What ``\\w`` is among the characters of one byte."""
_BEYOND: Final = r"\x80-\xff"
"""The bytes of all others, letters or not."""


def _several(bytes_: str) -> str:
    return f"(?:{bytes_}+)"


_CLASSES: Final = {
    r"\w": _several(f"[{_ASCII}{_BEYOND}]"),
    r"\W": _several(f"[^{_ASCII}]"),
    r"\s": _several(rf"[\s{_BEYOND}]"),
    r"\S": _several(r"\S"),
    ".": _several("."),
}


class Sieve:
    """Some expressions, of which it tells those that may match a text. Case counts for none."""

    def __init__(self, *expressions: re.Pattern[str]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        options.encoding = re2.Options.Encoding.LATIN1  # bytes: classes of Unicode would take a hundredfold
        self._expressions = expressions
        self._set = re2.Set.SearchSet(options)
        for expression in expressions:
            self._set.Add(f"(?i){widened(expression)}".encode())
        self._set.Compile()

    def may_match(self, text: str) -> list[re.Pattern[str]]:
        """The expressions that may match the text as written, or in lower case."""
        hits = self._set.Match(text.lower().encode("utf-8", "replace"))
        return [self._expressions[hit] for hit in hits] if hits else []


def widened(expression: re.Pattern[str]) -> str:
    """The expression for google-re2 over bytes, with what is looked for before or behind a match left out;
    where that is the edge of a word, with the byte there in the match."""
    written = expression.pattern
    if expression.flags & re.VERBOSE:
        written = "".join(
            " " if piece == r"\ " else piece for piece in _PIECE.findall(written) if not piece.isspace()
        )
    written = written.replace(r"(?<!\w)", r"(?<![\w])").replace(r"(?!\w)", r"(?![\w])")
    written = _EDGE_BEFORE.sub(lambda edge: f"(?:^|[^{edge[1]}])".replace(r"\w", _ASCII), written)
    written = _EDGE_BEHIND.sub(lambda edge: f"(?:$|[^{edge[1]}])".replace(r"\w", _ASCII), written)
    written = _without_looking_ahead(written).replace(r"\b", "")
    return _COUNT.sub("*", "".join(_of_bytes(piece) for piece in _PIECE.findall(written)))


def _of_bytes(piece: str) -> str:
    """A class in bytes: where it may hold a character of several bytes, any number of them."""
    if piece in _CLASSES:
        return _CLASSES[piece]
    if not piece.startswith("["):
        return piece
    if piece.startswith("[^"):
        return _several("".join(filter(str.isascii, piece)).replace(r"\w", _ASCII))
    known = "".join(filter(str.isascii, piece)).replace(r"\w", _ASCII)
    if r"\w" in piece or r"\s" in piece or not piece.isascii():
        return _several(f"[{_BEYOND}{known[1:]}")
    return known


def _without_looking_ahead(written: str) -> str:
    written = written.replace("(?=", "(?:")
    while (start := written.find("(?!")) >= 0:
        depth = 0
        for piece in _PIECE.finditer(written, start):
            depth += (piece[0] == "(") - (piece[0] == ")")
            if not depth:
                written = written[:start] + written[piece.end() :]
                break
    return written
