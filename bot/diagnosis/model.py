"""The values of diagnosis. Pure data: no I/O, no database, no Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType

ParamValue = str | int
Params = Mapping[str, ParamValue]
NO_PARAMS: Params = MappingProxyType({})

UNKNOWN = "unknown"
"""The class of a text that names no cause."""


class Fixer(StrEnum):
    """Who ends a problem."""

    USER = "user"
    ADMIN = "admin"
    WAIT = "wait"


class Severity(IntEnum):
    """How pressing a class is by itself; a higher number comes first."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class LinkKind(StrEnum):
    """Where the link of a remedy step leads."""

    PAGE = "page"
    """A page of Business Central, by its number."""
    RECORD = "record"
    """The failing record itself."""
    OTHER_RECORD = "other_record"
    """The record that it depends on."""
    DATAVERSE_LIST = "dataverse_list"
    """The list of a Dataverse table, by its logical name."""
    ADMIN_CENTER = "admin_center"
    """The Power Platform admin center."""
    DOCS = "docs"
    """A page of Microsoft's documentation (fixed address in the catalogue)."""


@dataclass(frozen=True, slots=True)
class Localized:
    """One sentence in every language the bot speaks. May hold ``{param}`` holes."""

    en: str
    nl: str

    def in_language(self, language: str) -> str:
        """The sentence for a language code such as ``nl`` or ``nl-NL``; English where there is no other."""
        return self.nl if language.lower().startswith("nl") else self.en


@dataclass(frozen=True, slots=True)
class StepLink:
    """Target of a step.

    ``page`` goes with ``LinkKind.PAGE``, ``address`` with ``DOCS``, ``entity`` with ``DATAVERSE_LIST``.
    """

    kind: LinkKind
    page: int | None = None
    address: str | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a remedy."""

    text: Localized
    link: StepLink | None = None
    warning: bool = False
    """True for a sentence that warns of a costly wrong move."""


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """One class of ``taxonomy.md``, with what a person needs to know about it."""

    code: str
    title: Localized
    explanation: Localized
    fixer: Fixer
    severity: Severity
    group_by: tuple[str, ...]
    """Keys of params that make two errors of this class the same problem."""
    steps: tuple[Step, ...]
    steps_by_topic: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def remedy(self, topic: str | None) -> tuple[Step, ...]:
        """The ordered steps for a topic, or the class's own where the topic has none."""
        return self.steps_by_topic.get(topic or "", self.steps)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the classifier makes of one message."""

    class_code: str
    fixer: Fixer
    language: str
    """Code such as ``en`` or ``nl``; ``und`` where the text does not show it."""
    params: Params = NO_PARAMS
    rule: str = ""
    """Id of the template or token rule that decided; empty for ``unknown``."""
    topic: str | None = None
    wrappers: tuple[str, ...] = ()
    """Ids of the wrappers taken off, outermost first."""
    masked: str = ""
    """For ``unknown``: the text with its variable parts masked, by which such texts are grouped."""
