"""What the words of every finding of the doctor consist of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.cards.dates import day, moment
from bot.cards.links import Address
from bot.cards.markup import EMPTY, Markup
from bot.cards.outside import Outside
from bot.cards.texts import MessageId, Texts
from bot.dataclass import dataclass
from bot.operations.doctor.values import Fact

_FACT: Final = 120
_LIST: Final = 600


class Mender(StrEnum):
    """Who can do something about it."""

    NOBODY = "nobody"
    OPERATOR = "operator"
    SLACK = "slack"
    ENTRA = "entra"
    BUSINESS_CENTRAL = "business central"
    DATAVERSE = "dataverse"


@dataclass(frozen=True, slots=True)
class FindingWords:
    """``next_step`` is empty where all is well."""

    what: Markup
    next_step: Markup = EMPTY
    mender: Mender = Mender.NOBODY
    link: Address | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a finding as markup."""

    facts: Mapping[str, Fact]

    def text(self, name: str, limit: int = _FACT) -> Markup:
        """A short value from outside."""
        return Outside(str(self.facts.get(name, ""))).short(limit)

    def list(self, name: str) -> Markup:
        """Several names in one text."""
        return self.text(name, _LIST)

    def number(self, name: str) -> int:
        """A number; 0 where there is none."""
        value = self.facts.get(name, 0)
        return value if isinstance(value, int) else 0

    def day(self, name: str) -> Markup:
        """A date."""
        value = self.facts.get(name)
        return day(value) if isinstance(value, datetime) else EMPTY

    def moment(self, name: str) -> Markup:
        """Date and time."""
        value = self.facts.get(name)
        return moment(value) if isinstance(value, datetime) else EMPTY


Words = Callable[[Facts, Texts], FindingWords]


def plainly(what: MessageId, next_step: MessageId | None = None, mender: Mender = Mender.NOBODY) -> Words:
    """Words that no fact changes."""

    def said(_facts: Facts, texts: Texts) -> FindingWords:
        return FindingWords(texts.say(what), EMPTY if next_step is None else texts.say(next_step), mender)

    return said
