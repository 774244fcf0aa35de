"""Which language a text shows where no template tells it: words that only one of the known languages has."""

from __future__ import annotations

from functools import cache
from typing import Final

from bot.diagnosis.literals import Literals

UNDETERMINED: Final = "und"
_READ_LENGTH: Final = 250
"""As many characters as Business Central keeps of a message."""
_WORDS: Final = {
    "en": ("the", "does", "failed", "missing", "already", "denied", "limit"),
    "nl": ("het", "niet", "een"),
    "de": ("nicht", "wurde", "werden"),
    "fr": ("pas", "n'est", "n’est", "aucun"),
    "es": ("usuario", "registro", "puede"),
    "it": ("non", "della", "utente"),
    "da": ("blev", "findes", "være"),
    "nb": ("ble", "finnes"),
    "sv": ("och", "inte", "saknar"),
    "fi": ("ei", "ole"),
    "cs": ("není", "nelze", "uživatel"),
    "is": ("ekki", "verður"),
}


def spoken_language(text: str) -> str:
    """The code of the only language whose words stand in a text in its even form; ``und`` where that is none
    or several."""
    words = _words()
    seen = set(words.meant_by(words.hits(f" {text[:_READ_LENGTH].lower()} ")))
    return seen.pop() if len(seen) == 1 else UNDETERMINED


@cache
def _words() -> Literals[str]:
    return Literals((f" {word} ", language) for language, words in _WORDS.items() for word in words)
