"""What the doctor found of one connection: sign-in, Business Central, Dataverse, expiry, the last reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.doctor_wording import Facts, FindingWords, Mender, Words
from bot.cards.markup import Markup, bold, code, joined, own, sentence
from bot.cards.texts import MessageId, Texts, msgid
from bot.operations.doctor.values import Outcome

_DATAVERSE: Final = joined((code(own("DATAVERSE_URL")), code(own("dataverse_url"))), " / ")
_APPLICATIONS: Final = msgid("Microsoft Entra Applications")
_SETUP: Final = msgid("Dataverse Connection Setup")
_POLICIES: Final = msgid("Retention Policies")
"""Pages of Business Central."""
_EXPIRES: Final = joined((code(own("AZURE_CLIENT_SECRET_EXPIRES")), code(own("secret_expires"))), " / ")


def _page(name: MessageId, texts: Texts) -> Markup:
    return bold(texts.say(name))


def _entra_fine(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("Microsoft Entra gives a token."))


def _entra_basic(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("A user and a web service access key; Entra has no part in it."))


def _dataverse_not_set(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("The bot is not told which Dataverse environment this company synchronizes with."),
        texts.gettext(
            "With {setting} it names users, roles and tables, and sees what became of a row.",
            setting=_DATAVERSE,
        ),
        Mender.OPERATOR,
    )


def _dataverse_no_application(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("Dataverse takes an Entra application, and this company is signed in to without one."),
        texts.gettext("Give one for Dataverse in the settings; the README tells how."),
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


def _extension_unread(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("It is there, but the bot may not read it."))


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


def _replica_fine(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("It shows what the primary database shows."))


def _replica_behind(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "It is about {n} seconds behind. That is usual, and nothing is lost: the bot reads again.",
            n=facts.number("seconds"),
        )
    )


def _replica_far_behind(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "It is more than {n} seconds behind: new errors arrive later than usual.",
            n=facts.number("seconds"),
        ),
        texts.gettext("Nothing is lost. Look again later."),
    )


def _rate_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "By its own count the bot could send {left} requests at once, of {most}; Business Central allows "
            "{window} in five minutes.",
            left=facts.number("left"),
            most=facts.number("most"),
            window=facts.number("window"),
        )
    )


def _rate_low(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "By its own count the bot has {left} requests left at once, of {most}: it is very busy.",
            left=facts.number("left"),
            most=facts.number("most"),
        ),
        texts.gettext("Nothing is lost: it waits. Give large companies an application of their own."),
        Mender.OPERATOR,
    )


def _retention_off(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "Business Central deletes no errors by itself; there is {n} entry.",
            "Business Central deletes no errors by itself; there are {n} entries.",
            facts.number("entries"),
        )
    )


def _retention_on(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central deletes errors after {period}; the bot keeps what it read {days} days more.",
            period=facts.text("period"),
            days=facts.number("kept"),
        )
    )


def _retention_short(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central deletes errors after {period} already, and with them call stacks that nobody "
            "looked at.",
            period=facts.text("period"),
        ),
        texts.gettext(
            "Give Integration Synch. Job Errors a longer period on the page {page}.",
            page=_page(_POLICIES, texts),
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _retention_eats(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central deletes errors after {period}, and the bot last read {time}: errors go that "
            "nobody has seen.",
            period=facts.text("period"),
            time=facts.moment("read_at"),
        ),
        texts.gettext("Mend what keeps the bot from reading, named elsewhere in this list."),
        Mender.OPERATOR,
    )


def _certificate_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("The certificate is good until {day}.", day=facts.day("on")))


def _certificate_ends(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "The certificate ends on {day}, in {n} day.",
            "The certificate ends on {day}, in {n} days.",
            facts.number("days"),
            day=facts.day("on"),
        ),
        texts.gettext("Make a new one, add it to the application in Entra, then give it to the bot."),
        Mender.ENTRA,
    )


def _certificate_expired(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("The certificate ended on {day}.", day=facts.day("on")),
        texts.gettext("Make a new one, add it to the application in Entra, then give it to the bot."),
        Mender.ENTRA,
    )


def _certificate_early(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("The certificate is good from {day} on only.", day=facts.day("on")),
        texts.gettext("Give the bot another one, or correct the clock of its machine."),
        Mender.OPERATOR,
    )


def _secret_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("The client secret is good until {day}, as the settings say.", day=facts.day("on"))
    )


def _secret_ends(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "The client secret ends on {day}, in {n} day.",
            "The client secret ends on {day}, in {n} days.",
            facts.number("days"),
            day=facts.day("on"),
        ),
        texts.gettext(
            "Make a new one (Certificates and secrets) and enter its value; a certificate is better."
        ),
        Mender.ENTRA,
    )


def _secret_expired(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("By the settings the client secret ended on {day}.", day=facts.day("on")),
        texts.gettext(
            "Make a new one, enter its value and its last day ({setting}), and start the bot again.",
            setting=_EXPIRES,
        ),
        Mender.ENTRA,
    )


def _secret_unknown(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "When the client secret ends stands in Entra only, where the bot has no permission to look."
        ),
        texts.gettext("Write the day into {setting}: the bot then warns a month before.", setting=_EXPIRES),
        Mender.OPERATOR,
    )


def _key_unknown(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("When the web service access key ends stands on the user's card in Business Central."),
        texts.gettext("Look there, and note the day."),
        Mender.BUSINESS_CENTRAL,
    )


def _pull_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("Last read {time}.", time=facts.moment("read_at")))


def _pull_under_way(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "Reading Business Central now: {n} error so far.",
            "Reading Business Central now: {n} errors so far.",
            facts.number("rows"),
        )
    )


def _pull_never(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("Business Central was not read yet."),
        texts.gettext("Start the bot, or read once with {command}.", command=code(own("syncerrors pull"))),
        Mender.OPERATOR,
    )


def _pull_late(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central was last read {time}, though every {minutes} minutes is set.",
            time=facts.moment("read_at"),
            minutes=facts.number("minutes"),
        ),
        texts.gettext("See whether a worker runs, and look into its log."),
        Mender.OPERATOR,
    )


def _numbers_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("The numbers go on where the bot left off."))


def _numbers_restored(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central gives numbers again that the bot knows: the environment was restored or "
            "copied. What was read before is kept."
        ),
        texts.gettext(
            "If it is a copy, see that it does not synchronize with the Dataverse of production. The bot "
            "reads on by itself."
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _numbers_below(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "The highest number there is {there}, and the bot read up to {known}: the environment was "
            "restored or copied, or the newest errors were deleted.",
            there=own(str(facts.number("there"))),
            known=own(str(facts.number("known"))),
        ),
        texts.gettext("The comparison of the coming night finds out which; nothing that was read is lost."),
    )


WORDS_OF_CONNECTIONS: Final[Mapping[Outcome, Words]] = {
    Outcome.ENTRA_FINE: _entra_fine,
    Outcome.ENTRA_BASIC: _entra_basic,
    Outcome.DATAVERSE_NOT_SET: _dataverse_not_set,
    Outcome.DATAVERSE_NO_APPLICATION: _dataverse_no_application,
    Outcome.PLACE_FINE: _place_fine,
    Outcome.EXTENSION_FINE: _extension_fine,
    Outcome.EXTENSION_OLD: _extension_old,
    Outcome.EXTENSION_UNVERSIONED: _extension_unversioned,
    Outcome.APPLICATION_OLD: _application_old,
    Outcome.EXTENSION_UNREAD: _extension_unread,
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
    Outcome.REPLICA_FINE: _replica_fine,
    Outcome.REPLICA_BEHIND: _replica_behind,
    Outcome.REPLICA_FAR_BEHIND: _replica_far_behind,
    Outcome.RATE_FINE: _rate_fine,
    Outcome.RATE_LOW: _rate_low,
    Outcome.RETENTION_OFF: _retention_off,
    Outcome.RETENTION_ON: _retention_on,
    Outcome.RETENTION_SHORT: _retention_short,
    Outcome.RETENTION_EATS: _retention_eats,
    Outcome.CERTIFICATE_FINE: _certificate_fine,
    Outcome.CERTIFICATE_ENDS: _certificate_ends,
    Outcome.CERTIFICATE_EXPIRED: _certificate_expired,
    Outcome.CERTIFICATE_EARLY: _certificate_early,
    Outcome.SECRET_FINE: _secret_fine,
    Outcome.SECRET_ENDS: _secret_ends,
    Outcome.SECRET_EXPIRED: _secret_expired,
    Outcome.SECRET_UNKNOWN: _secret_unknown,
    Outcome.KEY_UNKNOWN: _key_unknown,
    Outcome.PULL_FINE: _pull_fine,
    Outcome.PULL_UNDER_WAY: _pull_under_way,
    Outcome.PULL_NEVER: _pull_never,
    Outcome.PULL_LATE: _pull_late,
    Outcome.NUMBERS_FINE: _numbers_fine,
    Outcome.NUMBERS_RESTORED: _numbers_restored,
    Outcome.NUMBERS_BELOW: _numbers_below,
}
