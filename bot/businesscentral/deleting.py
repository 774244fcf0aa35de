"""Deleting chosen errors by id, in batches.

JSON form of a batch: Microsoft's ``dev-itpro/webservices/use-odata-batch.md``. At most 100 parts; addresses
of parts are relative to the API's root, without a slash in front. A part that fails ends the batch unless
``odata.continue-on-error`` is asked for (OData JSON Format 4.01, section 19). The parts are no transaction,
so each has an outcome of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from bot.businesscentral.answers import without_permission
from bot.businesscentral.asking import Asking
from bot.dataclass import dataclass
from bot.failures import (
    ActionMissing,
    SourceFailure,
    SourceGarbled,
    SourceMissing,
    SourceRefused,
    SourceThrottled,
)
from bot.odata.answers import RETRIED, Answer, complaint_of, parse_json
from bot.odata.exchange import Outgoing
from bot.odata.retrying import Patience, seconds_asked

LARGEST_BATCH = 100
"""Operations (``dev-itpro/api-reference/v2.0/dynamics-current-limits.md``)."""

_ACTION = "deleteErrors"
_PERMISSION_SET = "SYNCERRORS READ"
_HEADERS: Mapping[str, str] = {"Content-Type": "application/json", "Prefer": "odata.continue-on-error"}

_NO_PLACE = frozenset(
    {"BadRequest_NotFound", "Internal_CompanyNotFound", "Internal_TenantUnavailable", "NoEnvironment"}
)
"""Codes of a 404 that is not about the row (``dev-itpro/webservices/dynamics-error-codes.md``)."""


class Deletion(Enum):
    """What became of one row."""

    DELETED = "deleted"
    GONE = "gone"
    """It was not there: deleted before, by an attempt whose answer was lost or by somebody else."""
    REFUSED = "refused"
    """Business Central does not let the bot delete it; asking again would not help."""
    NOT_NOW = "not now"
    """It may still be there, and asking again may help."""

    @property
    def is_away(self) -> bool:
        """Whether the row is no longer there."""
        return self in {Deletion.DELETED, Deletion.GONE}


@dataclass(frozen=True, slots=True)
class _Part:
    status: int
    retry_after: str | None
    body: bytes

    @property
    def answer(self) -> Answer:
        """The same as an answer of its own."""
        return Answer(self.status, self.body, self.retry_after)


class Deleting(Asking):
    """Deletes rows of ``syncErrors``."""

    def expect_deletable(self) -> None:
        """Raises ActionMissing where nothing can be deleted: what is read from the published page."""
        self._expect_extension(_ACTION)

    async def delete_error_rows(self, ids: Sequence[str]) -> Mapping[str, Deletion]:
        """Delete up to 100 errors by id, whatever became of them since; the outcome of each, in this order.

        Parts that were answered 408, 429 or 5xx are asked for again, as a whole request is. Doing it twice is
        doing it once: so where nobody knows what became of the rest, SourceUnreachable is raised, and the
        same ids may be given again.

        Raises, beside what reading raises, ActionMissing, and ActionNotPermitted where the batch as a whole
        is refused.
        """
        if not 1 <= len(ids) <= LARGEST_BATCH or len(set(ids)) < len(ids):
            raise ValueError(f"1 to {LARGEST_BATCH} different ids")
        self.expect_deletable()
        outcomes = dict.fromkeys(ids, Deletion.NOT_NOW)
        left = list(ids)
        patience = Patience()
        while True:
            try:
                parts = await self._batch(left)
            except SourceThrottled:  # which is said before anything is done
                if len(left) == len(ids):
                    raise
                return outcomes
            await self._expect_a_place(parts)
            outcomes.update((row_id, _outcome(part)) for row_id, part in parts.items())
            left = [row_id for row_id in left if outcomes[row_id] is Deletion.NOT_NOW]
            if not left:
                return outcomes
            if any(part.status == 429 for part in parts.values()):
                self._exchange.count_parts()
            wait = patience.next_wait(self._asked(parts), self._exchange.jitter())
            if wait is None:
                return outcomes
            await self._exchange.wait(wait)

    async def _batch(self, ids: Sequence[str]) -> Mapping[str, _Part]:
        """One batch; what it says about each row. Rows that it does not mention are left out."""
        company = f"companies({self._connection.company_id})"
        parts = [
            {
                "method": "DELETE",
                "id": str(number),
                "url": f"{company}/syncErrors({row_id})",
                "headers": {"If-Match": "*"},
            }
            for number, row_id in enumerate(ids)
        ]
        request = Outgoing(
            "POST",
            f"{self._connection.companion_root}/$batch",
            _HEADERS,
            json.dumps({"requests": parts}, separators=(",", ":")).encode(),
            parts=len(ids),
        )
        try:
            return _parts_of(await self._answered(request), ids)
        except SourceGarbled:
            # What was deleted is answered 404 the second time, which says the same.
            return _parts_of(await self._answered(request), ids)

    async def _answered(self, request: Outgoing) -> bytes:
        answer = await self._exchange.send(request)
        if answer.succeeded:
            return answer.body
        raise await self._no_batch(answer)

    async def _expect_a_place(self, parts: Mapping[str, _Part]) -> None:
        """A part is answered 404 also where company, environment or extension are gone, with the rows in them
        as they were: that is no deletion."""
        for part in parts.values():
            if part.status == 404 and _names_a_place(part):
                raise await self._no_batch(part.answer)

    async def _no_batch(self, answer: Answer) -> SourceFailure:
        failure = await self._explained(answer, "target")
        if isinstance(failure, SourceMissing) and failure.facts["what"] == "extension":
            return ActionMissing("", action=_ACTION, what="extension")
        if isinstance(failure, SourceRefused):
            return without_permission(failure, _ACTION, _PERMISSION_SET)
        return failure

    def _asked(self, parts: Mapping[str, _Part]) -> float | None:
        """The longest ``Retry-After`` of the parts, in seconds."""
        now = self._exchange.now()
        waits = [seconds_asked(part.retry_after, now) for part in parts.values() if part.status in RETRIED]
        return max((wait for wait in waits if wait is not None), default=None)


def _names_a_place(part: _Part) -> bool:
    return complaint_of(part.answer).code in _NO_PLACE


def _outcome(part: _Part) -> Deletion:
    if 200 <= part.status < 300:
        return Deletion.DELETED
    if part.status == 404:
        return Deletion.GONE
    if part.status in RETRIED or part.status >= 500:
        return Deletion.NOT_NOW
    return Deletion.REFUSED


def _parts_of(body: bytes, ids: Sequence[str]) -> dict[str, _Part]:
    """By row. Raises SourceGarbled for what answers another question."""
    document = parse_json(body)
    responses = document.get("responses") if isinstance(document, dict) else None
    if not isinstance(responses, list):
        raise SourceGarbled("no responses")
    parts: dict[str, _Part] = {}
    for response in responses:
        row_id, part = _part(response, ids)
        parts[row_id] = part
    return parts


def _part(response: Any, ids: Sequence[str]) -> tuple[str, _Part]:
    if not isinstance(response, dict):
        raise SourceGarbled("responses: not an object")
    number, status = response.get("id"), response.get("status")
    if not isinstance(number, str) or not number.isascii() or not number.isdigit() or int(number) >= len(ids):
        raise SourceGarbled("responses: an id that was not asked for")
    if not isinstance(status, int) or isinstance(status, bool):
        raise SourceGarbled("responses: no status")
    if 200 <= status < 300:
        return ids[int(number)], _Part(status, None, b"")
    body = json.dumps(response.get("body")).encode()
    return ids[int(number)], _Part(status, _retry_after(response.get("headers")), body)


def _retry_after(headers: object) -> str | None:
    if not isinstance(headers, dict):
        return None
    found = [value for name, value in headers.items() if str(name).lower() == "retry-after"]
    return str(found[0]) if found else None
