"""Business Central's retention periods in a person's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.markup import EMPTY, Markup
from bot.cards.texts import MessageId, Texts, msgid

NEVER: Final = "Never Delete"

_PERIODS: Final[Mapping[str, MessageId]] = {
    "1 Week": msgid("1 week"),
    "28 Days": msgid("28 days"),
    "1 Month": msgid("1 month"),
    "3 Months": msgid("3 months"),
    "6 Months": msgid("6 months"),
    "1 Year": msgid("1 year"),
    "3 Years": msgid("3 years"),
    "5 Years": msgid("5 years"),
}
"""Names of the enum "Retention Period Enum" (microsoft/BCApps, System Application), which no language
translates."""


def own_rule_words(texts: Texts) -> Markup:
    """Where there is a period, and not one of those."""
    return texts.gettext(
        "Business Central itself deletes some entries, by a rule of its own that the bot cannot read."
    )


def period_words(name: str, texts: Texts) -> Markup:
    """How long; empty for a period that has no length of its own, such as an administrator's formula."""
    known = _PERIODS.get(name)
    return EMPTY if known is None else texts.say(known)
