"""Microsoft Entra's numbers in plain words: what each means for an application that signs in by itself.

Source: MicrosoftDocs/entra-docs, ``docs/identity-platform/reference-error-codes.md``; of its numbers those
that client credentials can meet. Microsoft changes them at times, so an unknown number has words too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.cards.markup import sentence
from bot.cards.texts import MessageId, Texts, msgid
from bot.cards.wording import Facts, FailureWords
from bot.dataclass import dataclass
from bot.failures import ENTRA


class Refusal(StrEnum):
    """Kinds of refusals: numbers of one kind have the same cause and the same next step."""

    TENANT_UNKNOWN = "tenant unknown"
    OTHER_CLOUD = "other cloud"
    APPLICATION_UNKNOWN = "application unknown"
    APPLICATION_OFF = "application off"
    SECRET_WRONG = "secret wrong"  # noqa: S105 # words
    SECRET_EXPIRED = "secret expired"  # noqa: S105 # words
    CREDENTIAL_MISSING = "credential missing"
    CERTIFICATE_REFUSED = "certificate refused"
    CLOCK = "clock"
    RESOURCE_UNKNOWN = "resource unknown"
    SCOPE = "scope"
    CONSENT = "consent"
    ASSIGNMENT = "assignment"
    POLICY = "policy"
    TENANT_RESTRICTED = "tenant restricted"
    NOT_CONFIDENTIAL = "not confidential"
    ENDPOINT = "endpoint"
    TOO_MANY = "too many"
    PASSING = "passing"


_NUMBERS: Final[Mapping[Refusal, str]] = {
    Refusal.TENANT_UNKNOWN: "90002 50059 50128 90019 50029 50107",
    Refusal.OTHER_CLOUD: "90038 90043 90051 900432 900382 50049 50134",
    Refusal.APPLICATION_UNKNOWN: "700016 700011 650057",
    Refusal.APPLICATION_OFF: "7000112 70001 1000031",
    Refusal.SECRET_WRONG: "7000215 70002 50064 50126",
    Refusal.SECRET_EXPIRED: "7000222",
    Refusal.CREDENTIAL_MISSING: "7000218 900144 90014 50192",
    Refusal.CERTIFICATE_REFUSED: "700027 700030 50012 50003 50006 50013 50017 50027 50048 900384 50146",
    Refusal.CLOCK: "500133 700024 76026",
    Refusal.RESOURCE_UNKNOWN: "500011 50001 650052 650054",
    Refusal.SCOPE: "70011 28002 28003 1002012 700022 700023 901002",
    Refusal.CONSENT: "65001 65005 650056 90008 90093 90094 90095 90099",
    Refusal.ASSIGNMENT: "50105",
    Refusal.POLICY: "53003 530032 530035 50131 50053 53011",
    Refusal.TENANT_RESTRICTED: "50002 500021 500022 500212 500213",
    Refusal.NOT_CONFIDENTIAL: "700025",
    Refusal.ENDPOINT: "50194 9001023 90124 90130 9002332",
    Refusal.TOO_MANY: "50196 90055",
    Refusal.PASSING: "50000 50033 90006 90012 90024 90033 90090 90091",
}
REFUSALS: Final[Mapping[str, Refusal]] = {
    number: refusal for refusal, numbers in _NUMBERS.items() for number in numbers.split()
}
"""By number, without ``AADSTS``."""


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """What it means, and what somebody does about it."""

    what: MessageId
    next_step: MessageId


WORDS_OF_REFUSALS: Final[Mapping[Refusal, RefusalWords]] = {
    Refusal.TENANT_UNKNOWN: RefusalWords(
        msgid("There is no tenant of that id or domain."),
        msgid("Whoever runs the bot checks the tenant id in its settings."),
    ),
    Refusal.OTHER_CLOUD: RefusalWords(
        msgid("The tenant is in another cloud of Microsoft's than the one that was asked."),
        msgid("Whoever runs the bot sets the sign-in host of that cloud."),
    ),
    Refusal.APPLICATION_UNKNOWN: RefusalWords(
        msgid("The tenant has no application of that id."),
        msgid(
            "Whoever runs the bot checks application id and tenant id; an Entra administrator registers the "
            "application in that tenant, or consents to it there."
        ),
    ),
    Refusal.APPLICATION_OFF: RefusalWords(
        msgid("The application is switched off in the tenant."),
        msgid("An Entra administrator enables it: Enterprise applications, Properties, Enabled for sign-in."),
    ),
    Refusal.SECRET_WRONG: RefusalWords(
        msgid("The client secret is not one of the application's."),
        msgid(
            "Whoever runs the bot enters the value of the secret, not its id. It is shown only once: an "
            "Entra administrator makes a new one where it is lost."
        ),
    ),
    Refusal.SECRET_EXPIRED: RefusalWords(
        msgid("The client secret has expired."),
        msgid(
            "An Entra administrator makes a new one (Certificates and secrets), and whoever runs the bot "
            "enters its value and starts the bot again."
        ),
    ),
    Refusal.CREDENTIAL_MISSING: RefusalWords(
        msgid("The request held neither a client secret nor a certificate."),
        msgid("Whoever runs the bot enters one of both in its settings."),
    ),
    Refusal.CERTIFICATE_REFUSED: RefusalWords(
        msgid("The application does not know the certificate that the bot signs with."),
        msgid(
            "An Entra administrator uploads that certificate (Certificates and secrets), or whoever runs the "
            "bot gives it the one that is there."
        ),
    ),
    Refusal.CLOCK: RefusalWords(
        msgid("What the bot signed is too old or not valid yet: the clock of its machine is wrong."),
        msgid("Whoever runs the bot sets the clock of its machine, best by NTP."),
    ),
    Refusal.RESOURCE_UNKNOWN: RefusalWords(
        msgid("The tenant does not have the service that the bot asked a token for."),
        msgid(
            "Whoever runs the bot checks tenant, audience and the address of Dataverse; the tenant must have "
            "that service."
        ),
    ),
    Refusal.SCOPE: RefusalWords(
        msgid("Entra does not take the audience that the bot asked a token for."),
        msgid("Whoever runs the bot checks the audience and the address of Dataverse in its settings."),
    ),
    Refusal.CONSENT: RefusalWords(
        msgid("Nobody has consented to the application's permissions in the tenant."),
        msgid(
            "An Entra administrator adds the application permission API.ReadWrite.All of Dynamics 365 "
            "Business Central and grants admin consent."
        ),
    ),
    Refusal.ASSIGNMENT: RefusalWords(
        msgid("The service wants applications to be assigned to a role, and this one is not."),
        msgid("An Entra administrator assigns the application to a role of that service."),
    ),
    Refusal.POLICY: RefusalWords(
        msgid("A policy of the tenant (Conditional Access) blocks the application."),
        msgid(
            "An Entra administrator finds the policy in the sign-in logs of service principals, and excludes "
            "the application or its address from it."
        ),
    ),
    Refusal.TENANT_RESTRICTED: RefusalWords(
        msgid("The tenant, or the network that the bot is in, allows no sign-in from there."),
        msgid("An Entra administrator checks the tenant restrictions and the cross-tenant access settings."),
    ),
    Refusal.NOT_CONFIDENTIAL: RefusalWords(
        msgid("The application is registered as a public client, which may have no secret."),
        msgid("An Entra administrator switches Allow public client flows off (Authentication)."),
    ),
    Refusal.ENDPOINT: RefusalWords(
        msgid("The application may only be used with the tenant's own sign-in address."),
        msgid("Whoever runs the bot enters the tenant's id in its settings, not common or organizations."),
    ),
    Refusal.TOO_MANY: RefusalWords(
        msgid("Entra had too many sign-ins from this application or tenant."),
        msgid("Wait a few minutes. If it comes back, whoever runs the bot checks what else uses it."),
    ),
    Refusal.PASSING: RefusalWords(
        msgid("Entra is in trouble at the moment."),
        msgid("There is nothing to do: the bot tries again by itself."),
    ),
}


def refusal_words(code: str) -> RefusalWords | None:
    """The words for ``AADSTS7000215``; None for a number that is not known."""
    refusal = REFUSALS.get(code.strip().upper().removeprefix("AADSTS"))
    return None if refusal is None else WORDS_OF_REFUSALS[refusal]


def explained(words: FailureWords, facts: Facts, texts: Texts) -> FailureWords:
    """A refused sign-in with the number in ``facts`` put into words; unchanged where it is not known."""
    refusal = refusal_words(str(facts.get("code", "")))
    if refusal is None:
        return words
    return FailureWords(
        sentence((words.what, texts.say(refusal.what))),
        texts.say(refusal.next_step),
    )


def unanswered(words: FailureWords, facts: Facts, texts: Texts) -> FailureWords:
    """A service that gave no answer; where it was Entra that gave none, so that nobody looks for the fault
    in the service."""
    if facts.get("host") != ENTRA:
        return words
    return FailureWords(
        texts.gettext("Microsoft Entra did not answer, so the bot could not sign in."),
        texts.gettext(
            "Try again in a minute. If this lasts, whoever runs the bot checks whether its machine reaches "
            "the sign-in host."
        ),
    )
