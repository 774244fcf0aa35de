"""What Dataverse says about a problem, on its card: who it is about, what is missing, where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.failure import failure_words
from bot.cards.limits import Importance, Part
from bot.cards.links import Address, Links
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, joined, lines, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.dataverse import Depth, Role, Standing, Table
from bot.operations.access import (
    Finding,
    Holding,
    Lack,
    Look,
    Place,
    PrincipalFacts,
    Reason,
    RowFacts,
    Spot,
    Unasked,
)
from bot.operations.access.advice import is_ones_own

_NAME: Final = 80
_ROLES: Final = 8
_ENGLISH, _DUTCH = 1033, 1043
_SECURITY_ROLES: Final = Address("https://admin.powerplatform.microsoft.com/environments")


def access_parts(look: Look | None, about: ButtonValue, links: Links, texts: Texts) -> list[Part]:
    """Nothing where nothing was asked or there is nothing to say; ``about`` names the error."""
    if look is None:
        return []
    heading = bold(texts.gettext("In Dataverse"))
    if isinstance(look, Unasked):
        words = failure_words(look.failure.key, look.failure.facts, texts)
        told = sentence((words.what, words.next_step))
        return [Part((blocks.context(joined((heading, told), " ")),), Importance.EXTRA)]
    if not look.says_something:
        return []
    known = lines((heading, *_told(look, links, texts)))
    parts = [Part(blocks.paragraphs((known,)), Importance.ESSENTIAL)]
    if look.lack is not None and look.who is not None:
        steps = list(_steps(look.who, look.lack, texts))
        if steps:
            title = bold(texts.gettext("To end this in Dataverse"))
            parts.append(Part(blocks.paragraphs((title, *steps)), Importance.ESSENTIAL))
        parts.append(Part((blocks.actions(*_buttons(look.lack, about, texts)),), Importance.ESSENTIAL))
    return parts


def asking_part(texts: Texts) -> list[Part]:
    """In the place of what Dataverse has not said yet."""
    return [Part((blocks.context(texts.gettext("Dataverse is being asked …")),), Importance.EXTRA)]


def ask_part(about: ButtonValue, texts: Texts) -> list[Part]:
    """Where a card cannot wait for what Dataverse says."""
    button = Button(texts.gettext("Ask Dataverse"), Action.ACCESS_SHOW, about)
    return [Part((blocks.actions(button),), Importance.ESSENTIAL)]


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


def _told(found: Finding, links: Links, texts: Texts) -> Iterator[Markup]:
    if found.who is not None:
        yield from _who(found.who, links, texts)
    if found.lack is not None:
        yield _lack(found.lack, texts)
    if found.row is not None:
        yield _row(found.row, links, texts)
        if owner := _owner(found.row, texts):
            yield owner


def _who(who: PrincipalFacts, links: Links, texts: Texts) -> Iterator[Markup]:
    is_team = who.principal.kind == "team"
    if not who.name:
        gone = (
            texts.gettext("The team no longer exists.")
            if is_team
            else texts.gettext("The user no longer exists.")
        )
        yield sentence((gone, code(Outside(who.principal.id).short(_NAME))))
        return
    label = texts.gettext("Team") if is_team else texts.gettext("User")
    name = link(_short(who.name), links.dataverse_row(who.principal.kind, who.principal.id))
    yield (
        bold(label)
        + own(": ")
        + dotted(
            (
                name,
                texts.gettext("application user") if who.is_application else EMPTY,
                texts.gettext("business unit {name}", name=_short(who.business_unit))
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
    name = _short(role.name)
    notes = []
    if role.through is not None:
        notes.append(texts.gettext("through team {name}", name=_short(role.through.name)))
    if not is_ones_own(role):
        notes.append(texts.gettext("standard"))
    return name if not notes else name + own(" (") + joined(notes, ", ") + own(")")


def _lack(lack: Lack, texts: Texts) -> Markup:
    privilege = code(_short(lack.privilege.name))
    label = bold(texts.gettext("Privilege")) + own(": ")
    what = privilege
    if lack.table is not None:
        what = texts.gettext(
            "{privilege} on table {table}", privilege=privilege, table=_short(table_name(lack.table, texts))
        )
    match lack.holding:
        case Holding.HELD:
            state = texts.gettext(
                "fixed meanwhile: it is there now, for {depth}. Retry what failed.",
                depth=depth_words(lack.held or lack.needed, texts),
            )
        case Holding.TOO_SHORT:
            state = texts.gettext(
                "it is there, but only for {held}; needed is {needed}",
                held=depth_words(lack.held or Depth.BASIC, texts),
                needed=depth_words(lack.needed, texts),
            )
        case _:
            state = texts.gettext(
                "still missing; needed for {needed}", needed=depth_words(lack.needed, texts)
            )
    words = label + what + own(", ") + bold(state)
    return (
        words if lack.holding is Holding.HELD else sentence((words + own("."), _reason(lack.reason, texts)))
    )


def _reason(reason: Reason, texts: Texts) -> Markup:
    match reason:
        case Reason.ONLY_ONE:
            return texts.gettext("Rows of this table belong to nobody, so there is no smaller depth.")
        case Reason.OWNS:
            return texts.gettext("Whoever is to own a row must be able to read it; more is not needed.")
        case Reason.SYNCHRONIZES:
            return texts.gettext("Who synchronizes works with rows of everybody.")


def depth_words(depth: Depth, texts: Texts) -> Markup:
    """As the editor of security roles calls it."""
    match depth:
        case Depth.BASIC:
            return texts.gettext("User (own rows)")
        case Depth.LOCAL:
            return texts.gettext("Business unit")
        case Depth.DEEP:
            return texts.gettext("Parent: Child business unit")
        case Depth.GLOBAL:
            return texts.gettext("Organization")


def table_name(table: Table, texts: Texts) -> str:
    """In the person's language, where somebody translated it."""
    return table.called(_DUTCH if texts.language == "nl" else _ENGLISH)


