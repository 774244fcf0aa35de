"""Everything fits, and says so where something had to go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slackblocks import _limits as theirs

from bot.cards import blocks, limits
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import compose
from bot.cards.limits import Importance, Part, fit, length, shorten
from bot.cards.markup import own
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from tests.cards.oracle import accepted, check
from tests.cards.scene import readable, shown

ENGLISH = Texts.for_locale("en-US")


def test_the_numbers_are_those_of_the_oracle() -> None:
    assert limits.BLOCKS == theirs.MESSAGE_BLOCKS_MAX_ITEMS
    assert limits.SECTION_TEXT == limits.CONTEXT_TEXT == theirs.TEXT_MAX_LENGTH
    assert limits.HEADER_TEXT == theirs.HEADER_TEXT_MAX_LENGTH
    assert limits.CONTEXT_ELEMENTS == theirs.CONTEXT_ELEMENTS_MAX_ITEMS
    assert limits.ACTIONS_ELEMENTS == theirs.ACTIONS_ELEMENTS_MAX_ITEMS
    assert limits.BUTTON_TEXT == theirs.BUTTON_TEXT_MAX_LENGTH
    assert limits.BUTTON_VALUE == theirs.BUTTON_VALUE_MAX_LENGTH
    assert limits.ACCESSIBILITY_LABEL == theirs.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH
    assert limits.ACTION_ID == theirs.ACTION_ID_MAX_LENGTH
    assert limits.URL == theirs.BUTTON_URL_MAX_LENGTH
    assert limits.MESSAGE_TEXT == theirs.MARKDOWN_TOTAL_TEXT_MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 5, "short"),
        ("a word too many", 10, "a word…"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
        ("cafe\u0301s", 5, "caf…"),
        ("ab👍🏽c", 5, "ab…"),
        ("a🇳🇱🇧🇪", 6, "a🇳🇱…"),
        ("x", 0, ""),
        ("xyz", 1, "…"),
    ],
)
def test_shortening_is_kind_to_words_and_characters(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@given(st.text(max_size=200), st.integers(0, 120))
def test_what_is_shortened_fits_and_begins_the_same(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert length(short) <= limit
    if short != text and limit > 0:
        assert short.endswith("…")
        assert text.startswith(short[:-1])


@pytest.mark.parametrize("over", [0, 1, 500])
def test_each_text_at_and_over_its_limit(over: int) -> None:
    def long(limit: int) -> str:
        return "x" * (limit + over)

    value = ButtonValue(connection="c" * 60, problem="p" * 60, number=2**63 - 1, page=1_000_000)
    button = Button(own(long(75)), Action.PROBLEM_SHOW, value, own(long(75)))
    drawn = {
        limits.HEADER_TEXT: blocks.header(own(long(150)))["text"]["text"],
        limits.SECTION_TEXT: blocks.section(own(long(3000)))["text"]["text"],
        limits.BUTTON_TEXT: blocks.actions(button)["elements"][0]["text"]["text"],
        limits.PREFORMATTED_TEXT: next(limits.texts_of(blocks.preformatted(Outside(long(6000))))),
    }
    for limit, text in drawn.items():
        assert len(text) == limit
        assert text.endswith("…") == (over > 0)
    for block in (
        blocks.header(own(long(150))),
        blocks.section(own(long(3000)), button),
        blocks.actions(button),
    ):
        accepted(block)
    assert len(blocks.actions(button)["elements"][0]["accessibility_label"]) == limits.ACCESSIBILITY_LABEL
    assert len(value.encoded()) <= limits.BUTTON_VALUE


def test_escaping_counts() -> None:
    block = blocks.section(own("&" * 3000))
    assert len(block["text"]["text"]) <= limits.SECTION_TEXT
    assert readable(block["text"]["text"]).endswith("&…")
    accepted(block)


def test_the_top_level_text_fits() -> None:
    card = compose(own("<" * 5000), [Part((blocks.divider(),))], ENGLISH)
    assert len(card.text) <= limits.TOP_LEVEL_TEXT


def test_context_takes_ten_elements_and_leaves_out_empty_ones() -> None:
    block = blocks.context(own(""), *(own(str(number)) for number in range(12)))
    assert [element["text"] for element in block["elements"]] == [str(number) for number in range(10)]


@pytest.mark.parametrize("names", [[], [Action.OVERVIEW_SHOW] * 2])
def test_a_row_refuses_no_buttons_and_twins(names: list[Action]) -> None:
    with pytest.raises(ValueError, match="cannot share a row"):
        blocks.actions(*(Button(own("x"), name, ButtonValue(connection="c")) for name in names))


def _line(text: str) -> limits.Block:
    return blocks.section(own(text))


def test_fifty_blocks_stay_and_the_fifty_first_costs_two_and_is_told() -> None:
    fifty = [Part((_line(str(number)),)) for number in range(50)]
    assert len(compose(own("s"), fifty, ENGLISH).blocks) == 50

    card = compose(own("s"), [*fifty, Part((_line("50"),))], ENGLISH)
    check(card)
    assert len(card.blocks) == 50
    assert shown(card).splitlines()[-1] == "2 entries are left out here: Slack shows no more in one message."
    assert "48" in shown(card)


def test_the_least_important_goes_first_and_order_is_kept() -> None:
    parts = [
        Part((_line("head"),), Importance.ESSENTIAL),
        *(Part((_line(f"row {number}"),)) for number in range(49)),
        Part((_line("small print"),), Importance.EXTRA),
        Part((_line("buttons"),), Importance.ESSENTIAL),
    ]
    seen = [next(limits.texts_of(block)) for block in fit(parts, lambda n: _line(f"{n} gone"))]
    assert seen[0] == "head"
    assert "small print" not in seen
    assert seen[-2:] == ["buttons", "3 gone"]
    assert seen[-3] == "row 46"


def test_too_much_text_loses_parts_as_well() -> None:
    parts = [Part((_line("x" * 2900),)) for _ in range(6)]
    kept = fit(parts, lambda n: _line(f"{n} gone"))
    assert len(kept) == 5
    assert next(limits.texts_of(kept[-1])) == "2 gone"
