"""Which card shows what: registered in the composition root, asked at the moment of delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.cards.card import Card
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.store.outbox import Told
from bot.store.postings import StoredPosting


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One more file of the same message."""

    name: str
    content: bytes
    title: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, and what is said beside it."""

    name: str
    content: bytes
    """At least one byte: Slack takes no empty file."""
    title: str
    comment: str
    """Mrkdwn, written by ``Markup.mrkdwn``."""
    beside: tuple[Enclosure, ...] = ()

    @property
    def files(self) -> tuple[Enclosure, ...]:
        """All of them, in their order."""
        return (Enclosure(self.name, self.content, self.title), *self.beside)


Rendered = Card | Attachment
Renderer = Callable[[StoredPosting, Texts], Awaitable[Rendered | None]]
"""The newest state of what a message tells; None for a subject that it does not know, or that has gone."""


class Renderers:
    """Renderers by kind.

    Several may share a kind (runs of a purge, runs of a retry): the first that knows the subject renders it.
    """

    def __init__(self) -> None:
        self._by_kind: dict[Told, list[Renderer]] = {}

    def register(self, renderer: Renderer, *kinds: Told) -> None:
        """Have messages of these kinds rendered by it."""
        for kind in kinds:
            self._by_kind.setdefault(kind, []).append(renderer)

    @property
    def kinds(self) -> frozenset[Told]:
        """What can be rendered."""
        return frozenset(self._by_kind)

    async def render(self, posting: StoredPosting) -> Rendered | None:
        """What the message shall show, in its language; None where there is nothing left to show."""
        texts = Texts.for_locale(posting.language)
        for renderer in self._by_kind.get(posting.kind, ()):
            rendered = await renderer(posting, texts)
            if rendered is not None:
                return rendered
        return None
