"""What the doctor found of the way to one company: sign-in, Business Central, Dataverse, permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.doctor_wording import Facts, FindingWords, Mender, Words, plainly
from bot.cards.markup import Markup, bold, code, joined, own, sentence
from bot.cards.texts import MessageId, Texts, msgid
from bot.operations.doctor.values import Outcome

_DATAVERSE: Final = joined((code(own("DATAVERSE_URL")), code(own("dataverse_url"))), " / ")
_ERROR_PAGE: Final = joined((code(own("BC_ERROR_PAGE")), code(own("error_page"))), " / ")
_APPLICATIONS: Final = msgid("Microsoft Entra Applications")
_SETUP: Final = msgid("Dataverse Connection Setup")


def _page(name: MessageId, texts: Texts) -> Markup:
    return bold(texts.say(name))


def _dataverse_not_set(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("The bot is not told which Dataverse environment this company synchronizes with."),
        texts.gettext(
            "With {setting} it names users, roles and tables, and sees what became of a row.",
            setting=_DATAVERSE,
        ),
        Mender.OPERATOR,
    )


def _place_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "{company} is there, in {environment}.",
            company=facts.text("company"),
            environment=facts.text("environment"),
        )
    )


def _extension_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Version {version} is there, on Business Central {application}.",
            version=facts.text("version"),
            application=facts.text("application"),
        )
    )


def _extension_instead(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Errors are read from the published page {page} in its place: number, time and text, and nothing "
            "can be retried, deleted or decided.",
            page=code(facts.text("page")),
        ),
        texts.gettext(
            "Publish the extension ({command} writes it out), then take {setting} out.",
            command=code(own("syncerrors extension export")),
            setting=_ERROR_PAGE,
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _extension_old(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Version {version} is too old: the bot needs {needed} at least.",
            version=facts.text("version"),
            needed=facts.text("needed"),
        ),
        texts.gettext(
            "Publish the one that comes with this bot ({command} writes it out).",
            command=code(own("syncerrors extension export")),
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _extension_unversioned(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("It is there, and too old to tell its version."),
        texts.gettext(
            "Publish the one that comes with this bot ({command} writes it out).",
            command=code(own("syncerrors extension export")),
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _application_old(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central {version} is older than {needed}: reading works, forcing and coupling do not.",
            version=facts.text("version"),
            needed=facts.text("needed"),
        ),
        texts.gettext("Update Business Central."),
        Mender.BUSINESS_CENTRAL,
    )


def _set_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "The application has all {n} permissions of {set}.",
            n=facts.number("all"),
            set=code(facts.text("set")),
        )
    )


def _set_lacks(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        sentence(
            (
                texts.ngettext(
                    "The application lacks {n} permission of {set}.",
                    "The application lacks {n} permissions of {set}.",
                    facts.number("missing"),
                    set=code(facts.text("set")),
                ),
                facts.list("lacking"),
            )
        ),
        texts.gettext(
            "Open the page {page} in Business Central, choose the bot's application, and give it the "
            "permission set {set} as the extension brings it.",
            page=_page(_APPLICATIONS, texts),
            set=code(facts.text("set")),
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _set_untold(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "The extension is too old to tell which permissions of {set} the application has.",
            set=code(facts.text("set")),
        ),
        texts.gettext(
            "Publish the one that comes with this bot ({command} writes it out).",
            command=code(own("syncerrors extension export")),
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _sync_not_given(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "{set} is not given: the bot reads and retries, but resolves no conflict, couples and creates "
            "nothing.",
            set=code(facts.text("set")),
        ),
        texts.gettext("Give it only where you want that from Slack."),
        Mender.BUSINESS_CENTRAL,
    )


def _connection_fine(facts: Facts, texts: Texts) -> FindingWords:
    host = facts.text("host")
    if not host:
        return FindingWords(texts.gettext("Business Central is connected."))
    return FindingWords(texts.gettext("Business Central is connected to {host}.", host=host))


def _connection_off(facts: Facts, texts: Texts) -> FindingWords:
    reason = facts.text("reason", 250)
    told = texts.gettext("Business Central says: {reason}", reason=reason) if reason else reason
    return FindingWords(
        sentence(
            (
                texts.gettext("The connection “{name}” is switched off.", name=facts.text("name")),
                told,
            )
        ),
        texts.gettext(
            "Mend what it says, then open {page} in Business Central and switch it on.",
            page=_page(_SETUP, texts),
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _connection_none(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("This company has no connection to Dataverse set up."),
        texts.gettext(
            "Open {page} in Business Central, or point the bot at another company.",
            page=_page(_SETUP, texts),
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _connection_elsewhere(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central synchronizes with {theirs}, but the bot looks into {ours}.",
            theirs=facts.text("theirs"),
            ours=facts.text("ours"),
        ),
        texts.gettext("Correct {setting}.", setting=_DATAVERSE),
        Mender.OPERATOR,
    )


def _dataverse_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("{host} knows the bot's application.", host=facts.text("host")))


def _privileges_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("The application has all {n} privileges that it looks with.", n=facts.number("all"))
    )


def _privileges_missing(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "The application lacks {n} privilege in Dataverse: {privileges}.",
            "The application lacks {n} privileges in Dataverse: {privileges}.",
            facts.number("missing"),
            privileges=code(facts.list("privileges")),
        ),
        texts.gettext(
            "Add them to the role of the bot's application user, never to Business Central's own role: "
            "redeployment resets that one."
        ),
        Mender.DATAVERSE,
    )


WORDS_OF_CONNECTIONS: Final[Mapping[Outcome, Words]] = {
    Outcome.ENTRA_FINE: plainly(msgid("Microsoft Entra gives a token.")),
    Outcome.ENTRA_BASIC: plainly(msgid("A user and a web service access key; Entra has no part in it.")),
    Outcome.DATAVERSE_NOT_SET: _dataverse_not_set,
    Outcome.DATAVERSE_NO_APPLICATION: plainly(
        msgid("Dataverse takes an Entra application, and this company is signed in to without one."),
        msgid("Give one for Dataverse in the settings; the README tells how."),
        Mender.OPERATOR,
    ),
    Outcome.PLACE_FINE: _place_fine,
    Outcome.EXTENSION_FINE: _extension_fine,
    Outcome.EXTENSION_OLD: _extension_old,
    Outcome.EXTENSION_UNVERSIONED: _extension_unversioned,
    Outcome.APPLICATION_OLD: _application_old,
    Outcome.EXTENSION_INSTEAD: _extension_instead,
    Outcome.EXTENSION_UNREAD: plainly(msgid("It is there, but the bot may not read it.")),
    Outcome.SET_FINE: _set_fine,
    Outcome.SET_LACKS: _set_lacks,
    Outcome.SET_UNTOLD: _set_untold,
    Outcome.SYNC_NOT_GIVEN: _sync_not_given,
    Outcome.CONNECTION_FINE: _connection_fine,
    Outcome.CONNECTION_OFF: _connection_off,
    Outcome.CONNECTION_NONE: _connection_none,
    Outcome.CONNECTION_ELSEWHERE: _connection_elsewhere,
    Outcome.DATAVERSE_FINE: _dataverse_fine,
    Outcome.PRIVILEGES_FINE: _privileges_fine,
    Outcome.PRIVILEGES_MISSING: _privileges_missing,
}
