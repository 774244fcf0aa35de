"""The values of diagnosis. Pure data: no I/O, no database, no Slack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from bot.dataclass import dataclass

ParamValue = str | int
Params = Mapping[str, ParamValue]
NO_PARAMS: Params = MappingProxyType({})

Choices = Mapping[str, tuple[str, ...]]
"""Key of params -> values."""


def _no_choices() -> Choices:
    return MappingProxyType({})


UNKNOWN = "unknown"
"""The class of a text that names no cause."""
PLUGIN = "customization.plugin_or_workflow"
"""The class of a refusal by the customer's own code: what that code met may be the deeper cause."""

GUID = "<guid>"
"""In conditions: any id of a row in Dataverse."""

_ROW_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOLE = re.compile(r"\{([a-z_]+)\}")


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
    ERROR = "error"
    """The row on page Integration Synchronization Errors."""
    OTHER_RECORD = "other_record"
    """The record that it depends on."""
    DATAVERSE_ROW = "dataverse_row"
    """A row of Dataverse whose id was read out of the text."""
    DATAVERSE_LIST = "dataverse_list"
    """The list of a Dataverse table, by its logical name."""
    ADMIN_CENTER = "admin_center"
    """The Power Platform admin center."""
    DOCS = "docs"
    """A page of Microsoft's documentation (fixed address in the catalogue)."""


ADMIN_CENTER_PLACES: Final = frozenset({"securityroles", "teams", "appusers"})
"""Where in an environment a link to the admin center can lead."""


@dataclass(frozen=True, slots=True)
class Localized:
    """One sentence in every language the bot speaks. May hold ``{param}`` holes."""

    en: str
    nl: str

    def in_language(self, language: str) -> str:
        """The sentence for a language code such as ``nl`` or ``nl-NL``; English where there is no other."""
        return self.nl if language.lower().startswith("nl") else self.en

    @property
    def holes(self) -> frozenset[str]:
        """The keys of params that the sentence names."""
        return frozenset(_HOLE.findall(self.en)) | frozenset(_HOLE.findall(self.nl))

    def filled(self, language: str, values: Mapping[str, ParamValue]) -> str:
        """The sentence with its holes filled; a hole whose value is absent shows as an ellipsis.

        Values are inserted as they are, in one pass: a value that looks like a hole stays what it is. Whoever
        puts the sentence where markup is read escapes the values before.
        """
        return _HOLE.sub(lambda hole: str(values.get(hole[1], "…")), self.in_language(language))


@dataclass(frozen=True, slots=True)
class Condition:
    """When a title or a step applies, decided by the params of a diagnosis."""

    needs: frozenset[str] = frozenset()
    """Keys that must be there; the holes of the sentence are always among them."""
    lacks: frozenset[str] = frozenset()
    """Keys that must not be there: how a step stands in for another one that needs them."""
    when: Choices = field(default_factory=_no_choices)
    """Keys with the values of which they must have one, such as ``principal = "team"``; ``topic`` too, where
    the class groups by it. ``GUID`` stands for any: the id of a row in Dataverse, not a key of Business
    Central."""
    unless: Choices = field(default_factory=_no_choices)
    """Keys with the values of which they must have none."""

    def holds(self, params: Params) -> bool:
        """True where a diagnosis with these params fulfils the condition."""
        return (
            all(key in params for key in self.needs)
            and not any(key in params for key in self.lacks)
            and all(_is_one_of(params.get(key), values) for key, values in self.when.items())
            and not any(_is_one_of(params.get(key), values) for key, values in self.unless.items())
        )


