"""Bounds of a purge as a button and a form carry them: short, versioned by their own form, never trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.failures import StaleForm
from bot.operations.purging import Bounds
from bot.store.purging import Purged

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS: Final = 5
_MOST: Final = 2**53


def written(bounds: Bounds) -> str:
    """Everything but the problem, which a button names anyway."""
    numbers = (
        _microseconds(bounds.logged_until),
        bounds.highest_number,
        _microseconds(bounds.evidence_until),
        bounds.entries,
    )
    return "|".join((bounds.what.value, *map(str, numbers)))


def read(text: str | None, problem_id: str) -> Bounds:
    """The bounds again. Raises StaleForm for anything that ``written`` did not write."""
    parts = (text or "").split("|")
    if len(parts) != _PARTS or any(not part.isascii() or not part.isdigit() for part in parts[1:]):
        raise StaleForm
    numbers = [int(part[:20]) for part in parts[1:]]
    if any(number > _MOST for number in numbers):
        raise StaleForm
    try:
        return Bounds(
            what=Purged(parts[0]),
            logged_until=_EPOCH + timedelta(microseconds=numbers[0]),
            highest_number=numbers[1],
            evidence_until=_EPOCH + timedelta(microseconds=numbers[2]),
            entries=numbers[3],
            problem_id=problem_id,
        )
    except (ValueError, OverflowError) as error:
        raise StaleForm from error


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
