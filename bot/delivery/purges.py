"""Messages about purges."""

from __future__ import annotations

from bot.cards.purge_run import progress_of_purge, purged_line, result_of_purge
from bot.cards.shared_problem import line_card
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.delivery.rendering import Rendered, Renderers
from bot.failures import NotFound
from bot.operations.actors import slack_user
from bot.operations.purging import PurgeDesk, PurgeReport
from bot.store.outbox import Told
from bot.store.postings import StoredPosting


@dataclass(frozen=True, slots=True)
class Purges:
    """Renders how far a purge is, how it ended, and what it did to a shared problem."""

    desk: PurgeDesk

    def register(self, renderers: Renderers) -> None:
        """Take care of these kinds of messages; runs of other kinds are others'."""
        renderers.register(self.progress, Told.PROGRESS)
        renderers.register(self.result, Told.RESULT)
        renderers.register(self.line, Told.PURGED)

    async def progress(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """As far as it is now."""
        report = await self._report(posting)
        return None if report is None else progress_of_purge(report, texts)

    async def result(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """How it ended."""
        report = await self._report(posting)
        return None if report is None else result_of_purge(report, texts)

    async def line(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """Who deleted how many."""
        return line_card(purged_line(str(slack_user(posting.actor)), posting.count, texts), texts)

    async def _report(self, posting: StoredPosting) -> PurgeReport | None:
        try:
            return await self.desk.report(posting.scope, posting.subject)
        except NotFound:
            return None
