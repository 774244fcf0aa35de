"""What the app's manifest allows, read from the very file that is pasted into Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
        )
        for name in commands:
            if not name.startswith("/") or len(name) > 32:
                raise ValueError(f"the manifest declares {name!r}, which Slack takes for no command")
        if commands and "commands" not in manifest.scopes:
            raise ValueError("the manifest declares slash commands but not the scope 'commands'")
        return manifest
