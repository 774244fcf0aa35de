"""Reading Business Central now, because somebody asked, and telling how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.dataclass import dataclass
from bot.failures import ReadingBroke, StoreUnavailable
from bot.operations.ask import Ask
from bot.operations.durable.port import Durable, Outcome, OutcomeState
from bot.operations.pull import enqueue_pull
from bot.operations.views import Freshness, PullReport
from bot.store.values import Scope

_LOOKS_AFTER = (5.0, 30.0, 240.0)
"""Seconds between looks at a pull under way. Three looks, the first word and the last one make five answers:
as many as one interaction may be given (docs.slack.dev, "Handling user interaction")."""
_PATIENCE = 4 * 3600.0
"""Seconds after the last look; then the answer is what is stored. A first pull of millions of rows takes
longer than the 30 minutes that Slack gives for answering: the answer then comes as a message of its own."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """Enqueues a pull and follows it."""

    ask: Ask
    durable: Durable

    async def follow(self, scope: Scope) -> AsyncIterator[Freshness]:
        """Yield how far reading is, a few times at most; ends when it has ended or patience has.

        Two people who press *Refresh* at once follow the same pull. Raises StoreUnavailable where the pull
        ended because of that: of every other failure the store knows, of this one it may not. Raises
        ReadingBroke where the pull met a defect; the log of the process that read has its place.
        """
        pull = await enqueue_pull(self.durable, scope.connection)
        for seconds in _LOOKS_AFTER:
            yield await self.ask.freshness(scope)
            outcome = await self.durable.wait(pull, timeout=seconds)
            if outcome is not None:
                _check(outcome)
                return
        yield await self.ask.freshness(scope)
        outcome = await self.durable.wait(pull, timeout=_PATIENCE)
        if outcome is not None:
            _check(outcome)


def _check(outcome: Outcome) -> None:
    if outcome.state is OutcomeState.FAILED:
        raise ReadingBroke
    report = outcome.value
    if isinstance(report, PullReport) and report.failure_key == StoreUnavailable.key:
        raise StoreUnavailable
