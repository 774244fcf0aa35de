"""What Slack knows of people: guests, members, admins; and who is in a user group.

Known for a few minutes. Where Slack does not tell in time, nobody may: an answer of before is not used again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeVar

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.failures import RightsUnknown
from bot.operations.rights import Standing

KNOWN_SECONDS: Final = 300.0
"""Who lost a role has lost it after this long. ``usergroups.users.list`` allows 20 calls a minute."""
PATIENCE_SECONDS: Final = 1.5
"""Real time that somebody waits; what Slack tells later is there for the next time. A form has to be open
within 3 seconds."""
_REMEMBERED: Final = 10_000
_GONE: Final = frozenset({"no_such_subteam", "plan_upgrade_required"})
"""The user group is deleted or switched off; the workspace's plan has no user groups."""
_NOBODY: Final = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
_TOO_MANY: Final = 429
_LONGEST_LEAVE: Final = 300.0

T = TypeVar("T")
log = structlog.get_logger()


class SlackPeople:
    """Asks ``users.info`` (scope ``users:read``) and ``usergroups.users.list`` (``usergroups:read``)."""

    def __init__(self, slack: AsyncWebClient, clock: Clock) -> None:
        self._slack = slack
        self._users = _Known(self._ask_user, clock)
        self._groups = _Known(self._ask_group, clock)

    async def standing(self, user: str) -> Standing:
        """What that person is in the workspace; raises RightsUnknown."""
        return standing_of(await self._users.of(user))

    async def names(self, user: str) -> tuple[str, ...]:
        """How others see that person called, the full name, the user name; raises RightsUnknown."""
        return names_of(await self._users.of(user))

    async def is_member(self, user: str, group: str) -> bool:
        """Whether the group has that person; raises RightsUnknown."""
        return user in await self._groups.of(group)

    async def _ask_user(self, user: str) -> Mapping[str, Any]:
        try:
            answer = await self._slack.users_info(user=user)
        except SlackApiError as error:
            if _code(error) in _NOBODY:
                return {}
            raise
        shown = answer.get("user")
        return shown if isinstance(shown, dict) else {}

    async def _ask_group(self, group: str) -> frozenset[str]:
        try:
            answer = await self._slack.usergroups_users_list(usergroup=group)
        except SlackApiError as error:
            if _code(error) in _GONE:
                log.warning("group.gone", reason=_code(error))
                return frozenset()
            raise
        users = answer.get("users")
        return frozenset(map(str, users)) if isinstance(users, list) else frozenset()


def standing_of(user: Mapping[str, Any]) -> Standing:
    """From a user object (docs.slack.dev, reference/objects/user-object).

    Anything that is not clearly staff is a guest: single- and multi-channel guests, people of another
    organization, accounts that are closed, and answers that say nothing.
    """
    strange = ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted", "is_bot")
    if not user.get("id") or any(user.get(flag) for flag in strange):
        return Standing.GUEST
    powers = ("is_admin", "is_owner", "is_primary_owner")
    return Standing.ADMIN if any(user.get(flag) is True for flag in powers) else Standing.MEMBER


def names_of(user: Mapping[str, Any]) -> tuple[str, ...]:
    """From a user object; each name once."""
    profile = user.get("profile")
    shown = profile if isinstance(profile, Mapping) else {}
    names = (shown.get("display_name"), shown.get("real_name"), user.get("real_name"), user.get("name"))
    return tuple(dict.fromkeys(str(name) for name in names if name))


class _Known(Generic[T]):
    """Answers by id, for some minutes; each asked for once at a time."""

    def __init__(self, ask: Callable[[str], Awaitable[T]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[str, tuple[T, float]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._not_before = 0.0
        """Slack said how long to leave it alone (429 with ``Retry-After``)."""

    async def of(self, key: str) -> T:
        """The answer for that id; raises RightsUnknown."""
        if not self._is_known(key):
            await asyncio.wait({self._learning(key)}, timeout=PATIENCE_SECONDS)
        if not self._is_known(key):
            raise RightsUnknown
        return self._known[key][0]

    def _is_known(self, key: str) -> bool:
        known = self._known.get(key)
        return known is not None and known[1] > self._clock.monotonic()

    def _learning(self, key: str) -> asyncio.Task[None]:
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._learn(key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def _learn(self, key: str) -> None:
        if self._clock.monotonic() < self._not_before:
            return
        try:
            answer = await self._ask(key)
        # ValueError and RuntimeError: an answer that is no JSON, a session that has been closed (aiohttp).
        except (SlackClientError, ClientError, TimeoutError, OSError, ValueError, RuntimeError) as error:
            log.warning("rights.unknown", exception=type(error).__name__, reason=_code(error))
            self._not_before = self._clock.monotonic() + _leave_alone(error)
            return
        while len(self._known) >= _REMEMBERED and key not in self._known:
            self._known.pop(next(iter(self._known)))
        self._known[key] = (answer, self._clock.monotonic() + KNOWN_SECONDS)


def _leave_alone(error: Exception) -> float:
    """Seconds that Slack asked for; longer ones than a pause within a call takes come here."""
    if not isinstance(error, SlackApiError) or getattr(error.response, "status_code", 0) != _TOO_MANY:
        return 0.0
    wanted = str(dict(error.response.headers).get("Retry-After", "1"))
    return min(float(wanted), _LONGEST_LEAVE) if wanted.isdecimal() and len(wanted) < 10 else 1.0


def _code(error: Exception) -> str:
    if not isinstance(error, SlackApiError) or not hasattr(error.response, "get"):
        return ""
    return str(error.response.get("error", ""))[:40]
