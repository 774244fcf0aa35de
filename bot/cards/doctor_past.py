"""What the doctor found of limits and of time: replica, requests, retention, expiry, the last reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.doctor_wording import Facts, FindingWords, Mender, Words, plainly
from bot.cards.markup import Markup, bold, code, joined, own
from bot.cards.periods import period_words
from bot.cards.texts import MessageId, Texts, msgid
from bot.operations.doctor.values import Outcome

_POLICIES: Final = msgid("Retention Policies")
_EXPIRES: Final = joined((code(own("AZURE_CLIENT_SECRET_EXPIRES")), code(own("secret_expires"))), " / ")


def _page(name: MessageId, texts: Texts) -> Markup:
    return bold(texts.say(name))


def _period(facts: Facts, texts: Texts) -> Markup:
    return period_words(str(facts.facts.get("period", "")), texts)


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
            period=_period(facts, texts),
            days=facts.number("kept"),
        )
    )


def _retention_untold(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central deletes errors by a rule of its own, a formula or several rules; the bot "
            "cannot tell after how long."
        ),
        texts.gettext(
            "Look at Integration Synch. Job Errors on the page {page}.", page=_page(_POLICIES, texts)
        ),
        Mender.BUSINESS_CENTRAL,
    )


def _retention_short(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Business Central deletes errors after {period} already, and with them call stacks that nobody "
            "looked at.",
            period=_period(facts, texts),
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
            period=_period(facts, texts),
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


WORDS_OF_THE_PAST: Final[Mapping[Outcome, Words]] = {
    Outcome.REPLICA_FINE: plainly(msgid("It shows what the primary database shows.")),
    Outcome.REPLICA_BEHIND: _replica_behind,
    Outcome.REPLICA_FAR_BEHIND: _replica_far_behind,
    Outcome.RATE_FINE: _rate_fine,
    Outcome.RATE_LOW: _rate_low,
    Outcome.RETENTION_OFF: _retention_off,
    Outcome.RETENTION_ON: _retention_on,
    Outcome.RETENTION_UNTOLD: _retention_untold,
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
    Outcome.KEY_UNKNOWN: plainly(
        msgid("When the web service access key ends stands on the user's card in Business Central."),
        msgid("Look there, and note the day."),
        Mender.BUSINESS_CENTRAL,
    ),
    Outcome.PULL_FINE: _pull_fine,
    Outcome.PULL_UNDER_WAY: _pull_under_way,
    Outcome.PULL_NEVER: _pull_never,
    Outcome.PULL_LATE: _pull_late,
    Outcome.NUMBERS_FINE: _numbers_fine,
    Outcome.NUMBERS_RESTORED: plainly(
        msgid(
            "Business Central gives numbers again that the bot knows: the environment was restored or "
            "copied. What was read before is kept."
        ),
        msgid(
            "If it is a copy, see that it does not synchronize with the Dataverse of production. The bot "
            "reads on by itself."
        ),
        Mender.BUSINESS_CENTRAL,
    ),
    Outcome.NUMBERS_BELOW: _numbers_below,
}
