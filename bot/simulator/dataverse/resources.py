"""What stands at each address of the Web API, and who may read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from bot.simulator.dataverse.answering import collection, definition_json, row_json, wish_of
from bot.simulator.dataverse.faults import Faults
from bot.simulator.dataverse.organization import SimulatedOrganization
from bot.simulator.dataverse.refusal import (
    Refusal,
    bad_request,
    privilege_denied,
    resource_missing,
    row_missing,
    unknown_property,
)
from bot.simulator.dataverse.tables import SimulatedTable
from bot.simulator.dataverse.values import Depth, Ref, Values

ROOT = "/api/data/v9.2/"
_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ROW = re.compile(rf"(?P<set>[a-z_]+)\((?P<id>{_GUID})\)(?:/(?P<rest>.+))?")
_DEFINITION = re.compile(r"EntityDefinitions\(LogicalName='(?P<name>[a-z_0-9]+)'\)")
_OF_ROLE = re.compile(rf"RetrieveRolePrivilegesRole\(RoleId=(?P<id>{_GUID})\)")
_FUNCTION = re.compile(r"Microsoft\.Dynamics\.CRM\.(?P<name>[A-Za-z]+)\((?P<arguments>.*)\)")
_BY_CODE = re.compile(r"ObjectTypeCode eq (\d+)")
_TARGET = re.compile(rf"\{{'@odata\.id':'(?P<set>[a-z_]+)\((?P<id>{_GUID})\)'\}}")
_IN_BIN = re.compile(
    r"<fetch top='1' datasource='bin'><entity name='(?P<name>[a-z_0-9]+)'><attribute name='[a-z_0-9]+'/>"
    rf"<filter><condition attribute='[a-z_0-9]+' operator='eq' value='(?P<id>{_GUID})'/></filter></entity>"
    r"</fetch>"
)
_DEFINING = ("prvReadEntity", "prvReadAttribute")
_VERBS = ("Read", "Write", "Append", "AppendTo", "Create", "Delete", "Share", "Assign")


@dataclass(frozen=True, slots=True)
class Call:
    """A question, and who asks."""

    request: Request
    path: str
    user: str


class Resources:
    """Answers questions about one organization."""

    def __init__(self, organization: SimulatedOrganization, faults: Faults) -> None:
        self._organization = organization
        self._faults = faults
        self._host = organization.url.removeprefix("https://")

    def answer(self, call: Call) -> Values:
        """Raises Refusal."""
        if call.path == "WhoAmI":
            return self._who_am_i(call.user)
        if call.path == "EntityDefinitions":
            return self._definitions(call)
        if found := _DEFINITION.fullmatch(call.path):
            return self._definition(call, found["name"])
        if found := _OF_ROLE.fullmatch(call.path):
            self._demand(call.user, self._organization.tables["role"])
            return self._granted(found["id"].lower())
        if found := _ROW.fullmatch(call.path):
            return self._of_row(call, self._table(found["set"]), found["id"].lower(), found["rest"] or "")
        return self._rows(call, self._table(call.path))

    def _who_am_i(self, user: str) -> Values:
        row = self._organization.row("systemuser", user) or {}
        unit: Ref = row["businessunitid"]
        return {"BusinessUnitId": unit.id, "UserId": user, "OrganizationId": self._organization.id}

    def _definitions(self, call: Call) -> Values:
        self._demand_definitions(call.user)
        options = dict(call.request.query_params)
        found = _BY_CODE.fullmatch(options.pop("$filter", ""))
        if found is None or options.keys() - {"$select", "$expand"}:
            raise bad_request("The query is not supported for EntityMetadata.", "0x80060888")
        tables = [table for table in self._organization.tables.values() if table.code == int(found[1])]
        return {"value": [definition_json(self._organization, table, options) for table in tables]}

    def _definition(self, call: Call, name: str) -> Values:
        self._demand_definitions(call.user)
        options = dict(call.request.query_params)
        if options.keys() - {"$select", "$expand"}:
            raise bad_request("The query is not supported for EntityMetadata.", "0x80060888")
        table = self._organization.tables.get(name)
        if table is None:
            text = f"Could not find an entity with specified entity name: {name}."
            raise Refusal(404, "0x80060888", text)
        return definition_json(self._organization, table, options)

    def _granted(self, role: str) -> Values:
        row = self._organization.row("role", role)
        if row is None:
            raise row_missing("role", role)
        return self._privileges(self._organization.privileges_of([role]), row["businessunitid"].id)

    def _privileges(self, held: Mapping[str, Depth], unit: str) -> Values:
        names = {found: name for name, found in self._organization.privileges.items()}
        listed = [
            {
                "Depth": depth.name,
                "PrivilegeId": privilege,
                "BusinessUnitId": unit,
                "PrivilegeName": names.get(privilege, ""),
            }
            for privilege, depth in sorted(held.items())
        ]
        return {"RolePrivileges": listed}

    def _rows(self, call: Call, table: SimulatedTable) -> Values:
        self._demand(call.user, table)
        fetch = call.request.query_params.get("fetchXml")
        if fetch is not None:
            return self._in_bin(fetch, table)
        return self._listed(call, table, list(self._organization.rows(table.logical_name)))

    def _listed(self, call: Call, table: SimulatedTable, rows: list[Values]) -> Values:
        wish = wish_of(call.request, table)
        here = f"{self._organization.url}{ROOT}{call.path}"
        if self._faults.foreign_next_link:
            here = here.replace(self._host, self._faults.foreign_next_link)
        elif self._faults.relative_next_links:
            here = f"{ROOT}{call.path}"
        return collection(self._organization, table, rows, wish, here, dict(call.request.query_params))

    def _in_bin(self, fetch: str, table: SimulatedTable) -> Values:
        found = _IN_BIN.fullmatch(fetch)
        if found is None or found["name"] != table.logical_name:
            raise bad_request("The FetchXML is not supported here.", "0x80040203")
        if not self._organization.keeps_deleted:
            raise bad_request("Restoring deleted records is not enabled in this environment.", "0x80049959")
        gone = self._organization.gone_rows().get(found["id"].lower())
        there = gone is not None and gone.table == table.logical_name
        return {"value": [{table.primary_id: found["id"].lower()}] if there else []}

    def _of_row(self, call: Call, table: SimulatedTable, row_id: str, rest: str) -> Values:
        self._demand(call.user, table)
        row = self._organization.row(table.logical_name, row_id)
        if row is None:
            raise row_missing(table.logical_name, row_id)
        if not rest:
            wish = wish_of(call.request, table, of_one=True)
            return row_json(self._organization, table, row, wish)
        if found := _FUNCTION.fullmatch(rest):
            return self._function(call, table, row, found["name"], found["arguments"])
        return self._related(call, table, row_id, rest)

    def _related(self, call: Call, table: SimulatedTable, row_id: str, name: str) -> Values:
        security, logical = self._organization.security, table.logical_name
        match (logical, name):
            case ("systemuser", "systemuserroles_association"):
                target, ids = "role", {role for user, role in security.user_roles if user == row_id}
            case ("team", "teamroles_association"):
                target, ids = "role", {role for team, role in security.team_roles if team == row_id}
            case ("systemuser", "teammembership_association"):
                target, ids = "team", {team for team, user in security.members if user == row_id}
            case ("privilege", "roleprivileges_association"):
                target = "role"
                ids = {
                    str(role["roleid"])
                    for role in self._organization.rows("role")
                    if row_id in security.granted[self._organization.root_of(str(role["roleid"]))]
                }
            case _:
                raise unknown_property(logical, name)
        related = self._organization.tables[target]
        self._demand(call.user, related)
        rows = [row for found in sorted(ids) if (row := self._organization.row(target, found)) is not None]
        return self._listed(call, related, rows)

    def _function(self, call: Call, table: SimulatedTable, row: Values, name: str, arguments: str) -> Values:
        self._demand(call.user, self._organization.tables["role"])
        logical, row_id = table.logical_name, str(row[table.primary_id])
        match (logical, name):
            case ("systemuser", "RetrieveUserPrivilegeByPrivilegeName"):
                found = re.fullmatch(r"PrivilegeName='([^']*)'", arguments)
                privilege = self._organization.privileges.get(found[1].lower()) if found else None
                if privilege is None:
                    raise bad_request("The privilege name is not valid.", "0x80040203")
                held = self._organization.privileges_of(self._organization.roles_of(user=row_id))
                wanted = {privilege: held[privilege]} if privilege in held else {}
                return self._privileges(wanted, row["businessunitid"].id)
            case ("team", "RetrieveTeamPrivileges"):
                held = self._organization.privileges_of(self._organization.roles_of(team=row_id))
                return self._privileges(held, row["businessunitid"].id)
            case ("systemuser" | "team", "RetrievePrincipalAccess"):
                return self._access(call, table, row, arguments)
            case _:
                raise resource_missing(name)

    def _access(self, call: Call, table: SimulatedTable, principal: Values, arguments: str) -> Values:
        alias = re.fullmatch(r"Target=(@[a-z]+)", arguments)
        given = call.request.query_params.get(alias[1], "") if alias else ""
        found = _TARGET.fullmatch(given)
        if found is None:
            raise bad_request("The parameter Target is missing.", "0x80060888")
        target = self._table(found["set"])
        self._demand(call.user, target)
        row = self._organization.row(target.logical_name, found["id"].lower())
        if row is None:
            raise row_missing(target.logical_name, found["id"].lower())
        own = str(principal[table.primary_id])
        roles = (
            self._organization.roles_of(user=own)
            if table.logical_name == "systemuser"
            else self._organization.roles_of(team=own)
        )
        held = self._organization.privileges_of(roles)
        rights = [
            f"{verb}Access"
            for verb in _VERBS
            if self._reaches(held, target, verb, row, own, principal["businessunitid"])
        ]
        return {"AccessRights": ", ".join(rights) or "None"}

    def _reaches(
        self,
        held: Mapping[str, Depth],
        target: SimulatedTable,
        verb: str,
        row: Values,
        principal: str,
        unit: Ref,
    ) -> bool:
        depth = held.get(self._organization.privileges.get(target.privilege(verb).lower(), ""))
        if depth is None:
            return False
        if depth is Depth.Global or "ownerid" not in target.columns:
            return True
        owner, owning = row.get("ownerid"), row.get("owningbusinessunit")
        if isinstance(owner, Ref) and owner.id == principal:
            return True
        return depth is not Depth.Basic and owning == unit

    # Permissions

    def _table(self, entity_set: str) -> SimulatedTable:
        for table in self._organization.tables.values():
            if table.entity_set == entity_set:
                return table
        raise resource_missing(entity_set)

    def _held(self, user: str) -> Mapping[str, Depth]:
        return self._organization.privileges_of(self._organization.roles_of(user=user))

    def _demand(self, user: str, table: SimulatedTable) -> None:
        """Raises Refusal (403) where the caller may not read this table."""
        self._demand_named(user, table.privilege("Read"), table.code, table.logical_name)

    def _demand_definitions(self, user: str) -> None:
        for name in _DEFINING:
            self._demand_named(user, name, 9800, "entity")

    def _demand_named(self, user: str, name: str, code: int, table: str) -> None:
        if self._organization.privileges[name.lower()] not in self._held(user):
            raise privilege_denied(user, name, code, table)
