"""One simulated Dataverse environment: who is there, what they may, which rows there are.

Roles exist once in each business unit, as copies of a root role; a change to the root changes the copies
(MicrosoftDocs/powerapps-docs, ``developer/data-platform/security-roles.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from bot.simulator.dataverse.tables import (
    NOT_OWNED,
    ORGANIZATION_OWNED,
    STANDARD,
    SYSTEM_PRIVILEGES,
    SimulatedTable,
    made_up_id,
)
from bot.simulator.dataverse.values import ACTIVE, INACTIVE, Depth, Gone, Living, Option, Ref, Values


@dataclass(slots=True)
class Security:
    """Who has which role, and what these grant."""

    user_roles: set[tuple[str, str]] = field(default_factory=set)
    team_roles: set[tuple[str, str]] = field(default_factory=set)
    members: set[tuple[str, str]] = field(default_factory=set)
    """(team, user)."""
    granted: dict[str, dict[str, Depth]] = field(default_factory=dict)
    """By root role, then by privilege."""


class SimulatedOrganization:
    """An environment at ``url``. ``privilege_ids`` gives privileges other ids than made-up ones, by name;
    ``unit`` is the name and, where it matters, the id of the root business unit."""

    def __init__(
        self,
        clock: Clock,
        url: str = "https://kleiweg.crm4.dynamics.com",
        *,
        privilege_ids: Mapping[str, str] | None = None,
        unit: tuple[str, str] = ("kleiweg", ""),
        tables: Iterable[SimulatedTable] = STANDARD,
    ) -> None:
        self.clock = clock
        self.url = url.rstrip("/").lower()
        self.id = made_up_id(self.url, "organization")
        self.tables = {table.logical_name: table for table in tables}
        self.security = Security()
        self.privileges: dict[str, str] = {}
        """Id by name in lower case."""
        self.in_admin_mode = False
        self.audits = True
        self.keeps_deleted = True
        self.gone: dict[str, Gone] = {}
        self._rows: dict[str, dict[str, Values]] = {name: {} for name in self.tables}
        self._living: list[Living] = []
        self._given_ids = {name.lower(): found for name, found in (privilege_ids or {}).items()}
        for name, depths in self._all_privileges():
            self._add_privilege(name, depths)
        self.root_unit = self.add_business_unit(*unit)

    # Filling it

    def add_business_unit(self, name: str, unit_id: str = "") -> str:
        """A business unit; gives its id."""
        return self.add("businessunit", unit_id, name=name, isdisabled=False)

    def add_user(
        self,
        name: str,
        user_id: str = "",
        *,
        unit: str = "",
        application_id: str | None = None,
        email: str = "",
    ) -> str:
        """A person, or with ``application_id`` an application user; gives the id."""
        return self.add(
            "systemuser",
            user_id,
            fullname=name,
            isdisabled=False,
            applicationid=application_id,
            internalemailaddress=email or None,
            accessmode=Option(4, "Non-interactive") if application_id else Option(0, "Read-Write"),
            businessunitid=Ref("businessunit", unit or self.root_unit),
        )

    def add_team(self, name: str, team_id: str = "", *, unit: str = "", members: Iterable[str] = ()) -> str:
        """An owner team; gives its id."""
        made = self.add(
            "team",
            team_id,
            name=name,
            isdefault=False,
            teamtype=Option(0, "Owner"),
            businessunitid=Ref("businessunit", unit or self.root_unit),
        )
        self.security.members |= {(made, member) for member in members}
        return made

    def add_role(
        self,
        name: str,
        role_id: str = "",
        *,
        template: str | None = None,
        managed: bool = False,
        customizable: bool = True,
        grants: Mapping[str, Depth] | None = None,
    ) -> str:
        """A role in the root business unit; gives its id."""
        made = role_id or made_up_id(self.url, "role", name)
        self.add(
            "role",
            made,
            name=name,
            ismanaged=managed,
            iscustomizable=customizable,
            businessunitid=Ref("businessunit", self.root_unit),
            parentrootroleid=Ref("role", made),
            roletemplateid=Ref("roletemplate", template) if template else None,
        )
        self.security.granted[made] = {}
        for privilege, depth in (grants or {}).items():
            self.grant(made, privilege, depth)
        return made

    def copy_role(self, root: str, unit: str) -> str:
        """The copy of a role in another business unit; gives its id."""
        values = self._rows["role"][root]
        made = made_up_id(root, unit)
        copied = {**values, "businessunitid": Ref("businessunit", unit)}
        copied.pop("roleid")
        return self.add("role", made, **copied)

    def assign(self, role: str, *, user: str = "", team: str = "") -> None:
        """Give a role to somebody."""
        if user:
            self.security.user_roles.add((user, role))
        if team:
            self.security.team_roles.add((team, role))

    def grant(self, role: str, privilege: str, depth: Depth) -> None:
        """Add a privilege to a role and all its copies. Raises KeyError for a privilege there is not."""
        self.security.granted[self.root_of(role)][self.privileges[privilege.lower()]] = depth

    def revoke(self, role: str, privilege: str) -> None:
        """Take a privilege from a role."""
        self.security.granted[self.root_of(role)].pop(self.privileges[privilege.lower()], None)

    def add(self, table: str, row_id: str = "", **values: Any) -> str:
        """Any row; gives its id."""
        definition = self.tables[table]
        unknown = values.keys() - definition.columns.keys()
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
        made = (row_id or made_up_id(self.url, table, repr(sorted(values.items(), key=str)))).lower()
        now = self.clock.now()
        usual: Values = {"createdon": now, "modifiedon": now, "statecode": ACTIVE, "statuscode": ACTIVE}
        known = {name: value for name, value in usual.items() if name in definition.columns}
        self._rows[table][made] = {**known, **values, definition.primary_id: made}
        self.gone.pop(made, None)
        return made

    def change(self, table: str, row_id: str, **values: Any) -> None:
        """Write these columns. Raises KeyError where there is no such row."""
        row = self._rows[table].get(row_id) or self.row(table, row_id)
        if row is None:
            raise KeyError(row_id)
        self._rows[table][row_id] = {**row, **values, "modifiedon": self.clock.now()}

    def deactivate(self, table: str, row_id: str) -> None:
        """Set a row inactive."""
        self.change(table, row_id, statecode=INACTIVE)

    def delete(self, table: str, row_id: str, by: str = "") -> None:
        """Delete a row; ``by`` is the user's id. Raises KeyError where there is none."""
        row = self.row(table, row_id)
        if row is None:
            raise KeyError(row_id)
        self._rows[table].pop(row_id, None)
        self.gone[row_id] = Gone(table, row, self.clock.now(), by)

    def lives(self, living: Living) -> None:
        """Also have the rows that ``living`` tells at the moment of each question."""
        self._living.append(living)

    # Looking at it

    def rows(self, table: str) -> Iterator[Values]:
        """All rows of a table, in the order of their ids."""
        definition = self.tables[table]
        found: dict[str, Values] = {}
        for living in self._living:
            found |= {values[definition.primary_id]: values for values in living.rows(definition)}
        found |= self._rows[table]
        if table == "audit":
            found = {row["auditid"]: row for row in self._audit()}
        gone = self.gone_rows()
        return (found[row_id] for row_id in sorted(found) if row_id not in gone)

    def row(self, table: str, row_id: str) -> Values | None:
        """One row by id."""
        own = self._rows[table].get(row_id)
        if own is not None:
            return own
        if table == "audit" or row_id in self.gone_rows():
            return None
        found = (living.row(self.tables[table], row_id) for living in self._living)
        return next((row for row in found if row is not None), None)

    def gone_rows(self) -> dict[str, Gone]:
        """Rows that were deleted, by id."""
        found = dict(self.gone)
        for living in self._living:
            found |= dict(living.gone())
        return found

    def name_of(self, ref: Ref) -> str:
        """What a lookup shows; empty where the row is gone."""
        table = self.tables.get(ref.table)
        row = None if table is None else self.row(ref.table, ref.id)
        return "" if row is None or table is None else str(row.get(table.primary_name) or "")

    def root_of(self, role: str) -> str:
        """The role of which this is a copy."""
        root = self._rows["role"][role]["parentrootroleid"]
        return str(root.id)

    def roles_of(self, *, user: str = "", team: str = "") -> set[str]:
        """Roles held, those of a user through teams included."""
        found = {role for who, role in self.security.user_roles if who == user and user}
        teams = {team} if team else {one for one, member in self.security.members if member == user}
        return found | {role for who, role in self.security.team_roles if who in teams}

    def privileges_of(self, roles: Iterable[str]) -> dict[str, Depth]:
        """What roles grant together, by id of the privilege."""
        found: dict[str, Depth] = {}
        for role in roles:
            for privilege, depth in self.security.granted.get(self.root_of(role), {}).items():
                found[privilege] = max(depth, found.get(privilege, depth))
        return found

    def _audit(self) -> Iterator[Values]:
        if not self.audits:
            return
        for row_id, gone in self.gone_rows().items():
            yield {
                "auditid": made_up_id(row_id, "audit"),
                "createdon": gone.at,
                "operation": Option(3, "Delete"),
                "objectid": Ref(gone.table, row_id),
                "userid": Ref("systemuser", gone.by) if gone.by else None,
            }

    def _all_privileges(self) -> Iterator[tuple[str, frozenset[Depth]]]:
        everywhere, whole = frozenset(Depth), frozenset({Depth.Global})
        for table in self.tables.values():
            if table.ownership == NOT_OWNED or table.logical_name == "audit":
                continue
            for verb in table.verbs:
                yield table.privilege(verb), whole if table.ownership == ORGANIZATION_OWNED else everywhere
        for name in SYSTEM_PRIVILEGES:
            yield name, whole

    def _add_privilege(self, name: str, depths: frozenset[Depth]) -> None:
        made = self._given_ids.get(name.lower()) or made_up_id("privilege", name)
        self.privileges[name.lower()] = made
        can = {f"canbe{depth.name.lower()}": depth in depths for depth in Depth}
        self.add("privilege", made, name=name, accessright=0, **can)
