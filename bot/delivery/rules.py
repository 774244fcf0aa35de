"""Messages about taught rules: how far diagnosing anew is, and the rules as a file."""

from __future__ import annotations

from bot.cards.rules import FILE, export_words
from bot.cards.teach import learning_card
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.delivery.rendering import Attachment, Rendered, Renderers
from bot.operations.rule_exchange import RuleExchange
from bot.operations.teach import RULES_FILE, Teaching
from bot.store.outbox import Told
from bot.store.postings import StoredPosting

_COMMENT = 1_000


@dataclass(frozen=True, slots=True)
class TaughtRuleMessages:
    """Renders them from what is stored now."""

    teaching: Teaching
    exchange: RuleExchange

    def register(self, renderers: Renderers) -> None:
        """Have them rendered."""
        renderers.register(self.learning, Told.PROGRESS)
        renderers.register(self.file, Told.EXPORT)

    async def learning(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """How far diagnosing stored errors anew is."""
        view = await self.teaching.learning(posting.scope, posting.subject)
        return None if view is None else learning_card(view, texts)

    async def file(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """All rules as they are now."""
        if not posting.subject.startswith(RULES_FILE):
            return None
        words = export_words(texts)
        content = (await self.exchange.export()).encode()
        return Attachment(FILE, content, str(words), words.mrkdwn(_COMMENT))
