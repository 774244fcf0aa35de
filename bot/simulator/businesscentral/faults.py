"""Faults that can be switched on in the simulated Business Central.

Counted faults (``times``) end by themselves, one for each request they hit; the others last until ``heal``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.simulator.network import Interruption


class NextLinkForm(Enum):
    """How ``@odata.nextLink`` is written; OData allows all three."""

    ABSOLUTE = "absolute"
    PATH = "path"
    """From the root of the host: ``/v2.0/...?$skiptoken=...``."""
    SEGMENT = "segment"
    """Relative to the request's own address: ``syncErrors?$skiptoken=...``."""


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT
"""Value of a garbled field that is to be left out."""


class BodyDefect(Enum):
    """What is wrong with an answer of status 200."""

    BROKEN_JSON = "broken json"
    FOREIGN_NEXT_LINK = "foreign next link"


@dataclass(frozen=True, slots=True)
class StatusFault:
    """An error answer instead of the real one."""

    status: int
    retry_after: float | str | None
    """Seconds, or a date as HTTP writes it."""
    path: str | None
    """Only for addresses that contain this text."""
    html: bool
    """A page of some gateway instead of Business Central's error body."""
    is_after: bool = False
    """Carry the request out first: done, but the answer says otherwise."""
    code: str = ""
    """Business Central's own code of the error; empty for the usual one of the status."""


@dataclass(frozen=True, slots=True)
class PartFault:
    """An error answer to one part of a batch."""

    status: int
    retry_after: float | str | None
    is_after: bool


