"""Support requests: how far one is, and its files."""

from __future__ import annotations

from typing import Final

from bot.cards.support import progress_of_support, support_comment
from bot.cards.support_file import support_title
from bot.cards.support_zip import people_of, support_files
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.delivery.calling import NameOf, names_of
from bot.delivery.rendering import Attachment, Enclosure, Rendered, Renderers
from bot.failures import NotFound, StaleForm
from bot.operations.support import Gathering, SupportDesk
from bot.store.outbox import Told
from bot.store.postings import StoredPosting

_COMMENT: Final = 3_000
_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class SupportRequests:
    """Renders them. The dossier is read at the moment of delivery."""

    desk: SupportDesk
    gathering: Gathering
    name_of: NameOf

    def register(self, renderers: Renderers) -> None:
        """Take care of these kinds of messages; runs of other kinds are others'."""
        renderers.register(self.progress, Told.PROGRESS)
        renderers.register(self.files, Told.SUPPORT_REQUEST)

    async def progress(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """As far as it is now."""
        try:
            report = await self.desk.report(posting.scope, posting.subject)
        except (NotFound, StaleForm):
            return None
        return progress_of_support(report, texts)

    async def files(self, posting: StoredPosting, texts: Texts) -> Rendered | None:
        """The document and the ZIP, in the language that was chosen for them."""
        dossier = await self.gathering.dossier(posting.scope, posting.about)
        if dossier is None:
            return None
        names = await names_of(people_of(dossier), self.name_of)
        files = support_files(dossier, names, Texts.for_locale(dossier.wanted.language))
        title = support_title(dossier, texts).plain(_TITLE)
        return Attachment(
            name=f"{files.name}.md",
            content=files.document,
            title=title,
            comment=support_comment(dossier, texts).mrkdwn(_COMMENT),
            beside=(Enclosure(f"{files.name}.zip", files.archive, title),),
        )
