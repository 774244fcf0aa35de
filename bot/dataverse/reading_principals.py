"""Users, teams, their roles, and what these allow.

Calls: MicrosoftDocs/powerapps-docs, ``developer/data-platform/security-access-coding.md`` and
``developer/data-platform/reference/entities/{systemuser,team,role,privilege}.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from bot.dataverse import fields
from bot.dataverse.asking import DEFINITIONS_SECONDS, ROWS_SECONDS, Asking, literal
from bot.dataverse.fields import Json
from bot.dataverse.values import (
    BusinessUnit,
    Depth,
    Identity,
    Principal,
    PrincipalKind,
    Privilege,
    Role,
    Team,
    User,
)
from bot.failures import DataverseGarbled, DataverseMissing

MOST_TEAMS: Final = 20
"""Teams of one user whose roles are looked at."""

_NAMESPACE: Final = "Microsoft.Dynamics.CRM"
_ROLE: Final = (
    "roleid,name,ismanaged,iscustomizable,_businessunitid_value,_parentrootroleid_value,_roletemplateid_value"
)
_PRIVILEGE: Final = "privilegeid,name,canbebasic,canbelocal,canbedeep,canbeglobal"
_TEAM: Final = "teamid,name,isdefault,_businessunitid_value"
_CAN_BE: Final[Mapping[Depth, str]] = {
    Depth.BASIC: "canbebasic",
    Depth.LOCAL: "canbelocal",
    Depth.DEEP: "canbedeep",
    Depth.GLOBAL: "canbeglobal",
}


class ReadingPrincipals(Asking):
    """Who is who, and who may what."""

    async def who_am_i(self) -> Identity:
        """The application user that the bot is; asks every time."""
        answer = await self._get("WhoAmI")
        return Identity(
            user_id=fields.guid(answer, "UserId"),
            business_unit_id=fields.guid(answer, "BusinessUnitId"),
            organization_id=fields.guid(answer, "OrganizationId"),
        )

    async def organization_id(self) -> str:
        """Id of the environment's organization, by which the admin center knows it."""

        async def ask() -> str:
            return (await self.who_am_i()).organization_id

        return cast("str", await self._remembered(("organization",), DEFINITIONS_SECONDS, ask))

    async def user(self, user_id: str) -> User | None:
        """A user by id; None where there is none."""

        async def ask() -> User | None:
            select = (
                "systemuserid,fullname,isdisabled,applicationid,internalemailaddress,_businessunitid_value"
            )
            row = await self._one(f"systemusers({user_id})", select)
            return None if row is None else _user(row)

        return cast("User | None", await self._remembered(("user", user_id), ROWS_SECONDS, ask))

    async def team(self, team_id: str) -> Team | None:
        """A team by id; None where there is none."""

        async def ask() -> Team | None:
            row = await self._one(f"teams({team_id})", _TEAM)
            return None if row is None else _team(row)

        return cast("Team | None", await self._remembered(("team", team_id), ROWS_SECONDS, ask))

    async def roles(self, principal: Principal) -> tuple[Role, ...]:
        """Roles that a principal has directly, then those that a user has through teams, in order of name.

        None for a principal that is not there, and of the teams at most ``MOST_TEAMS``.
        """

        async def ask() -> tuple[Role, ...]:
            try:
                direct = [_role(row) for row in await self._role_rows(principal)]
                teams = await self._teams_of(principal) if principal.kind is PrincipalKind.USER else ()
                through = [
                    _role(row, team)
                    for team in teams
                    for row in await self._role_rows(Principal(PrincipalKind.TEAM, team.id))
                ]
            except DataverseMissing as failure:
                if failure.facts.get("what") == "row":
                    return ()
                raise
            return (*sorted(direct, key=_by_name), *sorted(through, key=_by_name))

        return cast("tuple[Role, ...]", await self._remembered(("roles", principal), ROWS_SECONDS, ask))

    async def privilege(self, name: str) -> Privilege | None:
        """A privilege by name, ``prvReadAccount``; None where this environment has none of that name."""

        async def ask() -> Privilege | None:
            rows = await self._list(
                "privileges", select=_PRIVILEGE, filter=f"name eq {literal(name)}", top="1"
            )
            return _privilege(rows[0]) if rows else None

        found = await self._remembered(("privilege", name.lower()), ROWS_SECONDS, ask)
        return cast("Privilege | None", found)

    async def held(self, principal: Principal, privilege: Privilege) -> Depth | None:
        """How far a principal's privilege reaches now, by all its roles and teams; None where it has none.

        Of a user the answer includes teams (function RetrieveUserPrivilegeByPrivilegeName); a team has what
        its own roles give.
        """

        async def ask() -> Depth | None:
            if principal.kind is PrincipalKind.TEAM:
                path = f"teams({principal.id})/{_NAMESPACE}.RetrieveTeamPrivileges()"
            else:
                name = literal(privilege.name)
                path = (
                    f"systemusers({principal.id})/{_NAMESPACE}"
                    f".RetrieveUserPrivilegeByPrivilegeName(PrivilegeName={name})"
                )
            return _reach(await self._get(path)).get(privilege.id)

        question = ("held", principal, privilege.id)
        return cast("Depth | None", await self._remembered(question, ROWS_SECONDS, ask))

    async def granted_by(self, role_id: str) -> Mapping[str, Depth]:
        """What a role grants, by id of the privilege."""

        async def ask() -> Mapping[str, Depth]:
            return _reach(await self._get(f"RetrieveRolePrivilegesRole(RoleId={role_id})"))

        return cast("Mapping[str, Depth]", await self._remembered(("granted", role_id), ROWS_SECONDS, ask))

    async def roles_with(self, privilege_id: str) -> tuple[Role, ...]:
        """All roles of the environment that have a privilege, at whatever depth, copies included."""

        async def ask() -> tuple[Role, ...]:
            path = f"privileges({privilege_id})/roleprivileges_association"
            return tuple(sorted((_role(row) for row in await self._list(path, select=_ROLE)), key=_by_name))

        return cast("tuple[Role, ...]", await self._remembered(("with", privilege_id), ROWS_SECONDS, ask))

    async def access(self, principal: Principal, entity_set: str, row_id: str) -> frozenset[str] | None:
        """What a principal may do with one row: ``ReadAccess``, ``WriteAccess``, ... (AccessRights).

        None where row or principal is not there, as far as the bot can see.
        """

        async def ask() -> frozenset[str] | None:
            path = f"{principal.kind}s({principal.id})/{_NAMESPACE}.RetrievePrincipalAccess(Target=@target)"
            target = f"{{'@odata.id':'{entity_set}({row_id})'}}"
            try:
                answer = await self._get(path, **{"@target": target})
            except DataverseMissing as failure:
                if failure.facts.get("what") == "row":
                    return None
                raise
            rights = (right.strip() for right in fields.text(answer, "AccessRights").split(","))
            return frozenset(right for right in rights if right not in {"", "None"})

        question = ("access", principal, entity_set, row_id)
        return cast("frozenset[str] | None", await self._remembered(question, ROWS_SECONDS, ask))

    async def _one(self, path: str, select: str) -> Json | None:
        try:
            return await self._get(path, select=select)
        except DataverseMissing as failure:
            if failure.facts.get("what") == "row":
                return None
            raise

    async def _role_rows(self, principal: Principal) -> list[Json]:
        kind = principal.kind
        return list(await self._list(f"{kind}s({principal.id})/{kind}roles_association", select=_ROLE))

    async def _teams_of(self, user: Principal) -> tuple[Team, ...]:
        rows = await self._list(f"systemusers({user.id})/teammembership_association", select=_TEAM)
        return tuple(_team(row) for row in rows[:MOST_TEAMS])


