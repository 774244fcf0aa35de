"""Records as a person reads them: "Customer 10000 · Adatum", with a link where one is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.businesscentral.record_ids import RecordId, parse_record_id
from bot.businesscentral.synchronized_tables import KeyKind
from bot.cards.links import Address, Links
from bot.cards.markup import EMPTY, Markup, dotted, joined, link, sentence
from bot.cards.outside import Outside
from bot.cards.table_names import document_words, entity_words, table_words
from bot.cards.texts import MessageId, Texts, msgid
from bot.store.record_names import NO_NAMES, Names, RecordName, RecordState

_KEY: Final = 90
"""Characters of a record's key: composite keys are longer than single ones, none is a sentence."""
_NAME: Final = 80
"""Characters of a record's name, which Business Central keeps in 100 at most."""

_OF_LINES: Final[Mapping[str, MessageId]] = {
    "Sales Invoice Line": msgid("Posted Sales Invoice"),
    "Price List Line": msgid("Price List"),
    "Job Journal Line": msgid("Project Journal"),
}
"""What a table's lines are lines of."""


def record_words(
    text: str,
    links: Links,
    texts: Texts,
    table_number: int = 0,
    names: Names = NO_NAMES,
) -> Markup:
    """A record by its id (``Customer: 10000``), as a link where the connection knows its page and it is still
    there; empty for none.

    ``names`` are those known, by record id as text. A row of Dataverse reads as its table and name instead of
    Business Central's ``CRM Account: {...}``; where the name is not known, as its table and id.
    """
    record = parse_record_id(text, table_number)
    if record is None:
        return EMPTY
    if record.blank:
        return texts.gettext("{table}, not created yet", table=_table(record, texts))
    known = names.get(text)
    says_more = known is not None and known.name.casefold() != text.partition(":")[2].strip().casefold()
    name = Outside(known.name).short(_NAME) if known is not None and says_more else EMPTY
    is_gone = known is not None and known.state is RecordState.DELETED
    address = None if is_gone else links.parsed(record) or _given(known, links)
    if record.row_id is not None:
        words = link(_row(record, name, texts), address)
    else:
        words = dotted((link(_record(record, texts), address), name))
    if record.option is not None:
        return words  # a value of a column: nothing that anybody could open
    return dotted((words, _fate(known, texts)))


def _table(record: RecordId, texts: Texts) -> Markup:
    if record.entity is not None:
        return entity_words(record.entity, texts)
    if record.table is not None:
        return table_words(record.table.name, texts)
    return Outside(record.table_name).short(_NAME)


def _row(record: RecordId, name: Markup, texts: Texts) -> Markup:
    """A row of Dataverse."""
    if name:
        return sentence((_table(record, texts), name))
    return texts.gettext(
        "{table} in Dataverse ({id})",
        table=_table(record, texts),
        id=Outside(record.row_id or "").short(_KEY),
    )


def _record(record: RecordId, texts: Texts) -> Markup:
    """A record of Business Central; what cannot be taken apart as it came."""
    if record.option is not None:
        return texts.gettext(
            "Option {value} of column {column} in Dataverse",
            value=Outside(record.option.value or "?").short(_KEY),
            column=Outside(record.option.column).short(_KEY),
        )
    if record.table is None or not record.keys:
        return Outside(record.text).short(_KEY)
    keys, table = record.keys, record.table
    called = document_words(table.name, keys[0], texts) if table.key[0].kind is KeyKind.OPTION else None
    if called is not None:
        keys = keys[1:]
    elif table.name == "Unit Group":
        keys = keys[:1]  # the other is a GUID; its name tells more
    if table.key[-1].kind is not KeyKind.INTEGER:
        return sentence((called or table_words(table.name, texts), _number(keys)))
    of_line = _OF_LINES.get(table.name)
    called = called or (table_words(table.name, texts) if of_line is None else texts.say(of_line))
    return texts.gettext(
        "{document}, line {number}",
        document=sentence((called, _number(keys[:-1]))),
        number=Outside(keys[-1]).short(_KEY),
    )


def _number(keys: tuple[str, ...]) -> Markup:
    return joined((Outside(key).short(_KEY) for key in keys), ", ")


def _given(known: RecordName | None, links: Links) -> Address | None:
    """Where Business Central says that the record is: by a bookmark, which nobody else can make."""
    return None if known is None else links.given(known.url)


def _fate(known: RecordName | None, texts: Texts) -> Markup:
    match known.state if known is not None else RecordState.UNKNOWN:
        case RecordState.DELETED:
            return texts.gettext("no longer there")
        case RecordState.UNREADABLE:
            return texts.gettext("could not be opened by Business Central")
        case _:
            return EMPTY
