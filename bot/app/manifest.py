"""The Slack app's manifest, as it comes with the bot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import bot


def manifest() -> Mapping[str, Any]:
    """Inside the package of a wheel, at the top of a checkout."""
    package = Path(bot.__file__).parent
    for folder in (package, package.parent):
        if (folder / "manifest.json").is_file():
            text = (folder / "manifest.json").read_text(encoding="utf-8")
            return cast("Mapping[str, Any]", json.loads(text))
    raise FileNotFoundError("manifest.json is neither in the package nor beside it")


def bot_scopes() -> frozenset[str]:
    """What the bot's token may do where the app was installed from this manifest."""
    return frozenset(manifest()["oauth_config"]["scopes"]["bot"])
