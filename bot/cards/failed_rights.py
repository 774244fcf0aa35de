"""Words for what somebody may not do, and who may."""

from __future__ import annotations

from typing import Final

from bot.cards.doing import DOING
from bot.cards.markup import EMPTY, Markup, joined, mention
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words
from bot.operations.rights import Act
from bot.settings.roles import EVERYBODY, WORKSPACE_ADMINS

_NAMED: Final = 10
"""People and groups that a refusal names."""


def _stranger(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Only members of the organization that installed this bot can use it."),
        texts.gettext("Ask a colleague there to look it up for you."),
    )


def _not_allowed(facts: Facts, texts: Texts) -> FailureWords:
    act = str(facts.get("act", ""))
    doing = texts.say(DOING[Act(act)]) if act in set(Act) else EMPTY
    what = (
        texts.gettext("You may not do that here: {act}.", act=doing)
        if doing
        else texts.gettext("You may not do that here.")
    )
    able = str(facts.get("able", "")).split()
    who = [_grantee(grantee, texts) for grantee in able[:_NAMED]]
    if more := len(able) - len(who):
        who.append(texts.ngettext("{n} more", "{n} more", more))
    if not who:
        return FailureWords(what, texts.gettext("Whoever runs the bot sets who may."))
    return FailureWords(what, texts.gettext("These can: {who}.", who=joined(who, ", ")))


def _grantee(grantee: str, texts: Texts) -> Markup:
    if grantee == EVERYBODY:
        return texts.gettext("everybody of this workspace but its guests")
    if grantee == WORKSPACE_ADMINS:
        return texts.gettext("owners and admins of this Slack workspace")
    return mention(grantee)


def _rights_unknown(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Slack did not tell in time whether you may do that, so nothing was done."),
        texts.gettext("Try again in a minute."),
    )


WORDS_OF_RIGHTS: Final[dict[str, Words]] = {
    "stranger": _stranger,
    "not_allowed": _not_allowed,
    "rights.unknown": _rights_unknown,
}
