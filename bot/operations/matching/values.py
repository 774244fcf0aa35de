"""What finding a match asks and answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from enum import Enum, IntEnum
from typing import Final
from uuid import UUID

from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.operations.deciding import Allowance, Decided
from bot.operations.reading import FailureNote
from bot.operations.views import ConnectionView
from bot.store.record_names import Names
from bot.store.runs import Run

UNKNOWN: Final = Allowance()
MOST_CANDIDATES: Final = 9
"""As many as a form shows beside *Create*."""


@dataclass(frozen=True, slots=True)
class MatchTarget:
    """What waits: one problem, or one error."""

    problem_id: str = ""
    number: int | None = None


class Evidence(IntEnum):
    """Why two records may belong together; the strongest first."""

    NUMBER = 1
    """The same number or code."""
    ISO_CODE = 2
    """The same ISO code of a currency."""
    CRITERION = 3
    """The same value in a field that Business Central itself matches by."""
    EMAIL = 4
    NAME = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence."""

    evidence: Evidence
    field: str
    """The field's caption in Business Central; text from outside, empty for a number."""
    value: str
    """Text from outside."""


class Obstacle(Enum):
    """Why nothing can be coupled or created for what is awaited."""

    NOT_NAMED = "not named"
    """The text does not say which record it waits for."""
    NOT_FOUND = "not found"
    """There is no such record any more."""
    OPTION = "option"
    """Payment terms and the like: their other side is an option, on a page of its own."""
    COUPLED = "coupled"
    """It has been coupled since."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """The record that is waited for, in one mapping."""

    record_id: str
    table: int
    mapping: str
    mapping_id: str
    direction: Direction
    """Where it would be created: away from where it is."""
    name: str
    """Text from outside."""
    entity: str
    """Dataverse's side of the mapping, by logical name."""
    integration_table: int
    local_table: int
    local_system_id: str = ""
    """Empty for a row of Dataverse."""
    dataverse_id: str = ""
    """Empty for a record of Business Central."""
    told: tuple[str, ...] = ()
    """What else people know it by: its number, e-mail address, city. Text from outside."""
    can_be_created: bool = True
    """Whether the mapping goes that way and its filter lets the record in."""

    @property
    def is_row(self) -> bool:
        """Whether it is a row of Dataverse, which lacks a record in Business Central."""
        return not self.local_system_id


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that it may belong to."""

    mapping_id: str
    """Of the awaited record that it is a candidate for."""
    id: str
    """Row id in Dataverse, or SystemId in Business Central."""
    record_id: str
    table: int
    name: str
    """Text from outside."""
    reasons: tuple[Reason, ...]
    """The strongest first."""
    coupled_to: str = ""
    """The record that it is coupled to already, as text: it can be coupled to no other."""
    is_active: bool = True
    told: tuple[str, ...] = ()
    """As ``Awaited.told``; empty for a record of Business Central, whose number is its id."""

    @property
    def strength(self) -> tuple[int, int, str]:
        """Sorts the most likely first."""
        return (int(self.reasons[0].evidence), -len(self.reasons), self.name.casefold())


class What(Enum):
    """What somebody chooses."""

    COUPLE = "couple"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice, as forms and buttons carry it."""

    what: What
    mapping_id: str
    candidate: str = ""
    """Id of the candidate; empty where a new record is wanted."""

    def written(self) -> str:
        """One word, at most 90 characters."""
        return ":".join(filter(None, (self.what.value, self.mapping_id, self.candidate)))

    @classmethod
    def read(cls, text: str) -> Choice:
        """Raises ValueError for what ``written`` did not write."""
        what, *ids = text.split(":")
        checked = [str(UUID(one)) for one in ids]
        choice = cls(What(what), *checked)
        if bool(choice.candidate) is not (choice.what is What.COUPLE):
            raise ValueError(text)
        return choice


@dataclass(frozen=True, slots=True)
class Behind:
    """What goes on once the record is coupled."""

    problems: tuple[str, ...] = ()
    """They are retried, in this order."""
    new: tuple[Decided, ...] = ()
    """Records whose own first insert failed, which no run takes by itself; in the order of creating them."""
    left_over: int = 0
    """New records that are too many for one run."""

    @property
    def tables(self) -> Mapping[int, int]:
        """How many of ``new`` are in which table."""
        counts: dict[int, int] = {}
        for one in self.new:
            counts[one.table_number] = counts.get(one.table_number, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class MatchView:
    """What is awaited, what it may belong to, and what a choice would set going."""

    connection: ConnectionView
    target: MatchTarget
    record_id: str
    """What is awaited as the text names it; empty where it names none."""
    awaited: tuple[Awaited, ...] = ()
    """Several where the text leaves open in which table, or several mappings take the table."""
    candidates: tuple[Candidate, ...] = ()
    left_out: int = 0
    obstacle: Obstacle | None = None
    coupled_to: str = ""
    is_dataverse_known: bool = False
    """Whether the settings have Dataverse's address."""
    unread: FailureNote | None = None
    """Why candidates could not be looked for."""
    behind: Behind = Behind()
    problem_id: str = ""
    allowance: Allowance = UNKNOWN
    running: Run | None = None
    names: Names = field(default_factory=dict)
    """Of what would be created, too, as far as somebody asked for them before."""

    def of(self, mapping_id: str) -> Awaited | None:
        """What is awaited in that mapping."""
        return next((one for one in self.awaited if one.mapping_id == mapping_id), None)

    def chosen(self, choice: Choice) -> Candidate | None:
        """The candidate that is chosen, where it still is one."""
        return next(
            (
                one
                for one in self.candidates
                if (one.mapping_id, one.id) == (choice.mapping_id, choice.candidate) and not one.coupled_to
            ),
            None,
        )

    def allows(self, choice: Choice) -> bool:
        """Whether that can still be done."""
        awaited = self.of(choice.mapping_id)
        if awaited is None or self.obstacle is not None:
            return False
        if choice.what is What.CREATE:
            return awaited.can_be_created
        return self.chosen(choice) is not None

    def seen(self, choice: Choice) -> str:
        """Of all that this choice rests on: another one means that something changed."""
        awaited, candidate = self.of(choice.mapping_id), self.chosen(choice)
        shown = [
            choice.written(),
            awaited and [awaited.local_system_id, awaited.dataverse_id, awaited.name],
            candidate and [candidate.record_id, candidate.name, *candidate.told, candidate.is_active],
            [[one.record_id, one.mapping_id] for one in self.behind.new],
            list(self.behind.problems),
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:24]
