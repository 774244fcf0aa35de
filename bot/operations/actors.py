"""Whoever does something: a person in Slack, the operator at a shell, the bot by itself."""

from __future__ import annotations

from enum import StrEnum

from bot.dataclass import dataclass


class From(StrEnum):
    """Where somebody acts from."""

    SLACK = "slack"
    SHELL = "shell"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. As text, in workflows and in the store, it is ``slack:U012ABCDEF`` or ``shell:kim``."""

    place: From
    id: str = ""
    """Slack's user id, or the name of the operator's account on the machine; empty for the bot."""

    def __str__(self) -> str:
        return f"{self.place}:{self.id}" if self.id else str(self.place)

    @classmethod
    def parse(cls, text: str) -> Actor:
        """Read ``str(actor)`` again; raises ValueError for anything else."""
        place, _, name = text.partition(":")
        return cls(From(place), name)


def slack_user(user: str) -> Actor:
    """A person in Slack, by user id."""
    return Actor(From.SLACK, user)


def operator(account: str) -> Actor:
    """Whoever types at the machine that runs the bot, by the name of their account there."""
    return Actor(From.SHELL, account)


THE_BOT = Actor(From.BOT)
"""What is done on schedule."""
