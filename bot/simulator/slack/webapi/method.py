"""How a method of the Web API is declared. A method that nobody declared answers ``unknown_method``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.tiers import Tier
from bot.simulator.slack.webapi.arguments import Arguments

Handler = Callable[[Backend, Arguments], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """One method: its arguments, its tier, the scopes of which a bot token needs one.

    ``app_level`` methods take the app token (``xapp-``) and no other. ``per_channel`` counts the tier per
    channel. Source: docs.slack.dev, reference/methods, as collected by slack-ruby/slack-api-ref.
    """

    name: str
    handler: Handler
    tier: Tier
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    app_level: bool = False
    per_channel: bool = False


def words(names: str) -> frozenset[str]:
    """Argument names from one line."""
    return frozenset(names.split())


def need_scope(backend: Backend, *needed: str) -> None:
    """Raise ``missing_scope`` unless the manifest grants one of ``needed``."""
    if not backend.manifest.scopes.intersection(needed):
        provided = ",".join(sorted(backend.manifest.scopes))
        raise ApiError("missing_scope", extra={"needed": ",".join(needed), "provided": provided})