def _steps(who: PrincipalFacts, lack: Lack, texts: Texts) -> Iterator[Markup]:
    if lack.holding is Holding.HELD:
        return
    place, name = lack.place, bold(_short(lack.place.name))
    if place.spot is not Spot.OTHER_ROLE:
        opened = _where(place, name, texts)
        yield _step(1, sentence((opened, link(texts.gettext("Open the admin center"), _SECURITY_ROLES))))
        yield _step(2, _grant(lack, texts))
    else:
        yield _step(
            1,
            texts.gettext(
                "The role {role} grants it already. Open {who} in the admin center: Settings, Users + "
                "permissions.",
                role=name,
                who=_short(who.name),
            ),
        )
        yield _step(2, texts.gettext("Choose Manage security roles and select {role}.", role=name))
    if place.spot is Spot.NEW_ROLE:
        yield _step(3, texts.gettext("Save it, and assign it to {who}.", who=_short(who.name)))
    elif place.spot is Spot.HELD_ROLE:
        yield _step(3, texts.gettext("Save it. Everybody with this role gets the privilege."))
    if any(not is_ones_own(role) for role in who.roles):
        careful = bold(texts.gettext("Careful:"))
        words = texts.gettext(
            "leave the standard roles alone: redeploying the integration solution, or an update, sets them "
            "back."
        )
        yield sentence((careful, words))


def _where(place: Place, name: Markup, texts: Texts) -> Markup:
    if place.spot is Spot.NEW_ROLE:
        return texts.gettext(
            "Make a new role {role} in the admin center: environment, Settings, Users + permissions, "
            "Security roles.",
            role=name,
        )
    return texts.gettext(
        "Open the role {role} in the admin center: environment, Settings, Users + permissions, Security "
        "roles.",
        role=name,
    )


def _grant(lack: Lack, texts: Texts) -> Markup:
    depth = bold(depth_words(lack.needed, texts))
    if lack.table is None:
        return texts.gettext(
            "Set {privilege} to {depth}.", privilege=code(_short(lack.privilege.name)), depth=depth
        )
    return texts.gettext(
        "On the row of table {table}, set {access} to {depth} ({privilege}).",
        table=bold(_short(table_name(lack.table, texts))),
        access=bold(_short(_verb(lack))),
        depth=depth,
        privilege=code(_short(lack.privilege.name)),
    )


def _verb(lack: Lack) -> str:
    """Column of the editor of security roles."""
    name = lack.privilege.name.removeprefix("prv")
    verbs = ("AppendTo", "Append", "Create", "Read", "Write", "Delete", "Assign", "Share")
    found = next((verb for verb in verbs if name.startswith(verb)), name)
    return "Append To" if found == "AppendTo" else found


def _buttons(lack: Lack, about: ButtonValue, texts: Texts) -> Iterator[Button]:
    if lack.holding is not Holding.HELD:
        yield Button(texts.gettext("Script for an administrator"), Action.ACCESS_SCRIPT, about)
    yield Button(texts.gettext("Ask Dataverse again"), Action.ACCESS_AGAIN, about)


def _row(facts: RowFacts, links: Links, texts: Texts) -> Markup:
    row, table = facts.found.row, _short(table_name(facts.table, texts))
    name = _short(row.name) if row is not None and row.name else code(Outside(facts.row_id).short(_NAME))
    shown = sentence((table, link(name, links.dataverse_row(facts.table.logical_name, facts.row_id))))
    return bold(texts.gettext("Row")) + own(": ") + shown + own(": ") + _standing(facts, texts)


def _standing(facts: RowFacts, texts: Texts) -> Markup:
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
        told = texts.gettext("deleted by {name}, {time}.", name=_short(found.deleted_by), time=when)
    elif found.deleted_at:
        told = texts.gettext("deleted, {time}.", time=when)
    else:
        told = texts.gettext("deleted.")
    if found.standing is Standing.IN_BIN:
        told = sentence(
            (told, texts.gettext("An administrator can restore it: admin center, Deleted records."))
        )
    return bold(told)


def _owner(facts: RowFacts, texts: Texts) -> Markup:
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
                _short(owner.name),
                kind,
                texts.gettext("business unit {name}", name=_short(unit.name))
                if unit and unit.name
                else EMPTY,
            )
        )
    )


def _step(number: int, words: Markup) -> Markup:
    return sentence((own(f"{number}."), words))


def _short(text: str) -> Markup:
    return Outside(text).short(_NAME)
