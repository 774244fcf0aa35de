"""Verdicts on a window, and what a whole run says."""

from __future__ import annotations

import pytest

from bot.operations.comparing import There, compare, finding_of
from bot.store.values import Finding, KnownRow, ReconcileState

RESTORED, MISSING = Finding.RESTORED, Finding.NEWEST_MISSING


def test_each_known_row_gets_the_verdict_that_fits() -> None:
    same, missing, other, back, vague, still_gone = (
        KnownRow(number, f"id {number}", gone=number in (4, 5, 6)) for number in range(1, 7)
    )
    there = There({1: "id 1", 3: "another", 4: "id 4", 5: None, 9: "not stored"}, unnumbered=0)

    verdict = compare(0, 6, (same, missing, other, back, vague, still_gone), there).verdict

    assert (verdict.above, verdict.up_to, verdict.present) == (0, 6, 3)
    assert verdict.missing == (missing, still_gone)
    assert verdict.replaced == (other,)
    assert verdict.back == (back,), "a row whose id cannot be read proves nothing"


def test_rows_without_a_number_keep_the_missing_from_being_marked() -> None:
    row = KnownRow(1, "id 1", gone=False)
    compared = compare(0, 1, (row,), There({}, unnumbered=2))
    assert (compared.verdict.missing, compared.verdict.present, compared.unsure) == ((), 1, 2)


@pytest.mark.parametrize(
    ("present", "replaced", "highest_there", "before", "finding"),
    [
        (5, 0, 10, None, None),
        (5, 0, 12, None, None),
        (5, 0, 9, None, MISSING),
        (0, 0, 0, None, None),  # retention took everything
        (0, 0, 3, None, RESTORED),  # nothing known is there, and yet there is something below
        (5, 1, 10, None, RESTORED),
        (5, 1, 20, None, RESTORED),
        (5, 0, 9, RESTORED, RESTORED),  # its rows are stored by now, their numbers still run behind
        (5, 0, 10, RESTORED, None),
        (5, 0, 10, MISSING, None),
    ],
)
def test_what_a_whole_run_says(
    present: int, replaced: int, highest_there: int, before: Finding | None, finding: Finding | None
) -> None:
    state = ReconcileState(present=present, missing=1, replaced=replaced)
    assert finding_of(state, 10, highest_there, before) is finding
