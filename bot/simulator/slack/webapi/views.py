"""views.*: modals and the home tab."""

from __future__ import annotations

from typing import Any, Final

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.blockkit.blocks import Surface
from bot.simulator.slack.blockkit.views import check_view, is_too_large
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.tiers import Tier
from bot.simulator.slack.view_stacks import StoredView
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.method import Method, words


def shown_view(backend: Backend, view: StoredView) -> dict[str, Any]:
    """A view as the Web API and payloads show it."""
    workspace = backend.workspace
    return {
        "id": view.id,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "bot_id": workspace.bot_id,
        "app_installed_team_id": workspace.team_id,
        "title": None,
        "submit": None,
        "close": None,
        "callback_id": "",
        "external_id": "",
        "private_metadata": "",
        "clear_on_close": False,
        "notify_on_close": False,
        **view.body,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": view.values},
    }


def read_view(value: object, surface: Surface) -> dict[str, Any]:
    """A checked view; raises view_too_large, or invalid_arguments with every objection."""
    if is_too_large(value):
        raise ApiError("view_too_large")
    violations = check_view(value, surface)
    if violations or not isinstance(value, dict):
        raise ApiError("invalid_arguments", tuple(map(str, violations)))
    return value


def _redeemed(backend: Backend, args: Arguments) -> str:
    return backend.triggers.redeem(args.required_text("trigger_id"))


def open_view(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Open a modal for whoever pressed; within three seconds."""
    body = read_view(args.json("view"), Surface.MODAL)
    view = backend.views.open(_redeemed(backend, args), body)
    return {"view": shown_view(backend, view)}


def push_view(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Put a modal on top of the one in which the person pressed."""
    body = read_view(args.json("view"), Surface.MODAL)
    view = backend.views.push(_redeemed(backend, args), body)
    return {"view": shown_view(backend, view)}


def update_view(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Rewrite an open modal, by ``view_id`` or ``external_id``; ``hash`` guards against a race."""
    view = backend.views.find(view_id=args.text("view_id"), external_id=args.text("external_id"))
    surface = Surface.HOME if backend.views.home(view.user) is view else Surface.MODAL
    body = read_view(args.json("view"), surface)
    return {"view": shown_view(backend, backend.views.update(view, body, args.text("hash")))}


def publish_view(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Set somebody's home tab."""
    if not backend.manifest.home_tab:
        raise ApiError("not_enabled")
    user = args.required_text("user_id")
    if user not in backend.workspace.users:
        raise ApiError("invalid_arguments", ("user not found [json-pointer:/user_id]",))
    body = read_view(args.json("view"), Surface.HOME)
    return {"view": shown_view(backend, backend.views.publish(user, body, args.text("hash")))}


METHODS: Final = (
    Method("views.open", open_view, Tier.FOUR, required=words("trigger_id view")),
    Method("views.push", push_view, Tier.FOUR, required=words("trigger_id view")),
    Method(
        "views.update",
        update_view,
        Tier.FOUR,
        required=words("view"),
        optional=words("view_id external_id hash"),
    ),
    Method("views.publish", publish_view, Tier.FOUR, required=words("user_id view"), optional=words("hash")),
)
