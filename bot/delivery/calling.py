"""How people are called in what is posted: an id says nothing in a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from bot.operations.actors import Actor, From

NameOf = Callable[[str], Awaitable[str]]
"""How a person in Slack is called, by id; empty where that is not known."""


async def names_of(actors: Iterable[str], name_of: NameOf) -> dict[str, str]:
    """Names by Slack id, of those among the actors (``slack:U...``) whose names Slack tells. Each is asked
    for once."""
    names: dict[str, str] = {}
    for actor in sorted(set(actors)):
        place, _, person = actor.partition(":")
        if place == From.SLACK and person and (name := await name_of(Actor.parse(actor).id)):
            names[person] = name
    return names
