"""The exact steps that end a missing privilege in Dataverse."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.access_words import depth_words, short, table_name
from bot.cards.links import Links
from bot.cards.markup import Markup, bold, code, link, own, sentence
from bot.cards.texts import Texts
from bot.cards.value_words import ACCESSES
from bot.dataverse import PrincipalKind
from bot.operations.access import Holding, Lack, Place, PrincipalFacts, Spot
from bot.operations.access.advice import is_ones_own


def access_steps(who: PrincipalFacts, lack: Lack, links: Links, texts: Texts) -> Iterator[Markup]:
    """In their order; the last one is to retry, which is all that is left where nothing is missing any
    more."""
    retry = texts.gettext("Then press Retry on this card: what failed is synchronized again.")
    if lack.holding is Holding.HELD:
        yield retry_step(texts)
        return
    place, name = lack.place, bold(short(lack.place.name))
    if place.spot is not Spot.OTHER_ROLE:
        opened = _where(place, name, texts)
        address = links.admin_center("securityroles", place.root_id)
        way = link(texts.gettext("Open the admin center"), address)
        yield _step(1, sentence((opened, way)))
        yield _step(2, _grant(lack, texts))
    else:
        opened = texts.gettext(
            "The role {role} grants it already. Open {who} in the admin center: Settings, Users + "
            "permissions.",
            role=name,
            who=short(who.name),
        )
        way = link(texts.gettext("Open the admin center"), links.admin_center(_people(who)))
        yield _step(1, sentence((opened, way)))
        yield _step(2, texts.gettext("Choose Manage security roles and select {role}.", role=name))
    if place.spot is Spot.NEW_ROLE:
        yield _step(3, texts.gettext("Save it, and assign it to {who}.", who=short(who.name)))
    elif place.spot is Spot.HELD_ROLE:
        yield _step(3, texts.gettext("Save it. Everybody with this role gets the privilege."))
    yield _step(3 if place.spot is Spot.OTHER_ROLE else 4, retry)
    if any(not is_ones_own(role) for role in who.roles):
        careful = bold(texts.gettext("Careful:"))
        words = texts.gettext(
            "leave the standard roles alone: redeploying the integration solution, or an update, sets them "
            "back."
        )
        yield sentence((careful, words))


def _people(who: PrincipalFacts) -> str:
    """Where in an environment of the admin center they are listed; empty where no address is known."""
    if who.is_application:
        return "appusers"
    return "teams" if who.principal.kind is PrincipalKind.TEAM else ""


def retry_step(texts: Texts) -> Markup:
    """All that is left where it is fixed."""
    return texts.gettext("Press Retry on this card: what failed is synchronized again.")


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
            "Set {privilege} to {depth}.", privilege=code(short(lack.privilege.name)), depth=depth
        )
    return texts.gettext(
        "On the row of table {table}, set {access} to {depth} ({privilege}).",
        table=bold(short(table_name(lack.table, texts))),
        access=bold(_verb(lack, texts)),
        depth=depth,
        privilege=code(short(lack.privilege.name)),
    )


def _verb(lack: Lack, texts: Texts) -> Markup:
    """Column of the editor of security roles, as the reader's screen calls it."""
    name = lack.privilege.name.removeprefix("prv")
    found = max((verb for verb in ACCESSES if name.startswith(verb)), key=len, default=None)
    return short(name) if found is None else texts.say(ACCESSES[found])


def _step(number: int, words: Markup) -> Markup:
    return sentence((own(f"{number}."), words))