class Faults:
    """Switches. Each method may be called again; pending counted faults queue up."""

    def __init__(self) -> None:
        self.heal()

    def heal(self) -> None:
        """Switch every fault off."""
        self._statuses: list[StatusFault] = []
        self._interruptions: deque[Interruption] = deque()
        self._delays: deque[float] = deque()
        self._defects: deque[BodyDefect] = deque()
        self._garbled: dict[int, Mapping[str, Any]] = {}
        self._next_link_form = NextLinkForm.ABSOLUTE
        self._replica_lag = 0.0
        self._extension_is_missing = False
        self._extension_is_old = False
        self._parts: deque[PartFault | None] = deque()
        self._cut_at: deque[int] = deque()
        self._missing_actions: frozenset[str] = frozenset()
        self._job_is_refused = False
        self._everybody_is_refused = False

    def fail(
        self,
        status: int,
        times: int = 1,
        retry_after: float | str | None = None,
        path: str | None = None,
        code: str = "",
    ) -> None:
        """Answer ``times`` requests with this status; ``path`` limits it to addresses that contain the
        text."""
        self._statuses.extend([StatusFault(status, retry_after, path, html=False, code=code)] * times)

    def fail_afterwards(self, status: int, times: int = 1, path: str | None = None) -> None:
        """Carry ``times`` requests out, and answer them with this status all the same."""
        self._statuses.extend([StatusFault(status, None, path, html=False, is_after=True)] * times)

    def fail_parts(
        self,
        status: int,
        times: int = 1,
        *,
        retry_after: float | str | None = None,
        after: int = 0,
        every: int = 1,
        is_after: bool = False,
    ) -> None:
        """Answer ``times`` parts of batches with this status: from the one behind the next ``after`` on, each
        ``every``-th. With ``is_after`` they are carried out all the same."""
        self._parts.extend([None] * after)
        for _ in range(times):
            self._parts.append(PartFault(status, retry_after, is_after))
            self._parts.extend([None] * (every - 1))

    def cut_batch(self, after: int, times: int = 1) -> None:
        """Break the connection when that many parts of the next batch have been carried out."""
        self._cut_at.extend([after] * times)

    def action_missing(self, *names: str) -> None:
        """Answer as an older extension that has no such actions."""
        self._missing_actions = frozenset(names)

    def job_refused(self) -> None:
        """Let ``EnqueueSyncJob`` answer false."""
        self._job_is_refused = True

    def html_body(self, status: int, times: int = 1) -> None:
        """Answer with a gateway's HTML page, as 502 and 503 often are."""
        self._statuses.extend([StatusFault(status, None, None, html=True)] * times)

    def drop(self, times: int = 1) -> None:
        """Break the connection in the middle of the answer: httpx.ReadError."""
        self._interruptions.extend([Interruption.DROPPED] * times)

    def timeout(self, times: int = 1) -> None:
        """Carry the request out but never answer: httpx.ReadTimeout."""
        self._interruptions.extend([Interruption.SILENT] * times)

    def slow(self, seconds: float, times: int = 1) -> None:
        """Take that long, by the simulator's clock, before answering."""
        self._delays.extend([seconds] * times)

    def broken_json(self, times: int = 1) -> None:
        """Send the first half of the JSON with status 200."""
        self._defects.extend([BodyDefect.BROKEN_JSON] * times)

    def foreign_next_link(self, times: int = 1) -> None:
        """Let the next pages that have a nextLink point at another host."""
        self._defects.extend([BodyDefect.FOREIGN_NEXT_LINK] * times)

    def relative_next_link(self, form: NextLinkForm = NextLinkForm.PATH) -> None:
        """Write nextLinks in this form from now on."""
        self._next_link_form = form

    def garbled_row(self, number: int, fields: Mapping[str, Any]) -> None:
        """Put these values into the row as listed; ``ABSENT`` leaves a field out."""
        self._garbled[number] = dict(fields)

    def replica_lag(self, seconds: float) -> None:
        """Let reads without ``Data-Access-Intent: ReadWrite`` see the database as it was then."""
        self._replica_lag = seconds

    def extension_missing(self) -> None:
        """Answer as an environment in which the companion extension is not installed."""
        self._extension_is_missing = True

    def extension_old(self) -> None:
        """Answer as an extension that knows nothing of its version yet, nor of permissions."""
        self._extension_is_old = True

    def unauthorized(self) -> None:
        """Refuse every token, as when the application is not set up in Business Central."""
        self._everybody_is_refused = True

    # What follows is read by the simulator.

    @property
    def lag_seconds(self) -> float:
        """How far the replica is behind."""
        return self._replica_lag

    @property
    def is_extension_missing(self) -> bool:
        """Whether the companion API exists."""
        return self._extension_is_missing

    @property
    def is_extension_old(self) -> bool:
        """Whether the extension is the first one."""
        return self._extension_is_old

    @property
    def is_everybody_refused(self) -> bool:
        """Whether even good tokens are refused."""
        return self._everybody_is_refused

    @property
    def next_link_form(self) -> NextLinkForm:
        """How to write nextLinks."""
        return self._next_link_form

    @property
    def missing_actions(self) -> frozenset[str]:
        """Actions that the extension does not have."""
        return self._missing_actions

    @property
    def is_job_refused(self) -> bool:
        """Whether manual jobs are not accepted."""
        return self._job_is_refused

    def next_part(self) -> PartFault | None:
        """Take the error answer for this part, if one is pending."""
        return self._parts.popleft() if self._parts else None

    def cuts_at(self, part: int) -> bool:
        """Whether the connection breaks before that part (counted from 0) is carried out."""
        if not self._cut_at or self._cut_at[0] != part:
            return False
        self._cut_at.popleft()
        return True

    def next_status(self, address: str) -> StatusFault | None:
        """Take the error answer for this request, if one is pending."""
        for index, fault in enumerate(self._statuses):
            if fault.path is None or fault.path in address:
                return self._statuses.pop(index)
        return None

    def next_interruption(self) -> Interruption | None:
        """Take the interruption for this request, if one is pending."""
        return self._interruptions.popleft() if self._interruptions else None

    def next_delay(self) -> float:
        """Take the delay for this request in seconds; 0 where none is pending."""
        return self._delays.popleft() if self._delays else 0.0

    def next_body_is(self, defect: BodyDefect) -> bool:
        """Take that defect for this answer, if one is pending."""
        if defect not in self._defects:
            return False
        self._defects.remove(defect)
        return True

    def garble(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        """The row as it is to be sent."""
        fields = self._garbled.get(number)
        if fields is None:
            return row
        return {name: value for name, value in {**row, **fields}.items() if value is not ABSENT}
