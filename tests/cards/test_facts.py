"""What was read out of a message, line by line."""

from __future__ import annotations

from bot.cards.facts import LABELS, UNTOLD, facts
from bot.cards.links import Links
from bot.cards.texts import Texts
from tests.cards.scene import CRONUS

ENGLISH = Texts.for_locale("en-US")
LINKS = Links(CRONUS)


def test_a_value_that_is_blank_has_no_line() -> None:
    shown = facts({"host": " ", "value": "", "user_id": "", "field": "Currency Code"}, LINKS, ENGLISH)
    assert shown.plain(200) == "Field: Currency Code"


def test_what_everybody_knows_and_nobody_looks_up_has_no_line() -> None:
    assert not facts(dict.fromkeys(UNTOLD, "x"), LINKS, ENGLISH)
    assert not UNTOLD & LABELS.keys()
