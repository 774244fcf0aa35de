"""What the simulator tells its driver: calls it saw, what it refused, and what a person could not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ApiCall:
    """One Web API call, or one post to a response_url (``method`` is then ``response_url``).

    ``arguments`` are as the bot sent them, without the token; ``response`` is what it was answered.
    """

    method: str
    arguments: Mapping[str, Any]
    response: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether Slack did it."""
        return bool(self.response.get("ok"))


@dataclass(frozen=True)
class Refusal:
    """Something that Slack would not accept; ``where`` is a method, ``response_url`` or ``ack``."""

    where: str
    error: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.error}" + "".join(f"\n  {line}" for line in self.details)


@dataclass
class ApiError(Exception):
    """Slack's answer ``{"ok": false, "error": code}``, raised inside the simulator."""

    code: str
    details: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.details:
            answer["errors"] = list(self.details)
            answer["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.details]}
        return answer


class SimulatorError(Exception):
    """A person could not do, or did not see, what the conversation expected."""


class Refused(SimulatorError):
    """Slack's client would not let the person do that: no such button, an unknown command, a closed modal."""


class DispatchFailed(SimulatorError):
    """The bot did not take the payload: nobody listens, or it answered with an error.

    ``error`` is Slack's word for it, ``status`` the HTTP status when there was one.
    """

    def __init__(self, error: str, notice: str, status: int | None = None) -> None:
        super().__init__(notice)
        self.error = error
        self.notice = notice
        self.status = status


class OperationTimeout(DispatchFailed):
    """The bot did not acknowledge within three seconds. ``notice`` is what the person sees."""


class NothingHappened(SimulatorError, TimeoutError):
    """The person waited and the expected change did not come. The message lists what was on the screen."""