def _is_one_of(value: ParamValue | None, values: tuple[str, ...]) -> bool:
    return value in values or (GUID in values and _ROW_ID.fullmatch(str(value)) is not None)


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Title:
    """One of the titles of a class, with the condition under which it is used."""

    text: Localized
    condition: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class StepLink:
    """Target of a step.

    ``page`` goes with ``LinkKind.PAGE``, ``address`` with ``DOCS``, ``entity`` with ``DATAVERSE_LIST``,
    ``DATAVERSE_ROW`` and (a place) ``ADMIN_CENTER``.
    """

    kind: LinkKind
    page: int | None = None
    address: str | None = None
    entity: str | None = None
    row: str | None = None
    """With a row of Dataverse: the key of params that holds its id."""
    filters: tuple[tuple[str, str], ...] = ()
    """With a page: names of fields, and what they must be: ``{key}`` stands for the value of params. Where
    that is not known, the link leads to the whole page."""

    @property
    def needs(self) -> frozenset[str]:
        """The keys of params that its filters take values from."""
        return frozenset(found[1] for _, value in self.filters if (found := _HOLE.fullmatch(value)))

    def picked(self, params: Params) -> tuple[tuple[str, str], ...]:
        """The filters with their values; none where one is not known."""
        if not all(key in params for key in self.needs):
            return ()
        return tuple(
            (field, _HOLE.sub(lambda hole: str(params[hole[1]]), value)) for field, value in self.filters
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a remedy."""

    text: Localized
    link: StepLink | None = None
    warning: bool = False
    """True for a sentence that warns of a costly wrong move."""
    condition: Condition = ALWAYS
    """Under which params the step is shown; see ``ErrorClass.remedy_for``."""


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """One class of ``taxonomy.md``, with what a person needs to know about it."""

    code: str
    title: Localized
    """The title without any hole: always right, never the most telling. See ``title_for``."""
    explanation: Localized
    fixer: Fixer
    severity: Severity
    group_by: tuple[str, ...]
    """Keys of params that make two errors of this class the same problem. See ``identity``.

    ``topic`` stands for the topic; ``a|b`` is the first of the two that a diagnosis has.
    """
    steps: tuple[Step, ...]
    steps_by_topic: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    titles: tuple[Title, ...] = ()
    """Telling titles with holes, best first; the first whose condition holds is used, else ``title``."""
    fixer_by_topic: Mapping[str, Fixer] = field(default_factory=dict)
    """Where a topic is somebody else's than the class's, e.g. a wrong URL is no matter of waiting."""
    explanation_by_topic: Mapping[str, Localized] = field(default_factory=dict)
    """Where the class's explanation would be wrong for a topic."""

    def title_for(self, params: Params) -> Localized:
        """The most telling title whose holes these params can all fill."""
        for title in self.titles:
            if title.condition.holds(params):
                return title.text
        return self.title

    def explanation_for(self, topic: str | None) -> Localized:
        """What happened, for an error of this class and topic."""
        return self.explanation_by_topic.get(topic or "", self.explanation)

    def fixer_for(self, topic: str | None) -> Fixer:
        """Who ends a problem of this class and topic."""
        return self.fixer_by_topic.get(topic or "", self.fixer)

    def remedy(self, topic: str | None) -> tuple[Step, ...]:
        """The ordered steps for a topic, or the class's own where the topic has none; whatever the params."""
        return self.steps_by_topic.get(topic or "", self.steps)

    def remedy_for(self, topic: str | None, params: Params) -> tuple[Step, ...]:
        """The ordered steps for a topic that these params can fill, each with all its holes known."""
        return tuple(step for step in self.remedy(topic) if step.condition.holds(params))


class Diagnosis(NamedTuple):
    """What the classifier makes of one message.

    A tuple, because one is made for each message, and a frozen dataclass takes four times as long to make.
    """

    class_code: str
    fixer: Fixer
    language: str
    """Code such as ``en`` or ``nl``; ``und`` where the text does not show it."""
    params: Params = NO_PARAMS
    rule: str = ""
    """Id of the template, token or code that decided; empty where nothing was recognised.

    A text that is recognised as saying no cause ("An unexpected error occurred.") is ``unknown`` with a rule.
    """
    topic: str | None = None
    wrappers: tuple[str, ...] = ()
    """Ids of the wrappers taken off, outermost first."""
    masked: str = ""
    """For ``unknown``: the text with its variable parts masked, by which such texts are grouped."""
