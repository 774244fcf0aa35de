"""Bound actions of the companion API (contract, "Acting"), with every guard of the extension.

A guard's text begins with ``SYNCERRORS.`` and its name, so that whoever called can tell what was refused. In
AL it is an ``Error``, which a web service answers with 400 ``Application_DialogException`` (Microsoft's
``dev-itpro/webservices/dynamics-error-codes.md``), and all that the call did before is rolled back.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.couplings import SimulatedCoupling
from bot.simulator.businesscentral.entities import MAINTENANCE_ID
from bot.simulator.businesscentral.faults import Faults
from bot.simulator.businesscentral.filters import Kind, parse_literal
from bot.simulator.businesscentral.job_queue import EntryStatus
from bot.simulator.businesscentral.mappings import MappingType, SimulatedMapping
from bot.simulator.businesscentral.permissions import PermissionSet
from bot.simulator.businesscentral.refusal import Refusal, bad_request, record_missing
from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.businesscentral.runs import Forced
from bot.simulator.businesscentral.troubles import Trouble

MOST_IDS = 100
MANUAL_STARTS_AFTER = timedelta(seconds=1)
"""``EnqueueSyncJob`` lets the job start a second later."""

_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_DIRECTIONS = {1: SynchDirection.TO_DATAVERSE, 2: SynchDirection.FROM_DATAVERSE}

Body = Mapping[str, Any]


def guard(name: str, text: str) -> Refusal:
    """What an ``Error`` of the extension becomes."""
    return Refusal(400, "Application_DialogException", f"SYNCERRORS.{name}: {text}")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an action."""

    company: SimulatedCompany
    key: str
    body: Body
    clock: Clock
    faults: Faults


@dataclass(frozen=True, slots=True)
class Action:
    """A procedure with ``[ServiceEnabled]``: its parameters by name, and what it needs."""

    parameters: Mapping[str, type]
    needs: PermissionSet
    carry_out: Callable[[Call], None]


def check_parameters(name: str, action: Action, body: Body) -> None:
    """Raise Refusal (400) unless exactly the parameters are there, each of its type."""
    for given in body:
        if given not in action.parameters:
            raise bad_request(
                f"The parameter '{given}' in the request payload is not a valid parameter for the operation "
                f"'{name}'."
            )
    for parameter, kind in action.parameters.items():
        if parameter not in body:
            raise Refusal(
                400, "BadRequest_RequiredParamNotProvided", f"The parameter '{parameter}' is missing."
            )
        if type(body[parameter]) is not kind:
            raise bad_request(
                f"Cannot convert the value of the parameter '{parameter}' to the expected type."
            )


# Couplings


def _release(call: Call) -> None:
    coupling = _coupling(call)
    _expect_record(call, coupling)
    call.company.synchronization.couplings.change(coupling.id, call.clock.now(), skipped=False)


def _uncouple(call: Call) -> None:
    """Of records with the connection, for the company is taken off the row in Dataverse; whichever of the two
    records is still there."""
    coupling = _coupling(call)
    if not coupling.is_option:
        _expect_connection(call)
        both_there = not _is_gone(call, coupling.local_system_id, coupling.dataverse_id)
        if both_there and call.faults.is_job_refused:
            raise guard("NotEnqueued", "Business Central did not remove the coupling.")
    call.company.synchronization.uncouple(coupling)


def _coupling(call: Call) -> SimulatedCoupling:
    coupling = call.company.synchronization.couplings.find(call.key, call.clock.now())
    if coupling is None:
        raise record_missing("CRM Integration Record", call.key)
    return coupling


def _expect_record(call: Call, coupling: SimulatedCoupling) -> None:
    """``UpdateSkippedNow`` passes over couplings whose local record is gone."""
    if coupling.local_system_id in call.company.synchronization.gone:
        raise guard("RecordGone", "The record in Business Central no longer exists.")


# Mappings


def _release_all(call: Call) -> None:
    mapping = _mapping(call)
    _refuse_options(mapping)
    ids = _ids(call.body["dataverseIds"])
    couplings = [_coupled(call, mapping, by_dataverse=row_id) for row_id in ids]
    for coupling in couplings:
        _expect_record(call, coupling)
    for coupling in couplings:
        call.company.synchronization.couplings.change(coupling.id, call.clock.now(), skipped=False)


