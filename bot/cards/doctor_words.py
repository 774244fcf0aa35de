"""What the doctor found, in plain words: what it means, who can mend it, and the next step.

Each ``Outcome`` has its words; a test keeps both lists equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.doctor_connection import WORDS_OF_CONNECTIONS
from bot.cards.doctor_house import WORDS_OF_HOUSE
from bot.cards.doctor_past import WORDS_OF_THE_PAST
from bot.cards.doctor_wording import Facts, FindingWords, Mender, Words
from bot.cards.failure import failure_words
from bot.cards.links import Address
from bot.cards.markup import Markup, link, own, sentence
from bot.cards.texts import MessageId, Texts, msgid
from bot.operations.doctor.values import Check, Finding, Outcome

MENDERS: Final[Mapping[Mender, MessageId]] = {
    Mender.OPERATOR: msgid("Whoever runs the bot"),
    Mender.SLACK: msgid("An administrator of Slack"),
    Mender.ENTRA: msgid("An administrator of Microsoft Entra"),
    Mender.BUSINESS_CENTRAL: msgid("An administrator of Business Central"),
    Mender.DATAVERSE: msgid("An administrator of Dataverse"),
}

TITLES: Final[Mapping[Check, MessageId]] = {
    Check.SETTINGS: msgid("Settings"),
    Check.SLACK_TOKEN: msgid("Slack token"),
    Check.SLACK_SCOPES: msgid("Slack scopes"),
    Check.SLACK_APP_TOKEN: msgid("Slack app token"),
    Check.SLACK_CHANNELS: msgid("Slack channels"),
    Check.SLACK_CLOCK: msgid("Clock"),
    Check.DATABASE: msgid("Database"),
    Check.MIGRATIONS: msgid("Tables of the database"),
    Check.ENTRA: msgid("Sign-in for Business Central"),
    Check.ENTRA_DATAVERSE: msgid("Sign-in for Dataverse"),
    Check.PLACE: msgid("Environment and company"),
    Check.EXTENSION: msgid("Extension"),
    Check.READ_SET: msgid("Permissions to read"),
    Check.SYNC_SET: msgid("Permissions to synchronize"),
    Check.CONNECTION: msgid("Connection to Dataverse"),
    Check.DATAVERSE: msgid("Dataverse"),
    Check.PRIVILEGES: msgid("Privileges in Dataverse"),
    Check.REPLICA: msgid("Replica"),
    Check.RATE_LIMIT: msgid("Request limit"),
    Check.RETENTION: msgid("Retention policy"),
    Check.CREDENTIAL: msgid("Expiry of the credential"),
    Check.WORKER: msgid("Worker"),
    Check.PULL: msgid("Last reading"),
    Check.NUMBERS: msgid("Restored or copied"),
}

WORDS: Final[Mapping[Outcome, Words]] = {**WORDS_OF_HOUSE, **WORDS_OF_CONNECTIONS, **WORDS_OF_THE_PAST}
"""All but those that speak of a failure, or of what was not looked at."""

_ENTRA_CENTER: Final = Address("https://entra.microsoft.com")
_SLACK_APPS: Final = Address("https://api.slack.com/apps")
_POWER_PLATFORM: Final = Address("https://admin.powerplatform.microsoft.com/environments")

_MENDER_OF_FAILURE: Final[Mapping[str, Mender]] = {
    "source.sign_in_refused": Mender.ENTRA,
    "dataverse.sign_in_refused": Mender.ENTRA,
    "source.refused": Mender.BUSINESS_CENTRAL,
    "source.missing": Mender.BUSINESS_CENTRAL,
    "dataverse.refused": Mender.DATAVERSE,
    "source.throttled": Mender.NOBODY,
    "dataverse.throttled": Mender.NOBODY,
}
_LINK_OF_MENDER: Final[Mapping[Mender, Address]] = {
    Mender.ENTRA: _ENTRA_CENTER,
    Mender.DATAVERSE: _POWER_PLATFORM,
    Mender.SLACK: _SLACK_APPS,
}


def finding_words(finding: Finding, texts: Texts) -> FindingWords:
    """What a finding means to a person."""
    if finding.outcome is Outcome.FAILURE:
        return _failure(finding, texts)
    if finding.outcome is Outcome.BLOCKED:
        return FindingWords(_blocked(finding, texts))
    words = WORDS[finding.outcome](Facts(finding.facts), texts)
    link = words.link or _LINK_OF_MENDER.get(words.mender)
    return FindingWords(words.what, words.next_step, words.mender, link if words.next_step else None)


def title_of(check: Check, texts: Texts) -> Markup:
    """What was looked at."""
    return texts.say(TITLES[check])


def step_words(finding: Finding, words: FindingWords, texts: Texts) -> Markup:
    """Who does what now; empty where nobody has to. The words of a failure name somebody already."""
    if not words.next_step or finding.outcome is Outcome.FAILURE or words.mender is Mender.NOBODY:
        return link(words.next_step, words.link) if words.link else words.next_step
    who = link(texts.say(MENDERS[words.mender]), words.link)
    return sentence((who + own(":"), words.next_step))


def _failure(finding: Finding, texts: Texts) -> FindingWords:
    key = str(finding.facts.get("key", ""))
    plain = {name: value for name, value in finding.facts.items() if isinstance(value, str | int)}
    words = failure_words(key, plain, texts)
    mender = _MENDER_OF_FAILURE.get(key, Mender.OPERATOR)
    if finding.facts.get("what") in {"company", "environment"}:
        mender = Mender.OPERATOR
    return FindingWords(words.what, words.next_step, mender, _LINK_OF_MENDER.get(mender))


def _blocked(finding: Finding, texts: Texts) -> Markup:
    if finding.because is None:
        return texts.gettext("This could not be looked at.")
    return texts.gettext(
        "This could not be looked at: first “{check}” has to be mended.",
        check=title_of(finding.because, texts),
    )
