"""Acting on what synchronizes (companion API's contract, "Acting").

``release`` and ``wake`` let the mapping's own run take records with its own conflict rules: that is "Retry".
``synchronize`` and ``create`` are forced: they overwrite, or create, in one direction, whatever the mapping
says (``CRMIntegrationTableSynch.Codeunit.al`` in microsoft/BCApps), and are never a retry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import quote

from bot.businesscentral.answers import failure_of, without_permission
from bot.businesscentral.asking import Asking
from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.failures import (
    ActionMissing,
    ActionRefused,
    ActionTargetGone,
    OutcomeUnknown,
    SourceFailure,
    SourceMissing,
    SourceRefused,
    SourceRejected,
)
from bot.odata.answers import Answer, complaint_of
from bot.odata.exchange import AnswerLost, Outgoing, Repeat

MAINTENANCE = "53390000-0000-4000-8000-000000005339"
"""Key of the single row of ``maintenance``: a bound action needs one."""

MOST_IDS = 100
"""Ids in one call of ``release_all``, ``synchronize`` and ``create``. The extension makes filters of them and
a filter holds a few thousand characters."""

_GUARD = re.compile(r"SYNCERRORS\.([A-Za-z]{1,40}):")


class PermissionSet(StrEnum):
    """What an administrator gives the bot's application."""

    READ = "SYNCERRORS READ"
    SYNC = "SYNCERRORS SYNC"


class Guard(StrEnum):
    """Why the extension refuses; its messages begin with ``SYNCERRORS.<value>:``."""

    DIRECTION = "Direction"
    """Neither 1 (to Dataverse) nor 2 (from Dataverse), or not one that the mapping has."""
    EMPTY_SELECTION = "EmptySelection"
    """No ids for that direction: an empty list would filter nothing and take the whole table."""
    BAD_ID = "BadId"
    """Something among the ids is not a GUID."""
    TOO_MANY = "TooMany"
    """More ids than one call takes."""
    OUTSIDE_FILTER = "OutsideFilter"
    """A record is outside the mapping's filter."""
    NOT_OF_MAPPING = "NotOfMapping"
    """A record or coupling does not belong to this mapping."""
    NOT_DATAVERSE = "NotDataverse"
    """A mapping of Master Data Management."""
    OPTION_MAPPING = "OptionMapping"
    """Options are not records: they go their own way."""
    TEMPORARY_MAPPING = "TemporaryMapping"
    """The clone of a manual run."""
    NOT_COUPLED = "NotCoupled"
    ALREADY_COUPLED = "AlreadyCoupled"
    RECORD_GONE = "RecordGone"
    """One of the two records does not exist."""
    CONNECTION_OFF = "ConnectionOff"
    NO_JOB = "NoJob"
    """The mapping has no recurring job of its own."""
    NOT_ENQUEUED = "NotEnqueued"
    """Business Central did not take the job."""


@dataclass(frozen=True, slots=True)
class _Action:
    name: str
    needs: PermissionSet = PermissionSet.READ
    repeat: Repeat = Repeat.WHENEVER_IT_HELPS
    """Setting the same thing twice is setting it once; a forced run, a second time, is another run."""


_RELEASE = _Action("release")
_RELEASE_ALL = _Action("releaseAll")
_WAKE = _Action("wake")
_DELETE_ERRORS = _Action("deleteErrors")
_SYNCHRONIZE = _Action("synchronize", PermissionSet.SYNC, Repeat.UNLESS_BEGUN)
_CREATE = _Action("create", PermissionSet.SYNC, Repeat.UNLESS_BEGUN)
_COUPLE = _Action("couple", PermissionSet.SYNC, Repeat.UNLESS_BEGUN)
_UNCOUPLE = _Action("uncouple", PermissionSet.SYNC, Repeat.UNLESS_BEGUN)

_NUMBERS = {Direction.TO_DATAVERSE: 1, Direction.FROM_DATAVERSE: 2}