def _wake(call: Call) -> None:
    """Only a job that waits for its next run has a task that can start; a new task would run as whoever
    called."""
    mapping = _mapping(call)
    entry = call.company.synchronization.entries.get(mapping.name)
    if entry is None or entry.status in {EntryStatus.ERROR, EntryStatus.ON_HOLD}:
        raise guard("NoJob", "The mapping has no recurring job that waits for its next run.")
    call.company.synchronization.wake(mapping.name)


def _synchronize(call: Call) -> None:
    mapping, direction, ids = _selection(call)
    to_dataverse = direction is SynchDirection.TO_DATAVERSE
    couplings = []
    for given in ids:
        by = {"by_local": given} if to_dataverse else {"by_dataverse": given}
        couplings.append(_coupled(call, mapping, **by))
        if _is_gone(call, given):
            raise guard("RecordGone", "A record does not exist.")
        _expect_inside(mapping, given)
    _enqueue(call, mapping, direction, couplings=[coupling.id for coupling in couplings])


def _create(call: Call) -> None:
    mapping, direction, ids = _selection(call)
    synchronization = call.company.synchronization
    inserts: list[Trouble] = []
    for given in ids:
        if _find_coupling(call, given) is not None:
            raise guard("AlreadyCoupled", "A record is already coupled.")
        trouble = synchronization.troubles.new_record(given, direction)
        trouble = trouble or synchronization.never_tried(given, mapping, direction)
        if trouble is None or given in synchronization.gone:
            raise guard("RecordGone", "A record does not exist.")
        if trouble.mapping != mapping.name:
            raise guard("NotOfMapping", "A record does not belong to this mapping.")
        _expect_inside(mapping, given)
        inserts.append(trouble)
    _enqueue(call, mapping, direction, inserts=inserts)


def _couple(call: Call) -> None:
    mapping = _mapping(call)
    _refuse_options(mapping)
    local_id, remote_id = _id(call.body["localSystemId"]), _id(call.body["dataverseId"])
    _expect_connection(call)
    synchronization = call.company.synchronization
    local = synchronization.records.get(local_id)
    if local is None or local_id in synchronization.gone or remote_id in synchronization.gone:
        raise guard("RecordGone", "A record does not exist.")
    if local.table != mapping.table:
        raise guard("NotOfMapping", "A record does not belong to this mapping.")
    if _find_coupling(call, local_id) is not None or _find_coupling(call, remote_id) is not None:
        raise guard("AlreadyCoupled", "A record is already coupled.")
    _expect_inside(mapping, remote_id)
    synchronization.joined(synchronization.couple(local, remote_id))


def _mapping(call: Call) -> SimulatedMapping:
    """The mapping, of whatever type: the guards name the reason."""
    mappings = call.company.synchronization.mappings.values()
    mapping = next((mapping for mapping in mappings if mapping.id == call.key), None)
    if mapping is None:
        raise record_missing("Integration Table Mapping", call.key)
    if mapping.type is not MappingType.DATAVERSE:
        raise guard("NotDataverse", "The mapping belongs to Master Data Management.")
    if mapping.is_clone:
        raise guard("TemporaryMapping", "The mapping is a temporary one.")
    return mapping


def _refuse_options(mapping: SimulatedMapping) -> None:
    if mapping.is_option:
        raise guard("OptionMapping", "Options are synchronized in another way.")


def _selection(call: Call) -> tuple[SimulatedMapping, SynchDirection, Sequence[str]]:
    """What a forced run is for, when all guards have let it pass."""
    mapping = _mapping(call)
    _refuse_options(mapping)
    direction = _DIRECTIONS.get(call.body["direction"])
    if direction is None or direction not in mapping.directions:
        raise guard("Direction", "The direction must be 1 or 2, and one of the mapping.")
    to_dataverse = direction is SynchDirection.TO_DATAVERSE
    ids = _ids(call.body["localSystemIds" if to_dataverse else "dataverseIds"])
    _expect_connection(call)
    return mapping, direction, ids


