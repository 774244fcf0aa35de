"""Who fixes it, and what was read out of the message, in words. Keys of ``params`` are the classifier's
interface."""

from __future__ import annotations

from typing import Final

from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, lines, link, own
from bot.cards.texts import MessageId, Texts, msgid
from bot.cards.value_words import entity_and_name, value, worded
from bot.diagnosis.model import Fixer, Params

LABELS: Final[dict[str, MessageId]] = {
    "privilege": msgid("Missing privilege"),
    "access": msgid("Access needed"),
    "entity": msgid("Dataverse table"),
    "principal": msgid("Missing for"),
    "user_id": msgid("Dataverse user"),
    "team_id": msgid("Dataverse team"),
    "role_id": msgid("Security role"),
    "record_table": msgid("Table"),
    "record": msgid("Record"),
    "other_table": msgid("Related table"),
    "other_record": msgid("Related record"),
    "table": msgid("Table"),
    "field": msgid("Field"),
    "value": msgid("Value"),
    "max_length": msgid("Longest value allowed"),
    "mapping": msgid("Table mapping"),
    "company": msgid("Company"),
    "host": msgid("Server"),
    "code": msgid("Error code"),
}
"""In the order in which they help."""

UNTOLD: Final = frozenset({"caller_id", "privilege_id", "otc", "product"})
"""Ids that only support engineers look up, and the other side's name, which everybody knows; they are in the
original text."""

_ROWS: Final = {"user_id": "systemuser", "team_id": "team", "role_id": "role"}
"""Ids of rows in Dataverse, and the table that they are in."""

_COPIED: Final = frozenset({"privilege", "code", "host", "mapping"})
"""Values that people copy into a search box."""

OF_ONE_RECORD: Final = frozenset({"record", "record_table", "value"})
"""Values that differ between the errors of one problem."""


def fixer_words(fixer: Fixer, texts: Texts) -> Markup:
    """Who ends it, as a word: never only a colour or a sign."""
    match fixer:
        case Fixer.ADMIN:
            return texts.gettext("For an administrator")
        case Fixer.USER:
            return texts.gettext("For the owner of the records")
        case Fixer.WAIT:
            return texts.gettext("Passes by itself")


def facts(params: Params, links: Links, texts: Texts) -> Markup:
    """One line for each thing that the message gave away; empty where there is nothing."""
    found = []
    for key, label in LABELS.items():
        if key in params and (shown := _shown(key, params, links, texts)):
            found.append(bold(texts.say(label)) + own(": ") + shown)
    return lines(found)


def _shown(key: str, params: Params, links: Links, texts: Texts) -> Markup:
    """The value; a row of Dataverse as a link to it; nothing for what another line says better."""
    if key == "principal":
        return _principal(params, texts)
    if key == "entity":
        return entity_and_name(params[key], texts)
    shown = worded(key, params[key], texts)
    if not shown:
        return EMPTY
    if key in _ROWS:
        address = links.dataverse_row(_ROWS[key], str(params[key]))
        return code(shown) if address is None else link(shown, address)
    return code(shown) if key in _COPIED else shown


def _principal(params: Params, texts: Texts) -> Markup:
    """Whether it is a user or a team, as long as no id tells which one."""
    if "user_id" in params or "team_id" in params:
        return EMPTY
    match params["principal"]:
        case "user":
            return texts.gettext("a Dataverse user")
        case "team":
            return texts.gettext("a Dataverse team")
        case other:
            return value(other)


def without(params: Params, keys: frozenset[str]) -> Params:
    """``params`` less those keys."""
    return {key: raw for key, raw in params.items() if key not in keys}
