"""What the client hands over. Frozen; texts are as Dataverse has them, hostile until shown as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from bot.dataclass import dataclass

ENGLISH: Final = 1033
"""Locale id, in which every environment has at least the names of Microsoft's own tables."""


class PrincipalKind(StrEnum):
    """Who can hold roles and own rows. The values are the tables' logical names."""

    USER = "systemuser"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Principal:
    """A user or a team, by id."""

    kind: PrincipalKind
    id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the bot's own application is there (function ``WhoAmI``)."""

    user_id: str
    business_unit_id: str
    organization_id: str


@dataclass(frozen=True, slots=True)
class BusinessUnit:
    """A part of the organization; roles exist once in each."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class User:
    """Table ``systemuser``."""

    id: str
    name: str
    business_unit: BusinessUnit
    is_disabled: bool
    application_id: str | None
    """Client id in Entra; None of people."""
    email: str = ""

    @property
    def is_application(self) -> bool:
        """An application user, as Business Central's integration user is one."""
        return self.application_id is not None


@dataclass(frozen=True, slots=True)
class Team:
    """Table ``team``."""

    id: str
    name: str
    business_unit: BusinessUnit
    is_default: bool
    """The one that every business unit has, with its name."""


class Depth(IntEnum):
    """How far a privilege reaches: own rows, the business unit, its children, all (``PrivilegeDepth``)."""

    BASIC = 0
    LOCAL = 1
    DEEP = 2
    GLOBAL = 3

    @property
    def web_name(self) -> str:
        """As the Web API writes it."""
        return self.name.capitalize()


@dataclass(frozen=True, slots=True)
class Role:
    """Table ``role``: one copy of a role, in one business unit."""

    id: str
    name: str
    business_unit_id: str
    root_id: str
    """The role of which this is a copy: editing that one edits all copies."""
    template_id: str | None
    is_managed: bool
    """Part of a managed solution."""
    is_customizable: bool
    through: Team | None = None
    """The team by which a user has it; None where it is assigned directly."""


@dataclass(frozen=True, slots=True)
class Privilege:
    """Table ``privilege``."""

    id: str
    name: str
    depths: frozenset[Depth]
    """At which it can be granted."""


class Ownership(StrEnum):
    """Who owns the rows of a table (``OwnershipTypes``)."""

    USER = "UserOwned"
    TEAM = "TeamOwned"
    ORGANIZATION = "OrganizationOwned"
    BUSINESS = "BusinessOwned"
    OTHER = "None"


class ColumnKind(StrEnum):
    """How a value of a column is written in a filter."""

    TEXT = "text"
    ID = "id"
    LOOKUP = "lookup"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    MOMENT = "moment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Table:
    """What ``EntityDefinitions`` says about a table."""

    logical_name: str
    schema_name: str
    entity_set: str
    object_type_code: int
    names: Mapping[int, str]
    """Display name by locale id."""
    primary_id: str
    primary_name: str
    """Logical name of the column with the name; empty where there is none."""
    ownership: Ownership
    privileges: Mapping[str, Privilege]
    """By name, in lower case."""
    columns: Mapping[str, ColumnKind] = field(default_factory=dict)
    """Those that can be read, by logical name."""

    def called(self, locale: int = ENGLISH) -> str:
        """Display name in that language, else in English, else in any, else the logical name."""
        return (
            self.names.get(locale)
            or self.names.get(ENGLISH)
            or next(iter(self.names.values()), self.logical_name)
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and how Dataverse shows it (the name of a looked-up row, the label of a choice)."""

    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a row."""

    principal: Principal
    name: str
    business_unit: BusinessUnit | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row, with the columns that were asked for and that it has a value in."""

    table: str
    id: str
    name: str
    """Value of the table's primary column."""
    is_active: bool
    """True of tables whose rows cannot be deactivated."""
    cells: Mapping[str, Cell]
    modified_at: datetime | None = None
    modified_by: str = ""
    """Display name of who changed it last."""
    owner: Owner | None = None


class Standing(StrEnum):
    """What became of a row."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    IN_BIN = "in_bin"
    """Deleted, and kept: it can be restored."""
    DELETED = "deleted"
    """Deleted, as the audit log says."""
    ABSENT = "absent"
    """Not there; whether it ever was, nothing tells."""


@dataclass(frozen=True, slots=True)
class RowStanding:
    """What became of one row."""

    standing: Standing
    row: Row | None
    """None of rows that are gone."""
    deleted_at: datetime | None = None
    deleted_by: str = ""


class Comparing(StrEnum):
    """How a filter compares."""

    EQUALS = "eq"
    CONTAINS = "contains"
    STARTS_WITH = "startswith"


@dataclass(frozen=True, slots=True)
class Condition:
    """One column against one value, the value as text whatever the column."""

    column: str
    value: str
    comparing: Comparing = Comparing.EQUALS
