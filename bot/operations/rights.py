"""Who may do what: one table, which every surface asks.

A role includes the lesser ones. What a fixer does can be undone or follows Business Central's own rules; what
an admin does destroys, changes what others see, or shows personal data to more people than one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final, Protocol

from bot.dataclass import dataclass
from bot.failures import NotAllowed
from bot.operations.actors import Actor, From
from bot.settings.roles import EVERYBODY, USUAL_ROLES, WORKSPACE_ADMINS, RoleSettings, is_group


class Role(IntEnum):
    """From least to most."""

    VIEWER = 1
    FIXER = 2
    ADMIN = 3


class Act(StrEnum):
    """What somebody does through the bot, whatever they press or type for it."""

    READ = "read"
    REFRESH = "refresh"
    CALL_STACK = "call_stack"
    ARCHIVE = "archive"
    ARCHIVE_EXPORT = "archive.export"
    EXPORT = "export"
    SHARE = "share"
    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    MARK_FIXED = "mark_fixed"
    REOPEN = "reopen"
    RETRY = "retry"
    COMPARE = "compare"
    """Looks at what both systems hold of a record."""
    COUPLE = "couple"
    UNCOUPLE = "uncouple"
    CREATE = "create"
    SYNCHRONIZE = "synchronize"
    STOP = "stop"
    SUPPORT_REQUEST = "support_request"
    SUPPORT_UNMASKED = "support_request.unmasked"
    PURGE_RESOLVED = "purge.resolved"
    PURGE_PROBLEM = "purge.problem"
    PURGE_OLD = "purge.old"
    PURGE_ALL = "purge.all"
    TEACH = "teach"
    UNTEACH = "unteach"
    RULES = "rules"
    RULES_EXPORT = "rules.export"
    RULES_IMPORT = "rules.import"
    ACTIVITY = "activity"
    ACTIVITY_EXPORT = "activity.export"
    FORGET = "forget"
    ACCESS = "access"
    """See who lacks what: names and roles in Dataverse."""
    ACCESS_SCRIPT = "access.script"
    DOCTOR = "doctor"


LEAST: Final[Mapping[Act, Role]] = {
    Act.READ: Role.VIEWER,
    Act.REFRESH: Role.VIEWER,
    Act.CALL_STACK: Role.VIEWER,
    Act.ARCHIVE: Role.VIEWER,
    Act.RULES: Role.VIEWER,
    Act.EXPORT: Role.FIXER,
    Act.ARCHIVE_EXPORT: Role.FIXER,
    Act.SHARE: Role.FIXER,
    Act.CLAIM: Role.FIXER,
    Act.RELEASE: Role.FIXER,
    Act.ASSIGN: Role.FIXER,
    Act.MARK_FIXED: Role.FIXER,
    Act.REOPEN: Role.FIXER,
    Act.RETRY: Role.FIXER,
    Act.COMPARE: Role.FIXER,
    Act.COUPLE: Role.FIXER,  # its inverse is beside it
    Act.UNCOUPLE: Role.FIXER,
    Act.CREATE: Role.FIXER,  # what a run of the mapping would have done, had it not failed the first time
    Act.SYNCHRONIZE: Role.ADMIN,  # overwrites what somebody changed, for good
    Act.STOP: Role.FIXER,  # the safe direction: whoever sees a purge go wrong may end it
    Act.SUPPORT_REQUEST: Role.FIXER,
    Act.RULES_EXPORT: Role.FIXER,
    Act.DOCTOR: Role.FIXER,  # it changes nothing, and says nothing secret
    Act.ACTIVITY: Role.FIXER,
    Act.SUPPORT_UNMASKED: Role.ADMIN,
    Act.PURGE_RESOLVED: Role.ADMIN,
    Act.PURGE_PROBLEM: Role.ADMIN,
    Act.PURGE_OLD: Role.ADMIN,
    Act.PURGE_ALL: Role.ADMIN,
    Act.TEACH: Role.ADMIN,
    Act.UNTEACH: Role.ADMIN,
    Act.RULES_IMPORT: Role.ADMIN,
    Act.ACTIVITY_EXPORT: Role.ADMIN,
    Act.FORGET: Role.ADMIN,
    Act.ACCESS: Role.FIXER,
    Act.ACCESS_SCRIPT: Role.FIXER,  # it does nothing by itself: who runs it must be an administrator there
}
"""The table."""


def allowed(act: Act, role: Role | None) -> bool:
    """Whether somebody with that role may do it; nobody without one may do anything."""
    return role is not None and role >= LEAST[act]


def able(act: Act, roles: RoleSettings) -> tuple[str, ...]:
    """The grantees who may do it, those of the least role first."""
    named = [grantee for role in Role if role >= LEAST[act] for grantee in _grantees(roles, role)]
    return tuple(dict.fromkeys(named))


class Standing(StrEnum):
    """What somebody is in the workspace, by Slack's own word."""

    GUEST = "guest"
    """Of the workspace, but not of the organization's staff: guests of one or several channels."""
    MEMBER = "member"
    ADMIN = "admin"
    """Workspace owners and admins."""


