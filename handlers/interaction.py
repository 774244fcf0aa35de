"""What comes before every listener: a reference for the interaction, and a kind word for strangers."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.cards.failure import defect_card, failure_card, failure_modal
from bot.failures import StoreUnavailable, Stranger
from bot.log import place_of
from bot.payloads import word
from handlers.acts import act_of
from handlers.dependencies import Dependencies
from handlers.visits import user_of

_READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 letters and digits that nobody mistakes for one another when reading a reference aloud."""

log = structlog.get_logger()


def guard_interactions(app: AsyncApp, deps: Dependencies) -> None:
    """Install the middleware, and a last resort for what goes wrong outside the listeners."""

    @app.middleware
    async def refer(body: Mapping[str, Any], next_: Callable[[], Awaitable[BoltResponse]]) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(reference=new_reference())
        log.info("interaction", kind=kind_of(body))
        await next_()

    @app.middleware
    async def refuse_strangers(
        body: Mapping[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        if belongs(body, deps.team_id, deps.enterprise_id):
            await next_()
            return None
        if not home_of(body):
            return unhandled(body)
        log.info("interaction.stranger")
        return await refusal(body, deps)

    @app.error
    async def record(
        error: Exception, body: Mapping[str, Any], response: BoltResponse | None
    ) -> BoltResponse | None:
        if isinstance(error, BoltUnhandledRequestError):
            return unhandled(body)
        log.error("defect", exception=type(error).__name__, place=place_of(error))
        if response is None:  # acknowledged already
            return None
        reference = str(structlog.contextvars.get_contextvars().get("reference", "?"))
        visit = await deps.visits.of_broken(body)
        deps.in_flight.start(visit.refuse(defect_card(reference, visit.texts)))
        return BoltResponse(status=200, body="")


async def refusal(body: Mapping[str, Any], deps: Dependencies) -> BoltResponse:
    """Acknowledges what a stranger did; tells them why nothing happens, where Slack gives a way to."""
    match body.get("type"):
        case "event_callback" | "view_closed":
            return BoltResponse(status=200, body="")
        case "block_suggestion":
            return BoltResponse(status=200, body={"options": []})
        case "view_submission":
            deps.in_flight.start(_note_stranger(body, deps))
            texts = await deps.visits.languages.of(user_of(body))
            view = failure_modal(Stranger(), texts)
            return BoltResponse(status=200, body={"response_action": "update", "view": view})
    deps.in_flight.start(_tell_stranger(body, deps))
    return BoltResponse(status=200, body="")


async def _tell_stranger(body: Mapping[str, Any], deps: Dependencies) -> None:
    visit = await deps.visits.of_broken(body)
    await visit.refuse(failure_card(Stranger(), visit.texts))
    await _note_stranger(body, deps)


async def _note_stranger(body: Mapping[str, Any], deps: Dependencies) -> None:
    try:
        visit = await deps.visits.of_refused(body, Stranger())
        await visit.note(act_of(body), Stranger())
    except StoreUnavailable:
        log.warning("refusal.not_noted")


def unhandled(body: Mapping[str, Any]) -> BoltResponse:
    """What no listener takes although Slack signed it: 200 where Slack would repeat it or alarm somebody."""
    log.warning("interaction.unhandled", kind=kind_of(body))
    known = isinstance(body.get("type"), str) or "command" in body
    return BoltResponse(status=200 if known else 404, body="")


def new_reference() -> str:
    """Six characters that a person can read out to whoever has the log."""
    bits = secrets.randbits(30)
    return "".join(_READABLE[bits >> shift & 31] for shift in range(0, 30, 5))


def kind_of(body: Mapping[str, Any]) -> str:
    """What happened, in Slack's words; nothing that somebody made up is repeated."""
    if "command" in body:
        return "command"
    return word(body.get("type"))


def belongs(body: Mapping[str, Any], team_id: str, enterprise_id: str | None) -> bool:
    """Whether the person is of the organization that installed the bot.

    In a channel shared with another organization (Slack Connect) payloads carry the installing ``team``, and
    the person's own in ``user.team_id``. For people of an Enterprise organization that is the id of the
    organization, ``E...`` (docs.slack.dev, reference/interaction-payloads): all its workspaces are one
    company, so its people are let in where the installing workspace is part of it. Somebody of another
    workspace whose organization the payload does not prove is a stranger.
    """
    home = home_of(body)
    return bool(home) and home in (team_id, enterprise_id)


def home_of(body: Mapping[str, Any]) -> str:
    """Id of the workspace or Enterprise organization that the person belongs to; "" where it is unknown."""
    user, event = body.get("user"), body.get("event")
    if isinstance(user, Mapping) and user.get("team_id"):
        return str(user["team_id"])
    if isinstance(event, Mapping) and (event.get("user_team") or event.get("source_team")):
        return str(event.get("user_team") or event["source_team"])
    team = body.get("team")
    if isinstance(team, Mapping):
        return str(team.get("id") or "")
    return str(team or body.get("team_id") or "")
