"""Which of several expressions may match a text, told in one pass over it.

``re`` goes over the text once for each expression and tries every word of it at each place: 100 microseconds
for those of ``speakers``, of which hardly any matches. google-re2 takes one and a half for all of them, but
knows no looking around. So each expression is widened to one that matches wherever it matches, and whoever is
told that one may match lets the expression itself decide.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import re2

_MEMORY: Final = 32 << 20
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])++\]|\s++|.", re.DOTALL)
"""What an expression in ``re.VERBOSE`` consists of: an escaped character, a class, white space, any other."""
_EDGE_BEFORE = re.compile(r"\(\?<!\[([^\]]*)\]\)")
_EDGE_BEHIND = re.compile(r"\(\?!\[([^\]]*)\]\)")
_LETTERS: Final = r"\pL\pN_"
"""What ``\\w`` is in ``re``, which knows more letters than those of ASCII."""


class Sieve:
    """Some expressions, of which it tells those that may match a text."""

    def __init__(
        self, *expressions: re.Pattern[str], in_lower_case: Collection[re.Pattern[str]] = ()
    ) -> None:
        """``in_lower_case``: those that will be looked for in the text in lower case."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._expressions = expressions
        self._set = re2.Set.SearchSet(options)
        for expression in expressions:
            any_case = expression in in_lower_case or expression.flags & re.IGNORECASE
            self._set.Add(("(?i)" if any_case else "") + widened(expression))
        self._set.Compile()

    def may_match(self, text: str) -> list[re.Pattern[str]]:
        """The expressions that may match the text as written, or in lower case."""
        hits = self._set.Match(text.encode("utf-8", "replace"))
        return [self._expressions[hit] for hit in hits] if hits else []


def widened(expression: re.Pattern[str]) -> str:
    """The expression as google-re2 reads it, with what is looked for before or behind a match left out; where
    that is the edge of a word, with the character there in the match."""
    written = expression.pattern
    if expression.flags & re.VERBOSE:
        written = "".join(
            " " if piece == r"\ " else piece for piece in _PIECE.findall(written) if not piece.isspace()
        )
    written = written.replace(r"(?<!\w)", r"(?<![\w])").replace(r"(?!\w)", r"(?![\w])")
    written = _EDGE_BEFORE.sub(r"(?:^|[^\1])", written)
    written = _EDGE_BEHIND.sub(r"(?:$|[^\1])", written)
    written = _without_looking_ahead(written).replace(r"\b", "")
    return "".join(_with_letters(piece) for piece in _PIECE.findall(written))


def _with_letters(piece: str) -> str:
    if piece == r"\w":
        return f"[{_LETTERS}]"
    if piece == r"\W":
        return f"[^{_LETTERS}]"
    return piece.replace(r"\w", _LETTERS) if piece.startswith("[") else piece


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
