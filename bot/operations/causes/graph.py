"""The order in which problems are to be fixed. Pure: knows neither store nor language.

A problem waits for at most one other: Business Central stops at a record's first error, so a record fails
for one reason at a time. What waits in a circle (a customer for its contact, the contact for its customer)
is cut open in front of the problem whose records are synchronized first. Everything takes linear time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.dataclass import dataclass
from bot.operations.views import NOTHING, Freed


@dataclass(frozen=True, slots=True)
class Wait:
    """A problem waits for another one."""

    problem: str
    waits_for: str
    errors: int
    """Of the problem that waits."""
    certain: bool = True
    """False where the evidence shows only that it may."""
    record: str = ""
    """The record that it waits for, and that fails in the other; empty where a whole table is refused."""
    rank: int = 0
    """Where that record's table stands in the order of synchronizing; 0 comes first."""


class CauseGraph:
    """Problems that wait for each other; one that is in no wait stands alone."""

    def __init__(self, waits: Iterable[Wait]) -> None:
        """Of several waits of one problem the first counts; nothing waits for itself."""
        known: dict[str, Wait] = {}
        for wait in waits:
            if wait.problem != wait.waits_for:
                known.setdefault(wait.problem, wait)
        self._waits: Mapping[str, Wait] = _without_circles(known)
        self._waiting: dict[str, list[Wait]] = {}
        for wait in self._waits.values():
            self._waiting.setdefault(wait.waits_for, []).append(wait)
        for waiting in self._waiting.values():
            waiting.sort(key=lambda wait: (-wait.errors, wait.problem))
        self._freed = self._add_up()

    def __bool__(self) -> bool:
        return bool(self._waits)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Every problem that waits for another one."""
        return tuple(self._waits)

    def wait_of(self, problem: str) -> Wait | None:
        """What the problem itself waits for."""
        return self._waits.get(problem)

    def waiting_for(self, problem: str) -> tuple[Wait, ...]:
        """What waits for the problem directly, most errors first."""
        return tuple(self._waiting.get(problem, ()))

    def held_by(self, problem: str) -> str:
        """The one record of the problem that others wait for; empty where there is none, or several."""
        records = {one.record for one in self.waiting_for(problem)}
        return records.pop() if len(records) == 1 else ""

    def freed_by(self, problem: str) -> Freed:
        """What fixing the problem sets free, the problem itself not counted."""
        return self._freed.get(problem, NOTHING)

    def chain(self, problem: str) -> tuple[Wait, ...]:
        """The waits between the root cause and the problem, in the order of fixing: the root's first."""
        found = []
        wait = self._waits.get(problem)
        while wait is not None:
            found.append(wait)
            wait = self._waits.get(wait.waits_for)
        return tuple(reversed(found))

    def roots(self) -> tuple[str, ...]:
        """Problems that others wait for and that wait for none: certain ones first, then by errors freed."""
        roots = (problem for problem in self._waiting if problem not in self._waits)
        return tuple(sorted(roots, key=self._promise))

    def _promise(self, problem: str) -> tuple[bool, int, str]:
        freed = self._freed[problem]
        return (not freed.certain, -freed.errors, problem)

    def _add_up(self) -> dict[str, Freed]:
        freed: dict[str, Freed] = {}
        for wait in self._leaves_first():
            own = freed.get(wait.problem, NOTHING)
            sum_ = freed.get(wait.waits_for, NOTHING)
            freed[wait.waits_for] = Freed(
                sum_.errors + wait.errors + own.errors,
                sum_.problems + 1 + own.problems,
                sum_.certain and wait.certain and own.certain,
            )
        return freed

    def _leaves_first(self) -> Iterable[Wait]:
        """Every wait, after all those of whatever waits for its problem."""
        left = {problem: len(waiting) for problem, waiting in self._waiting.items()}
        ready = [problem for problem in self._waits if problem not in left]
        while ready:
            wait = self._waits.get(ready.pop())
            if wait is None:
                continue
            yield wait
            left[wait.waits_for] -= 1
            if left[wait.waits_for] == 0:
                ready.append(wait.waits_for)


def _without_circles(waits: Mapping[str, Wait]) -> dict[str, Wait]:
    """The waits less one of each circle: that of the problem whose awaited records come first in order."""
    kept = dict(waits)
    seen: dict[str, str] = {}
    for start in waits:
        path: list[str] = []
        problem = start
        while problem in waits and problem not in seen:
            seen[problem] = start
            path.append(problem)
            problem = waits[problem].waits_for
        if seen.get(problem) == start and problem in path:
            circle = path[path.index(problem) :]
            ranks = {waits[one].waits_for: waits[one].rank for one in circle}
            del kept[min(circle, key=lambda one: (ranks[one], one))]
    return kept
