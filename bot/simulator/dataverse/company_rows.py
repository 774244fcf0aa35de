"""Rows of Dataverse that belong to a simulated company's records: one world, seen from its other side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.couplings import SimulatedCoupling
from bot.simulator.businesscentral.field_values import key_value
from bot.simulator.businesscentral.tables import DATAVERSE_TABLES, SimulatedRecord
from bot.simulator.dataverse.tables import SimulatedTable
from bot.simulator.dataverse.values import ACTIVE, Gone, Ref, Values

DELETED_THERE = frozenset({"wrapped twice", "deleted counterpart"})
"""Causes in which somebody deleted the row in Dataverse."""
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOGICAL = dict(DATAVERSE_TABLES.values())
_NUMBERS = {logical: number for number, logical in _LOGICAL.items()}


class CompanyRows:
    """What couplings lead to, and what failed on its way from Dataverse.

    ``owner`` is who owns the rows, ``unit`` its business unit, ``writer`` who changed them last unless the
    company knows better; ``deleter`` who deletes rows. All are ids.
    """

    def __init__(
        self,
        company: SimulatedCompany,
        *,
        owner: Ref,
        unit: str,
        writer: str,
        deleter: str,
        users: Mapping[str, str] | None = None,
        owners: Mapping[str, Ref] | None = None,
    ) -> None:
        self._company = company
        self._owner = owner
        self._unit = unit
        self._writer = writer
        self._deleter = deleter
        self._users = dict(users or {})
        """Ids by name, as the company names those who wrote."""
        self._owners = dict(owners or {})
        """Who owns the rows of certain tables instead, by logical name."""

    def rows(self, table: SimulatedTable) -> Iterator[Values]:
        """All of a table, those that are gone included."""
        number = _NUMBERS.get(table.logical_name)
        if number is None:
            return
        world, seen = self._company.synchronization, set()
        for coupling in world.couplings.now():
            if coupling.integration_table == number and coupling.dataverse_id is not None:
                seen.add(coupling.dataverse_id)
                yield self._coupled(table, coupling, coupling.dataverse_id)
        for trouble in world.troubles:
            remote = trouble.remote
            if remote is not None and remote.table == number and remote.system_id not in {None, *seen}:
                yield self._alone(table, remote, trouble.mapping)

    def row(self, table: SimulatedTable, row_id: str) -> Values | None:
        """One of them."""
        number = _NUMBERS.get(table.logical_name)
        if number is None:
            return None
        world = self._company.synchronization
        coupling = world.couplings.of_dataverse(row_id)
        if coupling is not None:
            return self._coupled(table, coupling, row_id) if coupling.integration_table == number else None
        for trouble in world.troubles:
            remote = trouble.remote
            if remote is not None and remote.table == number and remote.system_id == row_id:
                return self._alone(table, remote, trouble.mapping)
        return None

    def gone(self) -> Iterator[tuple[str, Gone]]:
        """Those that were deleted, by id."""
        world = self._company.synchronization
        now = self._company.created_at
        for trouble in world.troubles:
            coupling = world.couplings.of_record(trouble.key) if trouble.local else None
            row_id = coupling.dataverse_id if coupling is not None else None
            if row_id and coupling and trouble.cause in DELETED_THERE and not trouble.is_fixed:
                yield row_id, self._gone(coupling.integration_table, row_id, now - timedelta(days=9, hours=3))
        for row_id in world.gone:
            coupling = world.couplings.of_dataverse(row_id)
            if coupling is not None:
                yield row_id, self._gone(coupling.integration_table, row_id, now)

    def _gone(self, number: int, row_id: str, at: Any) -> Gone:
        logical = _LOGICAL.get(number, "account")
        return Gone(logical, {f"{logical}id": row_id}, at, self._deleter)

    def _coupled(self, table: SimulatedTable, coupling: SimulatedCoupling, row_id: str) -> Values:
        world = self._company.synchronization
        local = world.records.get(coupling.local_system_id)
        like = None if local is None else world.values.local(local, coupling.mapping)
        there = world.values.remote(row_id, coupling.mapping, like)
        values = self._usual(table, row_id)
        values |= {name: value for name, value in there.values.items() if name in table.columns and value}
        if local is not None and not values.get(table.primary_name):
            values[table.primary_name] = local.description or local.key
        if "accountnumber" in table.columns and local is not None:
            values.setdefault("accountnumber", local.key)
        if "modifiedon" in table.columns:
            values["modifiedon"] = there.changed_at
            values["modifiedby"] = Ref("systemuser", self._writer_of(there.changed_by))
        return values

    def _writer_of(self, changed_by: str) -> str:
        """Id of whoever wrote: the company knows them by a name, or by that id."""
        if _GUID.fullmatch(changed_by):
            return changed_by
        return self._users.get(changed_by, self._writer)

    def _alone(self, table: SimulatedTable, remote: SimulatedRecord, mapping: str) -> Values:
        """A row that Business Central does not have: with a name and what goes with it, without a number."""
        written = self._company.synchronization.values
        there = written.remote(remote.system_id or "", mapping, written.local(remote, mapping)).values
        numbers = {key_value(remote), ""}
        values = self._usual(table, remote.system_id or "")
        values |= {
            name: value for name, value in there.items() if name in table.columns and value not in numbers
        }
        values[table.primary_name] = remote.description
        return values

    def _usual(self, table: SimulatedTable, row_id: str) -> Values:
        usual: Values = {
            "createdon": self._company.created_at,
            "modifiedon": self._company.created_at,
            "createdby": Ref("systemuser", self._writer),
            "modifiedby": Ref("systemuser", self._writer),
            "statecode": ACTIVE,
            "statuscode": ACTIVE,
            "ownerid": self._owners.get(table.logical_name, self._owner),
            "owningbusinessunit": Ref("businessunit", self._unit),
            "businessunitid": Ref("businessunit", self._unit),
            "isdisabled": False,
        }
        known = {name: value for name, value in usual.items() if name in table.columns}
        return {**known, table.primary_id: row_id}
