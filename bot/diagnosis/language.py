"""Which language a text shows where no template tells it: words that only one of the known languages has."""

from __future__ import annotations

from typing import Final

UNDETERMINED: Final = "und"
_READ_LENGTH: Final = 2048
_WORDS: Final = {
    "en": (" the ", "The ", " does not ", " failed", " missing ", " already exists", " denied", " limit of "),
    "nl": (" het ", " niet ", " een "),
    "de": (" nicht ", " wurde ", " werden "),
    "fr": (" pas ", " n'est ", " n’est ", " aucun "),
    "es": (" no se ", " usuario ", " registro "),
    "it": (" non è ", " della ", " utente "),
    "da": (" skal være ", " findes ", " blev ", "-rettighed "),
    "nb": ("rettigheten", " må være ", " ble "),
    "sv": (" och ", " inte ", " saknar "),
    "fi": (" ei ", " ei voida ", " ole "),
    "cs": (" není ", " nelze ", " uživatel "),
    "is": (" ekki ", " verður "),
}


def spoken_language(text: str) -> str:
    """The code of the only language whose words stand in the text; ``und`` where that is none or several."""
    head = text[:_READ_LENGTH]
    seen = [language for language, words in _WORDS.items() if any(word in head for word in words)]
    return seen[0] if len(seen) == 1 else UNDETERMINED
