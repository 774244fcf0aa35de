"""auth.test, team.info, users.info, usergroups.users.list, apps.connections.open."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.tiers import Tier
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.method import Method, words
from bot.simulator.slack.workspace import Rank


def auth_test(backend: Backend, _args: Arguments) -> dict[str, Any]:
    """Who the token belongs to."""
    workspace = backend.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": workspace.enterprise_id} if workspace.enterprise_id else {}),
    }


def team_info(backend: Backend, args: Arguments) -> dict[str, Any]:
    """The workspace itself."""
    workspace = backend.workspace
    if args.text("team") not in (None, workspace.team_id):
        raise ApiError("team_not_found")
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team_name,
            "domain": workspace.domain,
            "email_domain": "",
            "enterprise_id": workspace.enterprise_id,
        }
    }


def users_info(backend: Backend, args: Arguments) -> dict[str, Any]:
    """A person with time zone and, when asked for, locale."""
    user = backend.workspace.users.get(args.required_text("user"))
    if user is None:
        raise ApiError("user_not_found")
    now = backend.clock.now().astimezone(ZoneInfo(user.tz))
    offset = now.utcoffset()
    shown: dict[str, Any] = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name.lower(),
        "real_name": user.name,
        "deleted": False,
        "is_bot": user.is_bot,
        "tz": user.tz,
        "tz_label": now.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": {"real_name": user.name, "display_name": user.name, "team": user.team_id},
    }
    shown |= {
        "is_admin": user.rank in {Rank.OWNER, Rank.ADMIN},
        "is_owner": user.rank is Rank.OWNER,
        "is_primary_owner": False,
        "is_restricted": user.rank in {Rank.GUEST, Rank.ONE_CHANNEL_GUEST},
        "is_ultra_restricted": user.rank is Rank.ONE_CHANNEL_GUEST,
    }
    if user.team_id != backend.workspace.team_id:
        shown["is_stranger"] = False
    if args.flag("include_locale"):
        shown["locale"] = user.locale
    return {"user": shown}


def usergroup_users(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Ids of everybody in a user group; switched off ones only when asked for."""
    group = backend.workspace.groups.get(args.required_text("usergroup"))
    if group is None or not (group.enabled or args.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


def open_connection(backend: Backend, _args: Arguments) -> dict[str, Any]:
    """An address for one WebSocket."""
    address = backend.address.replace("http://", "ws://")
    return {"url": f"{address}/link?ticket={backend.sockets.new_ticket()}&app_id={backend.workspace.app_id}"}


METHODS: Final = (
    Method("auth.test", auth_test, Tier.SPECIAL),
    Method("team.info", team_info, Tier.THREE, optional=words("team"), scopes=words("team:read")),
    Method(
        "users.info",
        users_info,
        Tier.FOUR,
        required=words("user"),
        optional=words("include_locale"),
        scopes=words("users:read"),
    ),
    Method(
        "usergroups.users.list",
        usergroup_users,
        Tier.TWO,
        required=words("usergroup"),
        optional=words("include_disabled"),
        scopes=words("usergroups:read"),
    ),
    Method("apps.connections.open", open_connection, Tier.THREE, app_level=True),
)
