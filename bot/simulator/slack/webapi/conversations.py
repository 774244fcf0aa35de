"""conversations.*: channels, their messages and members. Scopes depend on the kind of conversation."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.tiers import Tier
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.chat import find_channel, shown_message
from bot.simulator.slack.webapi.method import Method, need_scope, words
from bot.simulator.slack.workspace import Channel, ChannelKind, StoredMessage

T = TypeVar("T")
_READ: Final = words("channels:read groups:read im:read mpim:read")
_HISTORY: Final = words("channels:history groups:history im:history mpim:history")


def _channel(backend: Backend, args: Arguments, right: str) -> Channel:
    channel = find_channel(backend, args.required_text("channel"))
    need_scope(backend, f"{channel.kind}:{right}")
    if channel.kind is not ChannelKind.PUBLIC and backend.workspace.bot.id not in channel.members:
        raise ApiError("channel_not_found")
    return channel


def _page(args: Arguments, rows: Sequence[T], default: int) -> tuple[Sequence[T], str]:
    """One page and the cursor of the next; the cursor is opaque, as Slack's is."""
    limit = args.number("limit", default)
    if not 1 <= limit <= 1000:
        raise ApiError("invalid_limit")
    try:
        start = int(base64.b64decode(args.text("cursor") or "MA==", validate=True))
    except ValueError as error:
        raise ApiError("invalid_cursor") from error
    end = start + limit
    following = base64.b64encode(str(end).encode()).decode() if end < len(rows) else ""
    return rows[start:end], following


def _moment(args: Arguments, name: str, default: float) -> float:
    try:
        return float(args.text(name) or default)
    except ValueError as error:
        raise ApiError(f"invalid_ts_{name}") from error


def _messages(backend: Backend, args: Arguments, rows: list[StoredMessage]) -> dict[str, Any]:
    oldest, latest = _moment(args, "oldest", 0.0), _moment(args, "latest", math.inf)
    inclusive = args.flag("inclusive")
    kept = [
        message
        for message in rows
        if oldest < float(message.ts) < latest or (inclusive and float(message.ts) in (oldest, latest))
    ]
    page, cursor = _page(args, kept, 100)
    shown = [shown_message(backend, message) for message in page]
    if args.flag("include_all_metadata"):
        for message, stored in zip(shown, page, strict=True):
            message["metadata"] = stored.metadata or {}
    return {
        "messages": shown,
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _lasting(backend: Backend, channel: Channel) -> list[StoredMessage]:
    """Messages that Slack stores; ephemeral ones are in no history."""
    return [
        message
        for message in backend.workspace.messages
        if message.channel == channel.id and not message.deleted and message.only_for is None
    ]


def info(backend: Backend, args: Arguments) -> dict[str, Any]:
    """What is known of a conversation."""
    channel = _channel(backend, args, "read")
    shown: dict[str, Any] = {
        "id": channel.id,
        "created": channel.created,
        "is_channel": channel.kind is ChannelKind.PUBLIC,
        "is_group": channel.kind in (ChannelKind.PRIVATE, ChannelKind.GROUP),
        "is_im": channel.kind is ChannelKind.DIRECT,
        "is_mpim": channel.kind is ChannelKind.GROUP,
        "is_private": channel.kind is not ChannelKind.PUBLIC,
        "is_archived": channel.archived,
        "is_ext_shared": channel.shared_outside
        or any(
            backend.workspace.users[member].team_id != backend.workspace.team_id for member in channel.members
        ),
    }
    if channel.kind is not ChannelKind.DIRECT:
        shown["name"] = channel.name
    if channel.kind in (ChannelKind.PUBLIC, ChannelKind.PRIVATE):  # of the others only members are told
        shown["is_member"] = backend.workspace.bot.id in channel.members
    if args.flag("include_locale") and channel.locale:
        shown["locale"] = channel.locale
    if args.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def join(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Become a member of a public channel; whoever is one stays one."""
    channel = find_channel(backend, args.required_text("channel"))
    if channel.kind is not ChannelKind.PUBLIC:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.archived:
        raise ApiError("is_archived")
    channel.members.add(backend.workspace.bot.id)
    return {"channel": {"id": channel.id, "name": channel.name, "is_member": True}}


def history(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Messages of a channel, newest first, without those in threads."""
    channel = _channel(backend, args, "history")
    if backend.workspace.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    rows = [message for message in _lasting(backend, channel) if message.thread_ts is None]
    return _messages(backend, args, rows[::-1])


def replies(backend: Backend, args: Arguments) -> dict[str, Any]:
    """A thread, oldest first, beginning with its parent."""
    channel = _channel(backend, args, "history")
    ts = args.required_text("ts")
    rows = [message for message in _lasting(backend, channel) if ts in (message.ts, message.thread_ts)]
    if not rows:
        raise ApiError("thread_not_found")
    return _messages(backend, args, rows)


def members(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Ids of who is in a conversation."""
    channel = _channel(backend, args, "read")
    page, cursor = _page(args, sorted(channel.members), 100)
    return {"members": list(page), "response_metadata": {"next_cursor": cursor}}


def open_direct(backend: Backend, args: Arguments) -> dict[str, Any]:
    """The direct conversation with one person; groups of several are left out."""
    users = [name for name in (args.text("users") or "").split(",") if name]
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > 1:
        raise ApiError("not_enough_users")
    user = backend.workspace.users.get(users[0])
    if user is None or user.is_bot:
        raise ApiError("user_not_found")
    return {"channel": {"id": backend.workspace.direct_channel(user.id).id}}


_PAGED: Final = words("cursor limit")
_RANGE: Final = _PAGED | words("oldest latest inclusive include_all_metadata")

METHODS: Final = (
    Method(
        "conversations.info",
        info,
        Tier.THREE,
        required=words("channel"),
        optional=words("include_locale include_num_members"),
        scopes=_READ,
    ),
    Method(
        "conversations.join",
        join,
        Tier.THREE,
        required=words("channel"),
        scopes=words("channels:join"),
    ),
    Method(
        "conversations.history",
        history,
        Tier.THREE,
        required=words("channel"),
        optional=_RANGE,
        scopes=_HISTORY,
    ),
    Method(
        "conversations.replies",
        replies,
        Tier.THREE,
        required=words("channel ts"),
        optional=_RANGE,
        scopes=_HISTORY,
    ),
    Method(
        "conversations.members",
        members,
        Tier.FOUR,
        required=words("channel"),
        optional=_PAGED,
        scopes=_READ,
    ),
    Method(
        "conversations.open",
        open_direct,
        Tier.THREE,
        required=words("users"),
        scopes=words("im:write"),
    ),
)
