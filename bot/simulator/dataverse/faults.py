"""Faults that can be switched on in the simulated Dataverse, and its service protection."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from bot.clock import Clock
from bot.simulator.dataverse.refusal import Refusal, limited
from bot.simulator.network import Interruption


@dataclass(frozen=True, slots=True)
class Protection:
    """Service protection limits, per user: the documented numbers; tests may choose smaller ones."""

    requests: int = 6000
    window_seconds: int = 300
    execution_seconds: float = 1200.0
    at_a_time: int = 52
    retry_after: int = 30


DOCUMENTED = Protection()


class Turnstile:
    """Counts the requests of one user."""

    def __init__(self, protection: Protection, clock: Clock) -> None:
        self._protection = protection
        self._clock = clock
        self._past: deque[tuple[float, float]] = deque()
        self._present = 0
        self.most_at_once = 0

    def enter(self) -> float:
        """Begin a request. Raises Refusal (429)."""
        limits, now = self._protection, self._clock.monotonic()
        while self._past and self._past[0][0] <= now - limits.window_seconds:
            self._past.popleft()
        window, wait = limits.window_seconds, limits.retry_after
        if self._present >= limits.at_a_time:
            raise limited("0x80072326", limits.at_a_time, window, wait)
        if len(self._past) + self._present >= limits.requests:
            raise limited("0x80072322", limits.requests, window, wait)
        if sum(took for _, took in self._past) > limits.execution_seconds:
            raise limited("0x80072321", int(limits.execution_seconds * 1000), window, wait)
        self._present += 1
        self.most_at_once = max(self.most_at_once, self._present)
        return now

    def leave(self, begun: float) -> None:
        """End it."""
        self._present -= 1
        self._past.append((begun, self._clock.monotonic() - begun))


@dataclass(frozen=True, slots=True)
class StatusFault:
    """An error answer instead of the real one."""

    status: int
    code: str
    retry_after: int | str | None
    html: bool
    path: str


class Faults:
    """Switches. Counted faults (``times``) end by themselves; the others last until ``heal``."""

    def __init__(self) -> None:
        self.heal()

    def heal(self) -> None:
        """Switch every fault off."""
        self._statuses: list[StatusFault] = []
        self._interruptions: deque[Interruption] = deque()
        self._bodies: deque[bytes] = deque()
        self.delay = 0.0
        """Seconds that every request takes."""
        self.foreign_next_link = ""
        """Host that nextLinks lead to instead."""
        self.relative_next_links = False

    def fail(
        self,
        status: int,
        code: str = "",
        *,
        times: int = 1,
        retry_after: int | str | None = None,
        html: bool = False,
        path: str = "",
    ) -> None:
        """Answer ``times`` requests with this status, of those whose address contains ``path``."""
        self._statuses.extend([StatusFault(status, code, retry_after, html, path)] * times)

    def interrupt(self, interruption: Interruption, times: int = 1) -> None:
        """Let the next ``times`` exchanges break off."""
        self._interruptions.extend([interruption] * times)

    def answer(self, body: bytes) -> None:
        """Answer the next request with this body and status 200."""
        self._bodies.append(body)

    def next_status(self, address: str) -> StatusFault | None:
        """Take what is pending for this request."""
        for index, fault in enumerate(self._statuses):
            if fault.path in address:
                return self._statuses.pop(index)
        return None

    def next_interruption(self) -> Interruption | None:
        """Take what is pending."""
        return self._interruptions.popleft() if self._interruptions else None

    def next_body(self) -> bytes | None:
        """Take what is pending."""
        return self._bodies.popleft() if self._bodies else None


def refusal_of(fault: StatusFault) -> Refusal:
    """The error answer of a fault."""
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Refusal(fault.status, fault.code, "A simulated fault.", headers=headers)
