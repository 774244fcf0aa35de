"""Files that somebody asked for, made from the store at the moment of delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.activity import activity_comment, activity_csv, activity_title
from bot.cards.archive import archive_comment
from bot.cards.call_stack import call_stack_file, call_stack_title
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.delivery.calling import NameOf, names_of
from bot.delivery.rendering import Attachment
from bot.failures import ErrorGone, NotFound, SourceFailure
from bot.operations.activity import Activity
from bot.operations.activity_list import ActivityFile
from bot.operations.archive import HEADINGS, MOST_IN_A_FILE, Archive, ArchiveFile
from bot.operations.ask import Ask
from bot.operations.call_stack import FILE, CallStacks
from bot.operations.csv_text import csv_file
from bot.operations.discreet import discreet_stack
from bot.store.outbox import Told
from bot.store.postings import StoredPosting

_COMMENT: Final = 1_000
_BY: Final = HEADINGS.index("Deleted by")


@dataclass(frozen=True, slots=True)
class ActivityExport:
    """Who did what, as a file."""

    activity: Activity
    ask: Ask
    name_of: NameOf

    async def __call__(self, posting: StoredPosting, texts: Texts) -> Attachment | None:
        """All the lines that were asked for, those of meanwhile included; None for another file."""
        wanted = ActivityFile.parse(posting.subject) if posting.kind is Told.EXPORT else None
        if wanted is None:
            return None
        lines = [line async for line in self.activity.all(posting.scope, wanted.wanted)]
        names = await names_of((line.actor for line in lines), self.name_of)
        connection = await self.ask.connection(posting.scope)
        name = connection.display_name or connection.company_name
        return Attachment(
            name=f"activity-{wanted.asked_at:%Y-%m-%d}.csv",
            content=activity_csv(lines, name, texts, names),
            title=activity_title(texts).plain(_COMMENT),
            comment=activity_comment(len(lines), texts).mrkdwn(_COMMENT),
        )


@dataclass(frozen=True, slots=True)
class ArchiveExport:
    """What Business Central has no more, as a file."""

    archive: Archive
    name_of: NameOf

    async def __call__(self, posting: StoredPosting, texts: Texts) -> Attachment | None:
        """The newest rows of what was asked for; None for another file."""
        wanted = ArchiveFile.parse(posting.subject) if posting.kind is Told.EXPORT else None
        if wanted is None:
            return None
        rows = await self.archive.newest(posting.scope, wanted.query)
        names = await names_of((str(row[_BY]) for row in rows), self.name_of)
        called = [(*row[:_BY], _called(str(row[_BY]), names), *row[_BY + 1 :]) for row in rows]
        return Attachment(
            name=f"archive-{wanted.asked_at:%Y-%m-%d}.csv",
            content=csv_file(HEADINGS, called),
            title=str(texts.gettext("Archive")),
            comment=archive_comment(len(rows), MOST_IN_A_FILE, texts).mrkdwn(_COMMENT),
        )


def _called(actor: str, names: Mapping[str, str]) -> str:
    """Name and id: the name for who reads it, the id since names change."""
    name = names.get(actor.partition(":")[2])
    return f"{name} ({actor})" if name else actor


@dataclass(frozen=True, slots=True)
class CallStackExport:
    """A whole call stack: for the one who asked, or masked for everybody in a thread."""

    call_stacks: CallStacks

    async def __call__(self, posting: StoredPosting, texts: Texts) -> Attachment | None:
        """As it is stored; None for another file, and where the error has been removed meanwhile."""
        for_many = posting.kind is Told.CALL_STACK
        if not for_many and not posting.subject.startswith(FILE):
            return None
        number = posting.about if for_many else posting.subject.removeprefix(FILE)
        if not number.isdecimal():
            return None
        try:
            view = await self.call_stacks.show(posting.scope, int(number))
        except (NotFound, ErrorGone, SourceFailure):
            return None
        if for_many:
            view = discreet_stack(view)
        title = call_stack_title(view, texts)
        return Attachment(
            name=f"call-stack-{view.number}.txt",
            content=call_stack_file(view),
            title=title.plain(_COMMENT),
            comment=title.mrkdwn(_COMMENT),
        )