class People(Protocol):
    """What is known of people. Raises RightsUnknown where that cannot be found out now."""

    async def standing(self, user: str) -> Standing:
        """What that person is in the workspace."""

    async def is_member(self, user: str, group: str) -> bool:
        """Whether a user group has that person; False for a group that is gone or switched off."""

    async def names(self, user: str) -> tuple[str, ...]:
        """How that person is called: as others see it first, then every other name."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Asks the table, for people in Slack with the roles of their connection.

    ``roles`` is keyed by the connection's key. People are asked about only where that decides: reading with
    the settings as they come costs nothing. Whoever has a shell on the machine has the database and its
    secrets, so the operator there may do everything; so may the bot itself, which only does what somebody was
    allowed to start or what the settings say.
    """

    roles: Mapping[str, RoleSettings]
    people: People

    async def require(self, actor: Actor, connection: str, act: Act) -> None:
        """Raises NotAllowed, which says who may, and RightsUnknown where Slack does not tell."""
        if not await self.allows(actor, connection, act):
            raise NotAllowed(act, connection, able(act, self._of(connection)))

    async def allows(self, actor: Actor, connection: str, act: Act) -> bool:
        """The same as an answer; raises RightsUnknown."""
        if actor.place is not From.SLACK:
            return True
        roles = self._of(connection)
        if actor.id in able(act, roles):
            return True
        for role in Role:
            if allowed(act, role) and await self._has(actor.id, _grantees(roles, role), role):
                return True
        return False

    async def _has(self, user: str, grantees: tuple[str, ...], role: Role) -> bool:
        """Cheapest questions first; an open door needs none."""
        if EVERYBODY in grantees and (role is Role.VIEWER or await self._is_staff(user)):
            return True
        if WORKSPACE_ADMINS in grantees and await self.people.standing(user) is Standing.ADMIN:
            return True
        for group in filter(is_group, grantees):
            if await self.people.is_member(user, group):
                return True
        return False

    async def _is_staff(self, user: str) -> bool:
        """Guests of the workspace see what they are shown, but change things only where they are named."""
        return await self.people.standing(user) is not Standing.GUEST

    def _of(self, connection: str) -> RoleSettings:
        return self.roles.get(connection, USUAL_ROLES)


def _grantees(roles: RoleSettings, role: Role) -> tuple[str, ...]:
    match role:
        case Role.ADMIN:
            return roles.admin
        case Role.FIXER:
            return roles.fixer
        case Role.VIEWER:
            return roles.viewer


class NobodyKnown:
    """For processes without Slack: nobody in Slack asks them anything."""

    async def standing(self, user: str) -> Standing:
        """Nothing more than a guest."""
        return Standing.GUEST

    async def is_member(self, user: str, group: str) -> bool:
        """Of no group."""
        return False

    async def names(self, user: str) -> tuple[str, ...]:
        """By no name."""
        return ()
