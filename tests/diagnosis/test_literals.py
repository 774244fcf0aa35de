"""All literals are looked for at once, each by a part of it: nothing that stands in a text may be missed,
and little that does not may be taken for it.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import load_catalogue
from bot.diagnosis.anchors import anchors
from bot.diagnosis.literals import Literals

WRITTEN = sorted({rule.template.longest for rule in load_catalogue().templates})
ALL = Literals((literal, literal) for literal in WRITTEN)
FEW = st.sets(st.binary(max_size=40).map(lambda drawn: bytes(97 + byte % 2 for byte in drawn)), max_size=12)


@given(st.lists(st.sampled_from(WRITTEN), max_size=4), st.text(max_size=60))
def test_what_stands_in_a_text_is_found(literals: list[str], between: str) -> None:
    text = between.join(["", *literals, ""])
    meant = ALL.meant_by(ALL.hits(text))
    assert {literal for literal in WRITTEN if literal in text} <= set(meant)


def test_hardly_anything_is_found_that_does_not_stand_there() -> None:
    found = sum(len(ALL.meant_by(ALL.hits(literal))) for literal in WRITTEN)
    standing = sum(other in literal for literal in WRITTEN for other in WRITTEN)
    assert found < 1.5 * standing


@given(FEW)
def test_an_anchor_is_part_of_its_literal_and_tells_it_from_the_others(literals: set[bytes]) -> None:
    found = anchors(literals)
    assert found.keys() == literals
    for literal, anchor in found.items():
        assert anchor in literal
        alike = [other for other, its_anchor in found.items() if its_anchor == anchor]
        assert alike == [literal] or literal.endswith(anchor)


def test_an_anchor_begins_with_what_texts_seldom_hold() -> None:
    common = [b"the customer %d of the order must be coupled" % number for number in range(9)]
    assert anchors([*common, b"the quota of the day"])[b"the quota of the day"].startswith(b"q")


def test_nothing_is_found_among_no_literals() -> None:
    assert Literals[int]([]).hits("anything") == ()