class Acting(Asking):
    """Actions bound to a coupling, a mapping or the errors as a whole. All answer nothing when they are done.

    Beside what reading raises, each raises ActionNotPermitted, ActionMissing, ActionTargetGone and
    ActionRefused; those that may not be repeated (``synchronize``, ``create``, ``couple``, ``uncouple``) also
    OutcomeUnknown.
    """

    async def release(self, coupling_id: str) -> None:
        """Clear Skipped, so that the mapping's own next run takes the record. Twice is once."""
        await self._act(_RELEASE, "couplings", coupling_id)

    async def release_all(self, mapping_id: str, dataverse_ids: Collection[str]) -> None:
        """The same for up to ``MOST_IDS`` couplings of one mapping, by their rows in Dataverse."""
        _counted(dataverse_ids)
        await self._act(_RELEASE_ALL, "tableMappings", mapping_id, dataverseIds=",".join(dataverse_ids))

    async def wake(self, mapping_id: str) -> None:
        """Make the mapping's own recurring job ready now. Its run-as user stays. Twice is once."""
        await self._act(_WAKE, "tableMappings", mapping_id)

    async def delete_errors(self, logged_until: datetime, highest_number: int) -> None:
        """Delete the errors logged at ``logged_until`` or before whose number is at most ``highest_number``.

        A moment is cut to milliseconds. Twice is once.
        """
        if logged_until.tzinfo is None or highest_number < 1:
            raise ValueError("a moment with a zone, and a number that some error can have")
        utc = logged_until.astimezone(UTC)
        until = f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
        await self._act(
            _DELETE_ERRORS, "maintenance", MAINTENANCE, loggedUntil=until, highestNumber=highest_number
        )

    async def synchronize(
        self,
        mapping_id: str,
        direction: Direction,
        *,
        local_system_ids: Collection[str] = (),
        dataverse_ids: Collection[str] = (),
    ) -> None:
        """Force exactly these coupled records, in one direction. OVERWRITES the other side.

        The job has only been enqueued when this answers. To Dataverse needs ``local_system_ids``, from
        Dataverse ``dataverse_ids``.
        """
        await self._forced(_SYNCHRONIZE, mapping_id, direction, local_system_ids, dataverse_ids)

    async def create(
        self,
        mapping_id: str,
        direction: Direction,
        *,
        local_system_ids: Collection[str] = (),
        dataverse_ids: Collection[str] = (),
    ) -> None:
        """Force the creation of exactly these uncoupled records in the other app; ids as above."""
        await self._forced(_CREATE, mapping_id, direction, local_system_ids, dataverse_ids)

    async def couple(self, mapping_id: str, local_system_id: str, dataverse_id: str) -> None:
        """Couple two records that are there; the inverse of ``uncouple``."""
        await self._act(
            _COUPLE, "tableMappings", mapping_id, localSystemId=local_system_id, dataverseId=dataverse_id
        )

    async def uncouple(self, coupling_id: str) -> None:
        """Remove a coupling, whichever of its records are still there; neither record is touched."""
        await self._act(_UNCOUPLE, "couplings", coupling_id)

    async def _forced(
        self,
        action: _Action,
        mapping_id: str,
        direction: Direction,
        local_system_ids: Collection[str],
        dataverse_ids: Collection[str],
    ) -> None:
        number = _NUMBERS.get(direction)
        if number is None:
            raise ValueError("one direction: to or from Dataverse")
        _counted(local_system_ids if direction is Direction.TO_DATAVERSE else dataverse_ids)
        await self._act(
            action,
            "tableMappings",
            mapping_id,
            localSystemIds=",".join(local_system_ids),
            dataverseIds=",".join(dataverse_ids),
            direction=number,
        )

    async def _act(self, action: _Action, entity_set: str, key: str, **body: str | int) -> None:
        self._expect_extension(action.name)
        place = f"{self._connection.companion_api}/{entity_set}({quote(key, safe='')})"
        request = Outgoing(
            "POST",
            f"{place}/Microsoft.NAV.{action.name}",
            {"Content-Type": "application/json"},
            json.dumps(body).encode(),
            action.repeat,
        )
        try:
            answer = await self._exchange.send(request)
        except AnswerLost:
            raise OutcomeUnknown(action=action.name) from None
        if not answer.succeeded:
            raise await self._refused(answer, action)

    async def _refused(self, answer: Answer, action: _Action) -> SourceFailure:
        """What a refused action means; a failure of reading where it is not about the action."""
        if action.repeat is Repeat.UNLESS_BEGUN and answer.status >= 500:
            return OutcomeUnknown(action=action.name)
        if answer.status == 405:
            return ActionMissing("", action=action.name, what="version")
        failure = await self._explained(answer, "target")
        match failure:
            case SourceMissing(facts={"what": "target"}):
                return ActionTargetGone(action=action.name)
            case SourceMissing(facts={"what": "extension"}):
                return ActionMissing("", action=action.name, what=await self._extension_or_version())
            case SourceRefused():
                return without_permission(failure, action.name, action.needs.value)
            case SourceRejected() if (guard := guard_in(answer)) is not None:
                return ActionRefused("", action=action.name, guard=guard)
            case _:
                return failure

    async def _extension_or_version(self) -> str:
        """Whether the extension is missing, or there and too old for the action."""
        there = await self._exchange.send(Outgoing("GET", f"{self._connection.companion_api}/maintenance"))
        if there.succeeded:
            return "version"
        return "extension" if isinstance(failure_of(there), SourceMissing) else "version"


def guard_in(answer: Answer) -> str | None:
    """The guard of the extension that refused; empty for one of another version, None where none did."""
    found = _GUARD.match(complaint_of(answer).message)
    if found is None:
        return None
    return found[1] if found[1] in set(Guard) else ""


def _counted(ids: Collection[str]) -> None:
    if not 1 <= len(ids) <= MOST_IDS:
        raise ValueError(f"1 to {MOST_IDS} ids: none would mean all")
