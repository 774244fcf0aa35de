"""What became of a row in Dataverse, and whose it is, in words."""

from __future__ import annotations

from bot.cards.access_words import short, table_name
from bot.cards.dates import moment
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, link, own, sentence
from bot.cards.texts import Texts
from bot.dataverse import Standing
from bot.operations.access import RowFacts


def row_words(facts: RowFacts, links: Links, texts: Texts, problem: str | None) -> Markup:
    """Which row, and what became of it; ``problem`` is the one whose latest error is meant."""
    label = texts.gettext("Row") if problem is None else texts.gettext("Row of the latest error")
    row, table = facts.found.row, short(table_name(facts.table, texts))
    name = short(row.name) if row is not None and row.name else code(short(facts.row_id))
    if row is not None:
        name = link(name, links.dataverse_row(facts.table.logical_name, facts.row_id))
    return bold(label) + own(": ") + sentence((table, name)) + own(": ") + _standing(facts, links, texts)


def _standing(facts: RowFacts, links: Links, texts: Texts) -> Markup:
    found = facts.found
    match found.standing:
        case Standing.ACTIVE:
            return texts.gettext("it exists and is active")
        case Standing.INACTIVE:
            return bold(texts.gettext("it exists, but is inactive. Somebody has to activate it."))
        case Standing.ABSENT:
            words = texts.gettext("it does not exist, as far as the bot can see: deleted, or never there")
            return bold(words)
    when = moment(found.deleted_at) if found.deleted_at else EMPTY
    if found.deleted_by and found.deleted_at:
        told = texts.gettext("deleted by {name}, {time}.", name=short(found.deleted_by), time=when)
    elif found.deleted_at:
        told = texts.gettext("deleted, {time}.", time=when)
    else:
        told = texts.gettext("deleted.")
    if found.standing is Standing.IN_BIN:
        way = texts.gettext(
            "An administrator can restore it in the admin center: environment, Settings, Data management, "
            "Deleted records."
        )
        opened = link(texts.gettext("Open the admin center"), links.admin_center())
        return sentence((bold(told), way, opened))
    return bold(told)


def owner_words(facts: RowFacts, texts: Texts) -> Markup:
    """Who owns it; empty where nobody does, or it is gone."""
    row = facts.found.row
    if row is None or row.owner is None or not row.owner.name:
        return EMPTY
    owner = row.owner
    kind = texts.gettext("team") if owner.principal.kind == "team" else texts.gettext("user")
    unit = owner.business_unit
    return (
        bold(texts.gettext("Owner"))
        + own(": ")
        + dotted(
            (
                short(owner.name),
                kind,
                texts.gettext("business unit {name}", name=short(unit.name)) if unit and unit.name else EMPTY,
            )
        )
    )
