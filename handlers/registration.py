"""Hangs every listener on the Bolt app."""

from __future__ import annotations

from typing import Final

from slack_bolt.async_app import AsyncApp

from handlers import (
    access,
    activity,
    archive,
    call_stack,
    care,
    command,
    conflicts,
    connections,
    coupled,
    deciding,
    doctor,
    find,
    forget,
    matching,
    overview,
    problem,
    purge,
    retry,
    rules,
    sharing,
    stale,
    status,
    support,
    teach,
    why,
)
from handlers.dependencies import Dependencies
from handlers.interaction import guard_interactions
from handlers.listening import Listening

ACKNOWLEDGED_WITHIN: Final = 60
"""Seconds. Slack waits three; what is acknowledged later is lost to it, and harmless."""


def register_all(app: AsyncApp, deps: Dependencies) -> None:
    """Middleware first, then one module after the other; ``stale`` catches what nobody else took."""
    guard_interactions(app, deps)
    listening = Listening(app, deps.visits, deps.in_flight)
    asking = (
        command,
        overview,
        find,
        problem,
        access,
        call_stack,
        why,
        activity,
        forget,
        connections,
        doctor,
        status,
    )
    doing = (sharing, care, teach, rules, purge, retry, coupled, conflicts, matching, deciding)
    for feature in (*asking, *doing, archive, support, stale):
        feature.register(listening, deps)
    _let_nobody_answer_for_another(app)


def _let_nobody_answer_for_another(app: AsyncApp) -> None:
    """Bolt asks the next listener that fits where one has not acknowledged within three seconds, and the next
    one is ``stale``: on a busy machine "out of date, nothing was done" would be said of what is being done.

    Only listeners of functions can be given another time when they are registered.
    """
    for listener in app._async_listeners:
        listener.ack_timeout = ACKNOWLEDGED_WITHIN
