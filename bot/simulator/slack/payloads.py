"""What the bot receives, field by field as Slack sends it.

Sources: docs.slack.dev, interactivity/implementing-slash-commands and reference/interaction-payloads. The two
shapes that bite: a click in an ephemeral message carries no ``message``, and one in a view carries no
``response_url``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.view_stacks import StoredView
from bot.simulator.slack.webapi.chat import shown_message
from bot.simulator.slack.webapi.views import shown_view
from bot.simulator.slack.workspace import Channel, ChannelKind, StoredMessage, User

_ENTERPRISE = "Simulated Enterprise"


@dataclass(frozen=True)
class Press:
    """What was pressed or chosen: the element's own fields, then those of the choice."""

    kind: str
    action_id: str
    block_id: str
    fields: Mapping[str, Any]


def command(backend: Backend, user: User, channel: Channel, name: str, text: str) -> dict[str, str]:
    """A slash command; all fields are strings, and none tells of a thread."""
    declared = backend.manifest.commands.get(name)
    enterprise = backend.workspace.enterprise_id
    backend.workspace.whereabouts[user.id] = channel.id
    return {
        "token": "deprecated",
        "team_id": backend.workspace.team_id,
        "team_domain": backend.workspace.domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name.lower(),
        "command": name,
        "text": _escaped(backend, text) if declared and declared.should_escape else text,
        "api_app_id": backend.workspace.app_id,
        **({"enterprise_id": enterprise, "enterprise_name": _ENTERPRISE} if enterprise else {}),
        "is_enterprise_install": "false",
        "response_url": backend.response_url(user=user.id, channel=channel.id, original=None),
        "trigger_id": backend.triggers.issue(user.id),
    }


def event(backend: Backend, user: User, channel: Channel, inner: Mapping[str, Any]) -> dict[str, Any]:
    """``event_callback``: the event in Slack's envelope.

    In a channel shared with another organization ``team_id`` stays the installing one; the person's own is in
    the event (docs.slack.dev, apis/slack-connect).
    """
    workspace = backend.workspace
    shared = any(workspace.users[member].team_id != workspace.team_id for member in channel.members)
    told = {"user": user.id, "event_ts": workspace.new_ts(), **inner}
    if shared:
        told |= {"user_team": home_of(backend, user), "source_team": home_of(backend, user)}
    return {
        "token": "deprecated",
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": workspace.enterprise_id,
        "api_app_id": workspace.app_id,
        "event": told,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(backend.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": workspace.enterprise_id,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
    }


def home_of(backend: Backend, user: User) -> str:
    """What Slack gives as the team of a person: the organization's id for those of an Enterprise one.

    Source: docs.slack.dev, reference/interaction-payloads, ``user.team_id``.
    """
    workspace = backend.workspace
    return (
        workspace.enterprise_id
        if workspace.enterprise_id and user.team_id == workspace.team_id
        else user.team_id
    )


def press_in_message(
    backend: Backend, user: User, channel: Channel, message: StoredMessage, press: Press
) -> dict[str, Any]:
    """``block_actions`` from a message."""
    backend.workspace.whereabouts[user.id] = channel.id
    ephemeral = message.only_for is not None
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction(backend, user, "block_actions") | {
        "container": container,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "response_url": backend.response_url(user=user.id, channel=channel.id, original=message.ts),
        "state": {"values": message.values},
        "actions": [_action(backend, press)],
    }
    if not ephemeral:
        payload["message"] = shown_message(backend, message)
    return payload


def press_in_view(backend: Backend, user: User, view: StoredView, press: Press) -> dict[str, Any]:
    """``block_actions`` from a modal or the home tab."""
    return _interaction(backend, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": shown_view(backend, view),
        "actions": [_action(backend, press)],
    }


def submission(backend: Backend, user: User, view: StoredView) -> dict[str, Any]:
    """``view_submission``."""
    return _interaction(backend, user, "view_submission") | {
        "view": shown_view(backend, view),
        "response_urls": [],
    }


def closing(backend: Backend, user: User, view: StoredView, *, cleared: bool) -> dict[str, Any]:
    """``view_closed``, sent when the view asked for it; it carries no trigger."""
    payload = _interaction(backend, user, "view_closed") | {
        "view": shown_view(backend, view),
        "is_cleared": cleared,
    }
    del payload["trigger_id"]
    return payload


def _interaction(backend: Backend, user: User, kind: str) -> dict[str, Any]:
    workspace = backend.workspace
    enterprise = workspace.enterprise_id
    team = {"id": workspace.team_id, "domain": workspace.domain}
    return {
        "type": kind,
        "token": "deprecated",
        "api_app_id": workspace.app_id,
        "team": team | ({"enterprise_id": enterprise, "enterprise_name": _ENTERPRISE} if enterprise else {}),
        "user": {
            "id": user.id,
            "username": user.name.lower(),
            "name": user.name.lower(),
            "team_id": home_of(backend, user),
        },
        "enterprise": {"id": enterprise, "name": _ENTERPRISE} if enterprise else None,
        "is_enterprise_install": False,
        "trigger_id": backend.triggers.issue(user.id),
    }


def _action(backend: Backend, press: Press) -> dict[str, Any]:
    return {
        "type": press.kind,
        "action_id": press.action_id,
        "block_id": press.block_id,
        **press.fields,
        "action_ts": backend.workspace.new_ts(),
    }


def _escaped(backend: Backend, text: str) -> str:
    """People and channels as Slack writes them when the manifest asks for ``should_escape``."""
    people = {user.name.lower(): user.id for user in backend.workspace.users.values()}
    channels = {channel.name: channel.id for channel in backend.workspace.channels.values()}

    def person(match: re.Match[str]) -> str:
        name = match[1].lower()
        return f"<@{people[name]}|{name}>" if name in people else match[0]

    def place(match: re.Match[str]) -> str:
        return f"<#{channels[match[1]]}|{match[1]}>" if match[1] in channels else match[0]

    return re.sub(r"#([\w-]+)", place, re.sub(r"@([\w.-]+)", person, text))


def _channel_name(channel: Channel) -> str:
    names = {
        ChannelKind.DIRECT: "directmessage",
        ChannelKind.PRIVATE: "privategroup",
        ChannelKind.GROUP: f"mpdm-{channel.name}-1",
    }
    return names.get(channel.kind, channel.name)