def _expect_inside(mapping: SimulatedMapping, either_id: str) -> None:
    """A forced run replaces the mapping's filters by the filter on ids."""
    if either_id in mapping.outside_filter:
        raise guard("OutsideFilter", "A record is outside the filter of the mapping.")


def _is_gone(call: Call, *ids: str | None) -> bool:
    return any(one in call.company.synchronization.gone for one in ids)


def _expect_connection(call: Call) -> None:
    if not call.company.synchronization.is_connected:
        raise guard("ConnectionOff", "The connection to Dataverse is not enabled.")


def _enqueue(
    call: Call,
    mapping: SimulatedMapping,
    direction: SynchDirection,
    *,
    couplings: Sequence[str] = (),
    inserts: Sequence[Trouble] = (),
) -> None:
    """``EnqueueSyncJob``, whose ``false`` becomes an error; its clone is removed then."""
    if call.faults.is_job_refused:
        raise guard("NotEnqueued", "The job was not accepted.")
    due_at = call.clock.now() + MANUAL_STARTS_AFTER
    forced = Forced(mapping.name, direction, due_at, tuple(couplings), tuple(inserts))
    call.company.synchronization.force(forced)


def _ids(text: str) -> Sequence[str]:
    """GUIDs, separated by commas: at least one, for an empty list would filter nothing."""
    given = [part.strip() for part in text.split(",")] if text.strip() else []
    if not given:
        raise guard("EmptySelection", "No records are named: that would be the whole table.")
    if len(given) > MOST_IDS:
        raise guard("TooMany", f"At most {MOST_IDS} records.")
    return list(dict.fromkeys(map(_id, given)))


def _id(text: str) -> str:
    """The one GUID of a text, never the empty one."""
    if not text.strip():
        raise guard("EmptySelection", "No records are named: that would be the whole table.")
    match = _GUID.fullmatch(text.strip())
    if match is None or uuid.UUID(match[1]).int == 0:
        raise guard("BadId", "Not a GUID.")
    return match[1].lower()


def _find_coupling(call: Call, either_id: str) -> SimulatedCoupling | None:
    found = call.company.synchronization.couplings.of_dataverse(either_id)
    return found or call.company.synchronization.couplings.of_local(either_id)


def _coupled(
    call: Call, mapping: SimulatedMapping, *, by_local: str = "", by_dataverse: str = ""
) -> SimulatedCoupling:
    couplings = call.company.synchronization.couplings
    coupling = couplings.of_local(by_local) if by_local else couplings.of_dataverse(by_dataverse)
    if coupling is None:
        raise guard("NotCoupled", "A record is not coupled.")
    if coupling.mapping != mapping.name:
        raise guard("NotOfMapping", "A record does not belong to this mapping.")
    return coupling


# Errors


def _delete_errors(call: Call) -> None:
    if call.key != MAINTENANCE_ID:
        raise record_missing("Integration Synch. Job Errors", call.key)
    until: Any = None
    with suppress(Refusal):
        until = parse_literal(call.body["loggedUntil"], Kind.MOMENT)
    if until is None or call.body["highestNumber"] < 1:
        raise guard("EmptySelection", "No moment, or no number: that would be nothing, or the whole list.")
    call.company.delete_errors(until, call.body["highestNumber"])


_FORCED = {"localSystemIds": str, "dataverseIds": str, "direction": int}

ACTIONS: dict[str, dict[str, Action]] = {
    "couplings": {
        "release": Action({}, PermissionSet.READ, _release),
        "uncouple": Action({}, PermissionSet.SYNC, _uncouple),
    },
    "tableMappings": {
        "releaseAll": Action({"dataverseIds": str}, PermissionSet.READ, _release_all),
        "wake": Action({}, PermissionSet.READ, _wake),
        "synchronize": Action(_FORCED, PermissionSet.SYNC, _synchronize),
        "create": Action(_FORCED, PermissionSet.SYNC, _create),
        "couple": Action({"localSystemId": str, "dataverseId": str}, PermissionSet.SYNC, _couple),
    },
    "maintenance": {
        "deleteErrors": Action(
            {"loggedUntil": str, "highestNumber": int}, PermissionSet.READ, _delete_errors
        ),
    },
}
