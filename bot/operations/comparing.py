"""What is stored beside what is there: verdicts and findings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.dataclass import dataclass
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


LATE_FOR = timedelta(days=3)
"""So long after a row was logged another one beside it may still be new: a job's transaction that took hours,
a night or a weekend without comparing. What is older and unknown was forgotten on purpose."""


def compare(
    above: int, up_to: int, known: Sequence[KnownRow], there: There, now: datetime | None = None
) -> Compared:
    """Judge the known rows of a window, and name numbers among the latest of them that nobody knows.

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
    late = _late(known, there, now)
    verdict = Verdict(above, up_to, present, tuple(missing), tuple(replaced), tuple(back), late)
    return Compared(verdict, there.unnumbered)


def _late(known: Sequence[KnownRow], there: There, now: datetime | None) -> tuple[int, ...]:
    """Numbers are taken before a transaction ends, so that a row can become visible after pulls went past."""
    recent = (
        row.number
        for row in known
        if now is not None and row.logged_at is not None and now - row.logged_at <= LATE_FOR
    )
    first = next(recent, None)
    if first is None:
        return ()
    numbers = {row.number for row in known}
    return tuple(sorted(number for number in there.ids if number > first and number not in numbers))


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
