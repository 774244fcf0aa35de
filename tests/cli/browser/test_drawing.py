"""Cards as local-slack can draw them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.cards.card import Card
from bot.cards.overview import overview_card
from bot.cards.problem import problem_card
from bot.cards.texts import Texts
from bot.cli.browser.drawing import LocalSlackDrawing
from bot.clock import ManualClock
from tests.cards.oracle import mrkdwn_texts
from tests.cards.scene import detail, overview

ENGLISH, DUTCH = Texts.for_locale("en-US"), Texts.for_locale("nl-NL")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DRAW = LocalSlackDrawing(ManualClock(NOW), timezone(timedelta(hours=1)))


def card(text: str) -> Card:
    return Card(text=text, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}])


def drawn(text: str, texts: Texts = ENGLISH) -> str:
    result = DRAW(card(text), texts)
    assert result.text == result.blocks[0]["text"]["text"]
    return result.text


@pytest.mark.parametrize("texts", [ENGLISH, DUTCH], ids=["en", "nl"])
def test_only_what_the_page_knows_is_left(texts: Texts) -> None:
    for whole in (overview_card(overview(), texts), problem_card(detail(), texts)):
        seen = DRAW(whole, texts)
        assert {block["type"] for block in seen.blocks} <= {"header", "section", "context", "actions"}
        for text in (seen.text, *mrkdwn_texts(seen)):
            assert "<!" not in text
            assert "&lt;" not in text
            assert "&amp;" not in text
        buttons = [block for block in whole.blocks if block["type"] == "actions"]
        assert [block for block in seen.blocks if block["type"] == "actions"] == buttons


@pytest.mark.parametrize(
    ("token", "english", "dutch"),
    [
        ("{date_short_pretty} {time}|x", "seen today 9:00 AM.", "seen vandaag 09:00."),
        ("{date_short_pretty}|x", "seen today.", "seen vandaag."),
    ],
)
def test_moments_are_told_in_the_readers_language(token: str, english: str, dutch: str) -> None:
    text = f"seen <!date^{int(NOW.timestamp()) - 7200}^{token}>."
    assert drawn(text) == english
    assert drawn(text, DUTCH) == dutch


def test_a_moment_that_cannot_be_told_keeps_its_words() -> None:
    assert drawn("<!date^99999999999999^{date_short_pretty}|some day> and <!date^1^{other}|an hour>") == (
        "some day and an hour"
    )


def test_entities_read_as_signs_and_open_nothing() -> None:
    assert drawn("Fish &amp; Chips") == "Fish & Chips"
    assert drawn("&lt;https://evil.example|here&gt;") == "‹https://evil.example|here›"
    assert drawn("&amp;lt;!channel&amp;gt;") == "&lt;!channel&gt;"
    assert drawn("<https://ours.example/?a=1&b=2|*page*>") == "<https://ours.example/?a=1&b=2|*page*>"
