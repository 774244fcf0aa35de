"""The Web API: which methods there are, and what happens before one runs."""

from __future__ import annotations

from typing import Any, Final

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.webapi import chat, conversations, people, uploads, views
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.method import Method, need_scope

METHODS: Final[dict[str, Method]] = {
    method.name: method for room in (chat, conversations, people, uploads, views) for method in room.METHODS
}


_EVERYWHERE: Final = frozenset({"team_id"})
"""Slack's clients add it to any call, for apps installed in a whole organization."""


def find_method(name: str) -> Method:
    """A method by name; raises ``unknown_method``."""
    if name not in METHODS:
        raise ApiError("unknown_method", extra={"req_method": name})
    return METHODS[name]


def check_token(backend: Backend, method: Method, token: str) -> None:
    """Raise not_authed, invalid_auth or not_allowed_token_type."""
    if not token:
        raise ApiError("not_authed")
    right, other = backend.bot_token, backend.app_token
    if method.app_level:
        right, other = other, right
    if token == other:
        raise ApiError("not_allowed_token_type")
    if token != right:
        raise ApiError("invalid_auth")


def run(backend: Backend, method: Method, args: Arguments) -> dict[str, Any]:
    """Run a method whose token was checked; gives the answer, raises ApiError."""
    if method.scopes:
        need_scope(backend, *sorted(method.scopes))
    args.check(method.required, method.optional | _EVERYWHERE)
    return {"ok": True, **method.handler(backend, args)}
