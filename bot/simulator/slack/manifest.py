"""What the app's manifest allows, read from the very file that is pasted into Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

EVENT_SCOPES: Final[dict[str, str | None]] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "tokens_revoked": None,
}
"""The events that the simulator knows, each with the scope that it needs (docs.slack.dev, events)."""


@dataclass(frozen=True)
class Command:
    """A slash command. With ``should_escape`` people and channels arrive as ``<@U…|name>``."""

    name: str
    should_escape: bool


@dataclass(frozen=True)
class Manifest:
    """The declarations that Slack enforces at run time."""

    app_name: str
    commands: Mapping[str, Command]
    scopes: frozenset[str]
    interactive: bool
    socket_mode: bool
    home_tab: bool
    messages_tab: bool
    """Whether the app may write direct messages; it may where the manifest does not say."""
    events: frozenset[str]

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Manifest:
        """Read a manifest; raises ValueError when it declares what its scopes do not cover."""
        features: Mapping[str, Any] = raw.get("features", {})
        settings: Mapping[str, Any] = raw.get("settings", {})
        commands = {
            entry["command"]: Command(entry["command"], bool(entry.get("should_escape", False)))
            for entry in features.get("slash_commands", [])
        }
        manifest = cls(
            app_name=raw["display_information"]["name"],
            commands=commands,
            scopes=frozenset(raw.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            interactive=bool(settings.get("interactivity", {}).get("is_enabled", False)),
            socket_mode=bool(settings.get("socket_mode_enabled", False)),
            home_tab=bool(features.get("app_home", {}).get("home_tab_enabled", False)),
            messages_tab=bool(features.get("app_home", {}).get("messages_tab_enabled", True)),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        )
        for name in commands:
            if not name.startswith("/") or len(name) > 32:
                raise ValueError(f"the manifest declares {name!r}, which Slack takes for no command")
        if commands and "commands" not in manifest.scopes:
            raise ValueError("the manifest declares slash commands but not the scope 'commands'")
        for name in manifest.events:
            if name not in EVENT_SCOPES:
                raise ValueError(f"the manifest subscribes to {name!r}, which the simulator does not know")
            if (scope := EVENT_SCOPES[name]) is not None and scope not in manifest.scopes:
                raise ValueError(f"the manifest subscribes to {name!r} but not the scope {scope!r}")
        return manifest
