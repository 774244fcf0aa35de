"""What is stored beside what is there: verdicts and findings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.store.values import Finding, KnownRow, ReconcileState, Verdict


@dataclass(frozen=True, slots=True)
class There:
    """What Business Central has in a window of numbers."""

    ids: Mapping[int, str | None]
    """By number; None where the id cannot be read."""
    unnumbered: int
    """Rows whose number cannot be read: they could be any."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A verdict, and how many rows kept it from being sure."""

    verdict: Verdict
    unsure: int


def compare(above: int, up_to: int, known: Sequence[KnownRow], there: There) -> Compared:
    """Judge the known rows of a window.

    A number whose row has an unreadable id is taken for the known row; where rows came without a number,
    nothing is taken for missing, since each of them could be it.
    """
    missing: list[KnownRow] = []
    replaced: list[KnownRow] = []
    back: list[KnownRow] = []
    present = 0
    for row in known:
        if row.number not in there.ids:
            missing.append(row)
        elif there.ids[row.number] not in (row.id, None):
            replaced.append(row)
        else:
            present += 1
            if row.gone and there.ids[row.number] is not None:
                back.append(row)
    if there.unnumbered:
        present += len(missing)
        missing.clear()
    verdict = Verdict(above, up_to, present, tuple(missing), tuple(replaced), tuple(back))
    return Compared(verdict, there.unnumbered)


def finding_of(
    state: ReconcileState, highest_read: int, highest_there: int, before: Finding | None
) -> Finding | None:
    """What a whole run says of the connection.

    Another row under a known number is proof: numbers are given once (AutoIncrement), so the environment was
    restored or copied. That finding holds until the numbers have passed all those that were read. A highest
    number below is no proof: purging the newest rows looks the same, and retention, which takes the oldest
    first, explains it where nothing known is left.
    """
    below = highest_there < highest_read
    if state.replaced or (below and before is Finding.RESTORED):
        return Finding.RESTORED
    if below and highest_there > 0:
        return Finding.NEWEST_MISSING if state.present else Finding.RESTORED
    return None
