"""Hangs every listener on the Bolt app."""

from __future__ import annotations

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
