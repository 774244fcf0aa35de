"""The chain of a problem fits, whatever stands in it, and leads along it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.order import order_words
from bot.cards.problem import problem_card
from bot.cards.texts import Texts
from bot.operations.views import Chain, ChainLink, Freed, RealCause
from tests.cards.oracle import check, mrkdwn_texts
from tests.cards.scene import EURO, MISSING_READ, NOW, detail, shown

ENGLISH, DUTCH = Texts.for_locale("en"), Texts.for_locale("nl-NL")
HOSTILE = "<!channel> *on* <https://evil.example|press> " + "x" * 3_000


@pytest.mark.parametrize("texts", [ENGLISH, DUTCH])
def test_a_long_chain_of_hostile_records_fits(texts: Texts) -> None:
    worst = replace(EURO, params={"field": HOSTILE, "other_record": HOSTILE}, example_record=HOSTILE)
    chain = Chain(
        awaited=(f"Customer: {HOSTILE}", f"Vendor: {HOSTILE}"),
        links=tuple(ChainLink(replace(worst, id=f"p{n}"), HOSTILE, certain=n % 2 == 0) for n in range(6)),
        left_out=99_990,
        followers=(worst, worst, worst),
        more_followers=99_997,
    )
    card = problem_card(
        detail(
            chain=chain,
            real_cause=RealCause(2**62, NOW, HOSTILE, worst),
            line=replace(worst, frees=Freed(1, 1)),
        ),
        texts,
    )
    check(card)
    assert not any("<!channel>" in text for text in mrkdwn_texts(card))


def test_a_chain_is_told_from_the_root_on() -> None:
    link = ChainLink(MISSING_READ, "", certain=False)
    read = shown(problem_card(detail(chain=Chain(links=(link,), left_out=3)), ENGLISH))
    assert "1. Dataverse privilege missing: prvReadbcbi_company" in read
    assert "it is not certain that the next one waits for it" in read
    assert "3 more problems in between" in read


@pytest.mark.parametrize(
    ("freed", "words"),
    [
        (Freed(214, 3), "Fixing this frees 214 errors in 3 problems."),
        (Freed(1, 1, certain=False), "Fixing this frees up to 1 error in 1 problem."),
        (Freed(), ""),
    ],
)
def test_no_more_is_promised_than_is_certain(freed: Freed, words: str) -> None:
    assert order_words(replace(EURO, frees=freed), ENGLISH).plain(200) == words
