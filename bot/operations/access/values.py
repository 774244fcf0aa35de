"""What Dataverse says about a problem. Frozen."""

from __future__ import annotations

from enum import StrEnum

from bot.dataclass import dataclass
from bot.dataverse import Depth, Principal, Privilege, Role, RowStanding, Table
from bot.failures import DataverseFailure


class Holding(StrEnum):
    """Whether the privilege is still missing."""

    MISSING = "missing"
    TOO_SHORT = "too_short"
    """Held, but it does not reach as far as it must."""
    HELD = "held"
    """Fixed meanwhile."""


class Reason(StrEnum):
    """Why a privilege must reach as far as it must."""

    ONLY_ONE = "only_one"
    """Rows of this table belong to nobody: there is no other depth."""
    OWNS = "owns"
    """Who is to own a row must be able to read its own."""
    SYNCHRONIZES = "synchronizes"
    """Who synchronizes works with rows of everybody."""
    THIS_RECORD = "this_record"
    """Dataverse was asked about the one record that was refused."""


class Spot(StrEnum):
    """Where the privilege belongs."""

    HELD_ROLE = "held_role"
    """A role of one's own that the principal has already."""
    OTHER_ROLE = "other_role"
    """A role of one's own that grants it already, and that the principal does not have."""
    NEW_ROLE = "new_role"


@dataclass(frozen=True, slots=True)
class Place:
    """The right place for a privilege; never a role that Microsoft's solutions reset."""

    spot: Spot
    name: str
    """Of the role."""
    root_id: str | None
    """None of a new role."""


@dataclass(frozen=True, slots=True)
class PrincipalFacts:
    """Who it is about; ``name`` is empty where nobody has that id any more."""

    principal: Principal
    name: str
    business_unit: str
    unit_id: str = ""
    is_application: bool = False
    is_disabled: bool = False
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Lack:
    """A privilege that was missing when the error was written."""

    privilege: Privilege
    table: Table | None
    holding: Holding
    held: Depth | None
    needed: Depth
    reason: Reason
    place: Place
    record_unit: str = ""
    """Business unit of the one record that was refused, where Dataverse was asked about that."""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What became of a row."""

    table: Table
    row_id: str
    found: RowStanding


@dataclass(frozen=True, slots=True)
class Finding:
    """What Dataverse said."""

    who: PrincipalFacts | None = None
    lack: Lack | None = None
    row: RowFacts | None = None
    has_roles_now: bool = False
    """Of somebody who had none at all when the error was written: fixed meanwhile."""
    organization_id: str = ""
    """By which the admin center knows the environment; empty where nothing is to be done there."""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to show."""
        return self.who is not None or self.row is not None


@dataclass(frozen=True, slots=True)
class Unasked:
    """Dataverse could not be asked, or nobody told the bot where it is."""

    failure: DataverseFailure


Look = Finding | Unasked


@dataclass(frozen=True, slots=True)
class Script:
    """What an administrator can run: one file of PowerShell."""

    name: str
    text: str
