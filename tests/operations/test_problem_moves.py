"""The life of a problem: what each move makes of each state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operations.problem_moves import Move, Moved, WhyNot, moved
from bot.operations.rights import Act
from bot.store.care import Care
from bot.store.outbox import Told
from bot.store.values import ProblemState

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
OPEN, FIXED = ProblemState.OPEN, ProblemState.FIXED
ME, YOU = "U1", "U2"


@pytest.mark.parametrize(
    ("care", "move", "expected"),
    [
        (Care(OPEN, ""), Move.CLAIM, Moved(Care(OPEN, ME), Told.CLAIMED)),
        (Care(OPEN, ME), Move.CLAIM, WhyNot.YOURS),
        (Care(OPEN, YOU), Move.CLAIM, WhyNot.SOMEBODY_ELSES),
        (Care(FIXED, ""), Move.CLAIM, WhyNot.IS_FIXED),
        (Care(OPEN, ME), Move.RELEASE, Moved(Care(OPEN, ""), Told.RELEASED)),
        (Care(OPEN, YOU), Move.RELEASE, Moved(Care(OPEN, ""), Told.RELEASED)),
        (Care(OPEN, ""), Move.RELEASE, WhyNot.NOBODYS),
        (Care(FIXED, ME), Move.RELEASE, WhyNot.IS_FIXED),
        (Care(OPEN, ""), Move.MARK_FIXED, Moved(Care(FIXED, "", ME, AT), Told.FIXED)),
        (Care(OPEN, YOU), Move.MARK_FIXED, Moved(Care(FIXED, YOU, ME, AT), Told.FIXED)),
        (Care(FIXED, "", YOU, AT), Move.MARK_FIXED, WhyNot.IS_FIXED),
        (Care(FIXED, YOU, YOU, AT), Move.REOPEN, Moved(Care(OPEN, YOU, ME, AT), Told.REOPENED)),
        (Care(OPEN, ""), Move.REOPEN, WhyNot.IS_OPEN),
    ],
)
def test_moves(care: Care, move: Move, expected: Moved | WhyNot) -> None:
    assert moved(care, move, ME, AT) == expected


@pytest.mark.parametrize("move", Move)
def test_what_is_superseded_stays_as_it_is(move: Move) -> None:
    assert moved(Care(ProblemState.SUPERSEDED, ME), move, ME, AT) is WhyNot.SUPERSEDED


@pytest.mark.parametrize("move", Move)
def test_every_move_is_in_the_table_of_rights(move: Move) -> None:
    assert move.act in Act


@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from([ME, YOU])), max_size=12))
def test_every_move_has_its_inverse(moves: list[tuple[Move, str]]) -> None:
    inverse = {
        Move.CLAIM: Move.RELEASE,
        Move.RELEASE: Move.CLAIM,
        Move.MARK_FIXED: Move.REOPEN,
        Move.REOPEN: Move.MARK_FIXED,
    }
    care = Care(OPEN, "")
    for move, by in moves:
        outcome = moved(care, move, by, AT)
        if isinstance(outcome, Moved):
            back = moved(outcome.care, inverse[move], care.assignee or by, AT)
            assert isinstance(back, Moved)
            assert (back.care.state, back.care.assignee) == (care.state, care.assignee)
            care = outcome.care
