"""Troubles that can be switched on: rate limits, errors, slowness, an unreachable response_url."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

RESPONSE_URL = "response_url"
"""The name under which ``SlackFaults`` knows posts to a response_url."""


@dataclass(frozen=True)
class RateLimited:
    """Answer 429 with ``Retry-After`` in seconds."""

    retry_after: int


@dataclass(frozen=True)
class Failed:
    """Answer ``{"ok": false, "error": error}``; a number such as ``"503"`` is an HTTP status without JSON."""

    error: str

    @property
    def status(self) -> int | None:
        """The HTTP status, when the error is one."""
        return int(self.error) if self.error.isdigit() else None


class SlackFaults:
    """Faults by method name (``"chat.postMessage"``), or ``RESPONSE_URL``. Each is used up by one call."""

    def __init__(self) -> None:
        self._queued: dict[str, deque[RateLimited | Failed]] = {}
        self._slow: dict[str, float] = {}

    def rate_limit(self, method: str, times: int = 1, retry_after: int = 1) -> None:
        """The next ``times`` calls of ``method`` are answered 429."""
        self._queue(method, RateLimited(retry_after), times)

    def fail(self, method: str, error: str = "internal_error", times: int = 1) -> None:
        """The next ``times`` calls of ``method`` are answered with ``error`` (a code, or an HTTP status)."""
        self._queue(method, Failed(error), times)

    def slow(self, method: str, seconds: float) -> None:
        """Every call of ``method`` takes ``seconds`` of real time longer; 0 ends it."""
        self._slow[method] = seconds

    def break_response_urls(self, times: int = 1) -> None:
        """The next ``times`` posts to a response_url meet HTTP 503."""
        self.fail(RESPONSE_URL, "503", times)

    def clear(self) -> None:
        """End all faults."""
        self._queued.clear()
        self._slow.clear()

    def take(self, method: str) -> RateLimited | Failed | None:
        """The fault for this call, which is thereby used up."""
        waiting = self._queued.get(method)
        return waiting.popleft() if waiting else None

    def delay(self, method: str) -> float:
        """Seconds of real time by which this call is slowed down."""
        return self._slow.get(method, 0.0)

    def _queue(self, method: str, fault: RateLimited | Failed, times: int) -> None:
        self._queued.setdefault(method, deque()).extend([fault] * times)
