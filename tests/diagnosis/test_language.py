"""The language of a text that no template tells: by words that only one of the known languages has."""

from __future__ import annotations

import pytest

from bot.diagnosis.language import UNDETERMINED, spoken_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The customer does not exist", "en"),
        ("Dat is fout, en dus niet", "nl"),
        ("nicht", "de"),
        ("Kundekontoen ble stengt", "nb"),
        ("Uživatel tam je", "cs"),
        ("Thesis, Atelier, nichts", UNDETERMINED),
        ("the klant is er niet", UNDETERMINED),
        ("", UNDETERMINED),
    ],
)
def test_a_language_is_told_by_whole_words_of_no_other(text: str, language: str) -> None:
    assert spoken_language(text) == language


def test_only_the_beginning_is_read() -> None:
    assert spoken_language("x" * 300 + " the") == UNDETERMINED
