"""What is there to purge: counts, causes and verdicts, right to the entry, without looking at each of them.

Of a million stored errors none is counted one by one: errors by problem and day, and by problem and record,
are kept anyway. Looked at are the entries of the one day in which a purge ends; and, where records whose
errors are not simply left over have entries on both sides of that moment, the entries on whichever side there
are fewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.dataclass import dataclass
from bot.store.columns import as_key
from bot.store.database import Database
from bot.store.days import days_present
from bot.store.entries import Entries
from bot.store.resolution import Resolution, has_case
from bot.store.values import Scope
from bot.store.verdicts import Sums, Until, Verdicts


@dataclass(frozen=True, slots=True)
class Share:
    """One cause's part in what is there to purge."""

    problem_id: str
    entries: int
    resolved: int
    matters: int

    @property
    def unknown(self) -> int:
        """Entries of which nobody can tell."""
        return self.entries - self.resolved - self.matters


@dataclass(frozen=True, slots=True)
class Census:
    """Entries that Business Central has, as far as is stored, logged until then and up to that number."""

    logged_until: datetime
    highest_number: int
    shares: tuple[Share, ...]
    """By cause, the largest first."""
    oldest: datetime | None
    newest: datetime | None
    newest_resolved: datetime | None

    @property
    def entries(self) -> int:
        """All of them."""
        return sum(share.entries for share in self.shares)

    @property
    def resolved(self) -> int:
        """Those whose record has synchronized since."""
        return sum(share.resolved for share in self.shares)

    @property
    def matters(self) -> int:
        """Those that still matter."""
        return sum(share.matters for share in self.shares)

    @property
    def unknown(self) -> int:
        """Those of which nobody can tell."""
        return sum(share.unknown for share in self.shares)


@dataclass(frozen=True, slots=True)
class Censuses:
    """Takes a census of a connection."""

    database: Database

    async def take(
        self, scope: Scope, untils: Sequence[datetime], evidence_until: datetime, problem_id: str = ""
    ) -> tuple[Census, ...]:
        """For each of ``untils``, the entries logged until then; of one problem or of all.

        Evidence of jobs that started later than ``evidence_until`` does not count.
        """
        async with self.database.reading() as connection:
            entries = Entries(
                connection, scope, await days_present(connection, scope, problem_id), problem_id
            )
            verdicts = Verdicts([Until(until) for until in untils])
            await verdicts.read(connection, scope, evidence_until, problem_id)
            return tuple([await _census(entries, verdicts, until) for until in verdicts.untils])

    async def entries(self, scope: Scope, until: datetime, problem_id: str = "") -> int:
        """How many entries were logged until then, and nothing else of them; of one problem or of all."""
        async with self.database.reading() as connection:
            days = await days_present(connection, scope, problem_id)
            by_problem = await Entries(connection, scope, days, problem_id).until(until)
        return sum(by_problem.values())


async def _census(entries: Entries, verdicts: Verdicts, until: Until) -> Census:
    oldest, newest = await entries.span(until.moment)
    by_problem = await entries.until(until.moment)
    known = Counter(until.whole)
    if until.mixed or verdicts.without_case:
        known.update(await _mixed(entries, verdicts, until))
    return Census(
        logged_until=until.moment,
        highest_number=entries.highest_number(until.moment),
        shares=_shares(by_problem, known),
        oldest=oldest,
        newest=newest,
        newest_resolved=verdicts.newest_resolved and min(verdicts.newest_resolved, until.moment),
    )


async def _mixed(entries: Entries, verdicts: Verdicts, until: Until) -> Sums:
    """Entries of cases that lie on both sides of the moment, and of what is no case, on this side."""
    older = entries.fewer_are_older(until.moment)
    records = {record for _, record in until.mixed}
    there: Sums = Counter()
    async for problem, record, count in entries.beside(until.moment, records, older=older):
        verdict = until.mixed.get((problem, as_key(record)))
        if verdict is None and not has_case(record):
            verdict = Resolution.UNKNOWN
        if verdict is not None:
            there[problem, verdict] += count
    if older:
        return there
    both = Counter(until.mixed_sums)
    both.update(verdicts.without_case)
    both.subtract(there)
    return both


def _shares(by_problem: Mapping[str, int], known: Sums) -> tuple[Share, ...]:
    shares = [
        Share(
            problem,
            entries=count,
            resolved=known[problem, Resolution.RESOLVED],
            matters=count - known[problem, Resolution.RESOLVED] - known[problem, Resolution.UNKNOWN],
        )
        for problem, count in by_problem.items()
        if count > 0
    ]
    return tuple(sorted(shares, key=lambda share: (-share.entries, share.problem_id)))
