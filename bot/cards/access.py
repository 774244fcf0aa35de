"""What Dataverse says about a problem, on its card: who it is about, what is missing, where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.cards import blocks
from bot.cards.access_row import owner_words, row_words
from bot.cards.access_steps import access_steps, retry_step
from bot.cards.access_words import depth_words, short, table_name
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.facts import without
from bot.cards.failure import failure_sentence
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, joined, lines, link, own, sentence
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.dataverse import Depth, Role
from bot.diagnosis.model import Params
from bot.failures import DataverseNotSet
from bot.operations.access import (
    Finding,
    Holding,
    Lack,
    Look,
    PrincipalFacts,
    Reason,
    Unasked,
)
from bot.operations.access.advice import is_ones_own

_ROLES: Final = 8
_WHO: Final = frozenset({"principal", "user_id", "team_id"})
_WHAT: Final = frozenset({"privilege", "access", "entity"})
"""What the text of an error gives away of these, as ids and schema names, Dataverse says by name."""


@dataclass(frozen=True, slots=True)
class Said:
    """What Dataverse adds to a card."""

    parts: tuple[Part, ...] = ()
    tells_how: bool = False
    """It has the exact way to end it: a card leaves out steps that would say it again."""
    better: frozenset[str] = frozenset()
    """Facts of the text that are said here by name."""
    organization_id: str = ""
    """By which links to the admin center lead into the environment."""

    def left_of(self, params: Params) -> Params:
        """Facts of the text that are not said here."""
        return without(params, self.better)


SILENT: Final = Said()
"""Nothing was asked, or there is nothing to say."""


def access_said(look: Look | None, about: ButtonValue, links: Links, texts: Texts) -> Said:
    """What Dataverse said; ``about`` names the error."""
    if look is None:
        return SILENT
    if isinstance(look, Unasked):
        return _unasked(look, about, texts)
    if not look.says_something:
        return SILENT
    links = links.in_organization(look.organization_id)
    known = lines((bold(texts.gettext("In Dataverse")), *_told(look, about, links, texts)))
    parts = [Part(blocks.paragraphs((known,)), Importance.ESSENTIAL)]
    steps = tuple(_steps(look, links, texts))
    if steps:
        title = bold(texts.gettext("What to do"))
        parts.append(Part(blocks.paragraphs((title, *steps)), Importance.ESSENTIAL))
    parts.append(Part((blocks.actions(*_buttons(look.lack, about, texts)),), Importance.ESSENTIAL))
    named = _WHO if look.who is not None and look.who.name else frozenset()
    better = named | _WHAT if look.lack is not None else named
    return Said(tuple(parts), bool(steps), better, look.organization_id)


def _unasked(look: Unasked, about: ButtonValue, texts: Texts) -> Said:
    told = Part((blocks.context(failure_sentence(look.failure, texts)),), Importance.EXTRA)
    if isinstance(look.failure, DataverseNotSet):
        return Said((told,))
    return Said((told, Part((blocks.actions(_again(about, texts)),), Importance.EXTRA)))


def _steps(found: Finding, links: Links, texts: Texts) -> Iterator[Markup]:
    if found.lack is not None and found.who is not None:
        yield from access_steps(found.who, found.lack, links, texts)
    elif found.has_roles_now:
        yield retry_step(texts)


def asking(texts: Texts) -> Said:
    """In the place of what Dataverse has not said yet."""
    words = texts.gettext("Dataverse is being asked …")
    return Said((Part((blocks.context(words),), Importance.EXTRA),))


def not_asked(about: ButtonValue, texts: Texts) -> Said:
    """Where a card cannot wait for what Dataverse says."""
    button = Button(texts.gettext("Ask Dataverse"), Action.ACCESS_SHOW, about)
    return Said((Part((blocks.actions(button),), Importance.ESSENTIAL),))


def sent_card(texts: Texts) -> Card:
    """The script is on its way."""
    words = texts.gettext(
        "The script comes to you as a file, in a direct message. It is for a System Administrator of the "
        "Dataverse environment; read it before it is run. The bot itself grants nothing."
    )
    return compose(words, [Part((blocks.section(words),), Importance.ESSENTIAL)], texts)


def needless_card(texts: Texts) -> Card:
    """There is nothing left to grant."""
    words = texts.gettext("The privilege is there by now, so no script is needed. Retry what failed.")
    return compose(words, [Part((blocks.section(words),), Importance.ESSENTIAL)], texts)


def script_title(texts: Texts) -> Markup:
    """Name of the file."""
    return texts.gettext("Script that grants a missing privilege")


def script_comment(texts: Texts) -> Markup:
    """Beside the file."""
    return texts.gettext(
        "For a System Administrator of the Dataverse environment. With {option} it only shows what it "
        "would do.",
        option=code(own("-WhatIf")),
    )


def _told(found: Finding, about: ButtonValue, links: Links, texts: Texts) -> Iterator[Markup]:
    if found.who is not None:
        yield from _who(found.who, links, texts)
    if found.has_roles_now:
        yield bold(texts.gettext("fixed meanwhile: there are roles now."))
    if found.lack is not None:
        yield _lack(found.lack, texts)
    if found.row is not None:
        yield row_words(found.row, links, texts, about.problem)
        if owner := owner_words(found.row, texts):
            yield owner


def _who(who: PrincipalFacts, links: Links, texts: Texts) -> Iterator[Markup]:
    is_team = who.principal.kind == "team"
    if not who.name:
        gone = (
            texts.gettext("The team no longer exists.")
            if is_team
            else texts.gettext("The user no longer exists.")
        )
        yield sentence((gone, code(short(who.principal.id))))
        return
    label = texts.gettext("Team") if is_team else texts.gettext("User")
    name = link(short(who.name), links.dataverse_row(who.principal.kind, who.principal.id))
    yield (
        bold(label)
        + own(": ")
        + dotted(
            (
                name,
                texts.gettext("application user") if who.is_application else EMPTY,
                texts.gettext("business unit {name}", name=short(who.business_unit))
                if who.business_unit
                else EMPTY,
                bold(texts.gettext("disabled")) if who.is_disabled else EMPTY,
            )
        )
    )
    yield bold(texts.gettext("Roles")) + own(": ") + _roles(who.roles, texts)


def _roles(roles: Sequence[Role], texts: Texts) -> Markup:
    if not roles:
        return bold(texts.gettext("none at all"))
    shown = joined((_role(role, texts) for role in roles[:_ROLES]), "; ")
    if len(roles) > _ROLES:
        more = texts.ngettext("{n} more role", "{n} more roles", len(roles) - _ROLES)
        return joined((shown, more), "; ")
    return shown


def _role(role: Role, texts: Texts) -> Markup:
    name = short(role.name)
    notes = []
    if role.through is not None:
        notes.append(texts.gettext("through team {name}", name=short(role.through.name)))
    if not is_ones_own(role):
        notes.append(texts.gettext("standard"))
    return name if not notes else name + own(" (") + joined(notes, ", ") + own(")")


def _lack(lack: Lack, texts: Texts) -> Markup:
    privilege = code(short(lack.privilege.name))
    label = bold(texts.gettext("Privilege")) + own(": ")
    what = privilege
    if lack.table is not None:
        what = texts.gettext(
            "{privilege} on table {table}", privilege=privilege, table=short(table_name(lack.table, texts))
        )
    match lack.holding:
        case Holding.HELD if lack.reason is Reason.THIS_RECORD:
            state = texts.gettext("fixed meanwhile: it reaches the record below now.")
        case Holding.HELD:
            state = texts.gettext(
                "fixed meanwhile: it is there now, for {depth}.",
                depth=depth_words(lack.held or lack.needed, texts),
            )
        case Holding.TOO_SHORT if lack.reason is Reason.THIS_RECORD:
            state = texts.gettext(
                "it is there for {held}, which does not reach the record below; needed is {needed}",
                held=depth_words(lack.held or Depth.BASIC, texts),
                needed=depth_words(lack.needed, texts),
            )
        case Holding.TOO_SHORT:
            state = texts.gettext(
                "it is there by now, but only for {held}; needed is {needed}",
                held=depth_words(lack.held or Depth.BASIC, texts),
                needed=depth_words(lack.needed, texts),
            )
        case _:
            state = texts.gettext(
                "still missing; needed for {needed}", needed=depth_words(lack.needed, texts)
            )
    words = label + what + own(", ") + bold(state)
    return words if lack.holding is Holding.HELD else sentence((words + own("."), _reason(lack, texts)))


def _reason(lack: Lack, texts: Texts) -> Markup:
    match lack.reason:
        case Reason.ONLY_ONE:
            return texts.gettext("Rows of this table belong to nobody, so there is no smaller depth.")
        case Reason.OWNS:
            return texts.gettext("Whoever is to own a row must be able to read it; more is not needed.")
        case Reason.THIS_RECORD:
            return _reach(lack, texts)
        case Reason.SYNCHRONIZES:
            return texts.gettext(
                "That depth is a rule of thumb, not something that Dataverse tells: who synchronizes works "
                "with rows of everybody. Less will do where all rows belong to one business unit."
            )


def _reach(lack: Lack, texts: Texts) -> Markup:
    """Why that far, for one record."""
    unit = short(lack.record_unit)
    match lack.needed:
        case Depth.BASIC:
            return texts.gettext("The record is its own; other records may need more.")
        case Depth.LOCAL:
            return texts.gettext(
                "Both are in business unit {unit}; records of other business units need more.", unit=unit
            )
        case _:
            return texts.gettext("Less may not reach the record's business unit {unit}.", unit=unit)


def _buttons(lack: Lack | None, about: ButtonValue, texts: Texts) -> Iterator[Button]:
    if lack is not None and lack.holding is not Holding.HELD:
        yield Button(texts.gettext("Script for an administrator"), Action.ACCESS_SCRIPT, about)
    yield _again(about, texts)


def _again(about: ButtonValue, texts: Texts) -> Button:
    return Button(texts.gettext("Ask Dataverse again"), Action.ACCESS_AGAIN, about)
