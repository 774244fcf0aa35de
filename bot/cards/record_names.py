"""Records as a person reads them: by name, with a link where one is known."""

from __future__ import annotations

from typing import Final

from bot.businesscentral.record_ids import RecordId, parse_record_id
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, link, own
from bot.cards.outside import Outside
from bot.cards.texts import MessageId, Texts, msgid

_NAME: Final = 90
"""Characters of a record's id: composite keys are longer than single ones, none is a sentence."""

_CAPTIONS: Final[dict[str, MessageId]] = {
    "Job Task": msgid("Project Task"),
    "Job Journal Line": msgid("Project Journal Line"),
}
"""Tables whose NAME, as record ids have it, is not what people see on any page (BCApps, JobTask.Table.al)."""


def record_words(text: str, links: Links, texts: Texts, table_number: int = 0) -> Markup:
    """A record by its id (``Customer: 10000``), as a link where the connection knows its page; empty for
    none.

    A row of Dataverse reads as its table and id instead of Business Central's ``CRM Account: {...}``.
    """
    record = parse_record_id(text, table_number)
    if record is None:
        return EMPTY
    return link(_name(record, texts), links.parsed(record))


def _name(record: RecordId, texts: Texts) -> Markup:
    if record.entity is not None and record.row_id is not None:
        return texts.gettext(
            "{table} in Dataverse ({id})",
            table=Outside(record.entity).short(_NAME),
            id=Outside(record.row_id).short(_NAME),
        )
    caption = _CAPTIONS.get(record.table_name)
    if caption is not None and record.table is not None and record.keys:
        return texts.say(caption) + own(": ") + Outside(",".join(record.keys)).short(_NAME)
    return Outside(record.text).short(_NAME)
