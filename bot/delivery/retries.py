"""Messages about retries."""

from __future__ import annotations

from bot.cards.retry_run import progress_of_retry, result_of_retry, retried_line
from bot.cards.shared_problem import line_card
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.delivery.rendering import Rendered, Renderers
from bot.failures import NotFound
from bot.operations.retry import RetryDesk, RetryReport
from bot.store.outbox import Told
from bot.store.postings import StoredPosting


@dataclass(frozen=True, slots=True)
class RetryMessages:
    """Renders how far a retry is, what came of it, and what it did to a shared problem."""

    desk: RetryDesk

    def register(self, renderers: Renderers) -> None:
        """Take care of these kinds of messages; runs of other kinds are others'."""
        renderers.register(self.progress, Told.PROGRESS)
        renderers.register(self.result, Told.RESULT)
        renderers.register(self.line, Told.RETRIED)

    async def progress(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """As far as it is now."""
        report = await self._report(posting, posting.subject)
        return None if report is None else progress_of_retry(report, texts)

    async def result(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """What came of it."""
        report = await self._report(posting, posting.subject)
        return None if report is None else result_of_retry(report, texts)

    async def line(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """What came of it for this problem, for many to read."""
        report = await self._report(posting, posting.about, posting.subject)
        return None if report is None else line_card(retried_line(report, texts), texts)

    async def _report(self, posting: StoredPosting, run: str, problem: str = "") -> RetryReport | None:
        try:
            return await self.desk.report(posting.scope, run, problem)
        except NotFound:
            return None
