"""The catalogue as it is shipped, on cards, in every language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.error import error_card
from bot.cards.facts import LABELS, UNTOLD
from bot.cards.overview import overview_card
from bot.cards.plain import plain
from bot.cards.problem import problem_card
from bot.cards.texts import Texts, languages
from bot.diagnosis import PARAM_KEYS, ErrorClass, Params, load_catalogue
from tests.cards.oracle import check
from tests.cards.scene import (
    MISSING_READ,
    USER_ID,
    detail,
    error_view,
    overview,
    shown,
    stored_error,
    without_buttons,
)

EVERYTHING: Params = {
    key: {"max_length": 50, "otc": 10188}.get(key, USER_ID if key.endswith("_id") else f"some {key}")
    for key in PARAM_KEYS
}
RECORDS = tuple(
    replace(detail().records[0], record_id=f"Customer: {'Ø' * 18}{number}", table=18) for number in range(8)
)


def test_every_fact_that_the_classifier_reads_has_a_label_or_is_left_out_on_purpose() -> None:
    assert set(LABELS) | UNTOLD == set(PARAM_KEYS)
    assert not set(LABELS) & UNTOLD


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize("params", [{}, EVERYTHING], ids=["no params", "all params"])
@pytest.mark.parametrize("error_class", load_catalogue().classes.values(), ids=lambda known: known.code)
def test_every_class_reads_whole(error_class: ErrorClass, params: Params, language: str) -> None:
    texts = Texts.for_locale(language)
    for topic in (None, *error_class.steps_by_topic):
        line = replace(MISSING_READ, error_class=error_class, params=params, topic=topic)
        steps = error_class.remedy(topic)
        latest = stored_error(params=params, message="w" * 2048, topic=topic)
        problem = problem_card(detail(line=line, steps=steps, latest=latest, records=RECORDS), texts)
        error = error_card(error_view(line=line, steps=steps, error=latest), texts)
        for card in (problem, error, overview_card(overview(lines=(line,)), texts)):
            check(card)
            check(plain(card))
            read = without_buttons(shown(card))
            for label in (texts.gettext("Find a match…"), texts.gettext("Resolve conflict…")):
                read = read.replace(label.plain(40), "")  # steps name these buttons
            assert "…" not in read, "a hole without its value, or a text that was cut"
        assert f"{'Ø' * 18}7 · 9 " in shown(problem), "the last record of the page is left out"
