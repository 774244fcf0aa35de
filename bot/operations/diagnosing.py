"""A page of Business Central -> a page for the store: every error diagnosed and given its problem."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar

from bot.businesscentral.records import ErrorPage, SyncErrorRecord
from bot.dataclass import dataclass
from bot.diagnosis import UNKNOWN, Classifier, problem_id, problem_identity
from bot.operations.causes.awaiting import ties_of
from bot.store.values import ErrorToStore, PageToStore, Params, ProblemIdentity, RawRow, Scope, Tie

P = ParamSpec("P")
T = TypeVar("T")

DIAGNOSED_ON_THE_LOOP = 500
"""Messages; more are diagnosed in a thread, so that Slack is still answered within its 3 seconds."""


REMEMBERED = 1_000
"""Messages, of at most 2,048 characters each: most errors are another attempt that failed as before, and a
message always means the same."""


async def beside_the_loop(rows: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work on that many rows, in a thread where there are many."""
    if rows <= DIAGNOSED_ON_THE_LOOP:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that follows from a message, within a connection."""

    message: str
    problem: ProblemIdentity
    language: str
    params: Params
    rule: str
    topic: str | None
    ties: tuple[Tie, ...]


@lru_cache(maxsize=2)
def diagnosing_with(classifier: Classifier) -> Diagnosing:
    """One for all who use that classifier, since it remembers; the one before a rule was taught may still be
    at work."""
    return Diagnosing(classifier)


class Diagnosing:
    """Translates between the client's values and the store's, and remembers the last messages."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self._meaning = lru_cache(REMEMBERED)(self._read)
        self._is_prepared = False

    def meaning(self, scope: Scope, message: str) -> Meaning:
        """What follows from a message."""
        return self._meaning(scope, message)

    async def page(self, scope: Scope, page: ErrorPage, after: int) -> PageToStore:
        """The page with its diagnoses. Its cursor is the highest number in it, or ``after``."""
        if not self._is_prepared:
            await asyncio.to_thread(self.classifier.prepare)
            self._is_prepared = True
        errors = await beside_the_loop(len(page.rows), self._errors, scope, page.rows)
        numbers = [row.number for row in page.rows]
        numbers += [row.number for row in page.unreadable if row.number is not None]
        return PageToStore(
            errors=errors,
            unreadable=tuple(RawRow(row.number, row.reason, row.raw) for row in page.unreadable),
            cursor=max(numbers, default=after),
            next_link=page.next_link,
            catalogue_version=self.classifier.catalogue.version,
        )

    def _errors(self, scope: Scope, rows: tuple[SyncErrorRecord, ...]) -> tuple[ErrorToStore, ...]:
        meanings: dict[str, Meaning] = {}  # to look up a message alone takes half the time
        errors = []
        for row in rows:
            meaning = meanings.get(row.message)
            if meaning is None:
                meaning = meanings[row.message] = self._meaning(scope, row.message)
            errors.append(_error(row, meaning))
        return tuple(errors)

    def _read(self, scope: Scope, message: str) -> Meaning:
        diagnosis = self.classifier.classify(message)
        classes = self.classifier.catalogue.classes
        error_class = classes.get(diagnosis.class_code, classes[UNKNOWN])
        identity = problem_identity(diagnosis, error_class)
        return Meaning(
            message=message,
            problem=ProblemIdentity(
                id=problem_id(
                    scope.workspace, scope.connection, identity.class_code, identity.params, identity.masked
                ),
                class_code=identity.class_code,
                topic=identity.topic,
                params=identity.params,
                severity=int(error_class.severity),
                masked=identity.masked,
            ),
            language=diagnosis.language,
            params=diagnosis.params,
            rule=diagnosis.rule,
            topic=diagnosis.topic,
            ties=ties_of(diagnosis.class_code, diagnosis.topic, diagnosis.params),
        )


def _error(row: SyncErrorRecord, meaning: Meaning) -> ErrorToStore:
    return ErrorToStore(
        row.id,
        row.number,
        row.logged_at,
        # One object for all errors of a message: what is remembered by it is found without comparing texts.
        meaning.message,
        row.job_id,
        row.source_record_id,
        row.source_table,
        row.destination_record_id,
        row.destination_table,
        row.mapping,
        row.direction.value,
        row.job_type,
        row.modified_at,
        meaning.problem,
        meaning.language,
        meaning.params,
        meaning.rule,
        meaning.topic,
        meaning.ties,
    )
