"""Cards of shared problems, and the lines of their threads."""

from __future__ import annotations

from typing import Final

from bot.cards.markup import EMPTY
from bot.cards.problem_line import problem_title
from bot.cards.shared_problem import line_card, shared_problem_card, succession_words, what_happened
from bot.cards.sharing import undelivered_card, undelivered_file_card
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.delivery.rendering import Rendered, Renderers
from bot.operations.sharing import Sharing
from bot.store.outbox import FILES, Told
from bot.store.postings import Postings, StoredPosting

LINES: Final = (
    Told.CLAIMED,
    Told.RELEASED,
    Told.FIXED,
    Told.REOPENED,
    Told.RECURRED,
    Told.OCCURRED,
)


@dataclass(frozen=True, slots=True)
class SharedProblems:
    """Renders what is told of shared problems."""

    sharing: Sharing

    def register(self, renderers: Renderers) -> None:
        """Take care of these kinds of messages."""
        renderers.register(self.card, Told.PROBLEM)
        renderers.register(self.line, *LINES)
        renderers.register(self.succession, Told.SUPERSEDED)
        renderers.register(self.undelivered, Told.UNDELIVERED)

    async def card(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """The problem as it is now."""
        view = await self.sharing.view(posting.scope, posting.subject)
        return None if view is None else shared_problem_card(view, texts)

    async def line(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """What happened to it."""
        words = what_happened(posting.kind, posting.actor, posting.count, texts)
        return line_card(words, texts) if words else None

    async def succession(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """That the card shows another problem now."""
        view = await self.sharing.view(posting.scope, posting.subject)
        return (
            None
            if view is None
            else line_card(succession_words(problem_title(view.line, texts), texts), texts)
        )

    async def undelivered(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """Why another message is not where somebody wanted it, and what it was about."""
        wanted = await Postings(self.sharing.database).get(posting.scope, posting.subject)
        if wanted is None:
            return None
        of_problem = wanted.kind in (Told.PROBLEM, Told.CALL_STACK, Told.SUPPORT_REQUEST)
        view = await self.sharing.view(wanted.scope, wanted.subject) if of_problem else None
        problem = EMPTY if view is None else problem_title(view.line, texts)
        draw = undelivered_file_card if wanted.kind in FILES else undelivered_card
        return draw(problem, wanted.failure, texts)
