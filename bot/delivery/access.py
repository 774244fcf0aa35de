"""The script that grants a missing privilege, made at the moment of delivery."""

from __future__ import annotations

from typing import Final

from bot.cards.access import script_comment, script_title
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.delivery.rendering import Attachment
from bot.failures import DataverseFailure, NotFound
from bot.operations.access import Access
from bot.operations.access.access import FILE
from bot.store.postings import StoredPosting

_COMMENT: Final = 1_000
_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Windows PowerShell takes the file for another encoding."""


@dataclass(frozen=True, slots=True)
class AccessScriptExport:
    """For the one who asked."""

    access: Access

    async def __call__(self, posting: StoredPosting, texts: Texts) -> Attachment | None:
        """None for another file, and where nothing is missing any more or Dataverse does not answer."""
        if not posting.subject.startswith(FILE):
            return None
        number = posting.subject.removeprefix(FILE).partition("|")[0]
        if not number.isdecimal():
            return None
        try:
            script = await self.access.script(posting.scope, int(number))
        except (DataverseFailure, NotFound):
            return None
        if script is None:
            return None
        return Attachment(
            name=script.name,
            content=f"{_BYTE_ORDER_MARK}{script.text}".encode(),
            title=script_title(texts).plain(_COMMENT),
            comment=script_comment(texts).mrkdwn(_COMMENT),
        )