def _user(row: Json) -> User:
    return User(
        id=fields.guid(row, "systemuserid"),
        name=fields.text(row, "fullname"),
        business_unit=_business_unit(row),
        is_disabled=fields.flag(row, "isdisabled"),
        application_id=fields.optional_guid(row, "applicationid"),
        email=fields.text(row, "internalemailaddress"),
    )


def _team(row: Json) -> Team:
    return Team(
        id=fields.guid(row, "teamid"),
        name=fields.text(row, "name"),
        business_unit=_business_unit(row),
        is_default=fields.flag(row, "isdefault"),
    )


def _business_unit(row: Json) -> BusinessUnit:
    lookup = "_businessunitid_value"
    return BusinessUnit(fields.guid(row, lookup), fields.shown(row, lookup))


def _role(row: Json, through: Team | None = None) -> Role:
    role_id = fields.guid(row, "roleid")
    return Role(
        id=role_id,
        name=fields.text(row, "name"),
        business_unit_id=fields.guid(row, "_businessunitid_value"),
        root_id=fields.optional_guid(row, "_parentrootroleid_value") or role_id,
        template_id=fields.optional_guid(row, "_roletemplateid_value"),
        is_managed=fields.flag(row, "ismanaged"),
        is_customizable=fields.managed_flag(row, "iscustomizable"),
        through=through,
    )


def _privilege(row: Json) -> Privilege:
    depths = frozenset(depth for depth, field in _CAN_BE.items() if fields.flag(row, field))
    return Privilege(fields.guid(row, "privilegeid"), fields.text(row, "name"), depths)


def _reach(answer: Json) -> Mapping[str, Depth]:
    """The farthest reach of each privilege: several roles may grant one."""
    found: dict[str, Depth] = {}
    for row in fields.objects(answer, "RolePrivileges"):
        privilege, depth = fields.guid(row, "PrivilegeId"), _depth(row.get("Depth"))
        found[privilege] = max(depth, found.get(privilege, depth))
    return found


def _depth(value: object) -> Depth:
    """Names, and numbers as some environments write them."""
    try:
        text = str(value)
        return Depth(int(text)) if text.isdecimal() else Depth[text.upper()]
    except (ValueError, KeyError):
        raise DataverseGarbled("Depth: unknown") from None


def _by_name(role: Role) -> tuple[str, str]:
    return role.name.casefold(), role.id
