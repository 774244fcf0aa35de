"""Entity sets about single records: ``couplingFields``, ``mappedRecords``, ``recordFields``.

Contract of the companion API, "Reading". They answer only with their filter: an open one would read whole
tables of two systems.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.couplings import SimulatedCoupling
from bot.simulator.businesscentral.field_values import Written, key_value
from bot.simulator.businesscentral.filters import Kind, parse_literal
from bot.simulator.businesscentral.mapped_fields import FIELDS, MappedField, key_of
from bot.simulator.businesscentral.mappings import MappingType, SimulatedMapping
from bot.simulator.businesscentral.queries import EMPTY_GUID, moment_text
from bot.simulator.businesscentral.refusal import Refusal, bad_request
from bot.simulator.businesscentral.tables import SimulatedRecord

LONGEST = 2048
MOST_RECORDS = 20

Conditions = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskedSet:
    """One entity set: what it may be asked by, and its rows for that."""

    entity: str
    kinds: Mapping[str, Kind]
    forms: tuple[frozenset[str], ...]
    """Which conditions go together."""
    rows: Callable[[SimulatedCompany, Conditions, datetime], Iterator[dict[str, Any]]]


def guard(name: str, text: str) -> Refusal:
    """What an ``Error`` of the extension becomes."""
    return Refusal(400, "Application_DialogException", f"SYNCERRORS.{name}: {text}")


def conditions_of(asked: AskedSet, text: str | None) -> Conditions:
    """The conditions of a ``$filter`` that is nothing but ``field eq literal``, joined by ``and``.

    Raises Refusal (400).
    """
    if not text:
        raise guard("EmptySelection", "A filter must say which record is meant.")
    found: dict[str, Any] = {}
    for part in _conjuncts(text):
        name, operator, literal = [*part.split(" ", 2), "", ""][:3]
        kind = asked.kinds.get(name)
        if kind is None:
            raise bad_request(
                f"Could not find a property named '{name}' on type 'Microsoft.NAV.{asked.entity}'."
            )
        if operator != "eq" or name in found:
            raise bad_request(f"The filter on '{name}' is not supported.")
        found[name] = parse_literal(literal.strip(), kind)
    if frozenset(found) not in asked.forms:
        raise guard("EmptySelection", "The filter does not say which record is meant.")
    return found


def _conjuncts(text: str) -> Iterator[str]:
    """Parts between ``and``; one inside quotes joins nothing."""
    part, quoted = "", False
    words = text.strip().split(" ")
    for word in words:
        if word == "and" and not quoted:
            yield part.strip()
            part = ""
            continue
        quoted ^= word.count("'") % 2 == 1
        part += f" {word}"
    yield part.strip()


def _pairs(company: SimulatedCompany, asked: Conditions, moment: datetime) -> Iterator[dict[str, Any]]:
    world = company.synchronization
    coupling = world.couplings.find(asked["couplingId"], moment)
    if coupling is None:
        return
    if coupling.is_option or coupling.dataverse_id is None:
        raise guard("OptionMapping", "Options have no fields.")
    local = world.records.get(coupling.local_system_id)
    if local is None or coupling.local_system_id in world.gone:
        raise guard("RecordGone", "One of the two records does not exist.")
    if not world.is_connected:
        raise guard("ConnectionOff", "The connection to Dataverse is not enabled.")
    if coupling.dataverse_id in world.gone:
        raise guard("RecordGone", "One of the two records does not exist.")
    mapping = world.mappings[coupling.mapping]
    here = world.values.local(local, mapping.name)
    there = world.values.remote(coupling.dataverse_id, mapping.name, here)
    for number, mapped in enumerate(FIELDS.get(mapping.name, ()), start=1):
        yield _pair(coupling, mapping, mapped, number, here, there)


def _pair(
    coupling: SimulatedCoupling,
    mapping: SimulatedMapping,
    mapped: MappedField,
    number: int,
    here: Written,
    there: Written,
) -> dict[str, Any]:
    local, remote = here.values.get(str(mapped.number), ""), there.values.get(mapped.column.casefold(), "")
    synchronized = max(
        (at for at in (coupling.last_modified_on, coupling.last_dataverse_modified_on) if at), default=None
    )
    return {
        "id": _row_id(coupling.id, number),
        "couplingId": coupling.id,
        "mappingId": mapping.id,
        "fieldNumber": mapped.number,
        "fieldName": mapped.name,
        "integrationFieldNumber": mapped.column_number,
        "integrationFieldName": mapped.column,
        "integrationFieldCaption": mapped.caption,
        "direction": mapped.direction.value,
        "businessCentralValue": local[:LONGEST],
        "dataverseValue": remote[:LONGEST],
        "comparison": "Same" if local.strip(" ") == remote.strip(" ") else "Differs",
        "businessCentralModifiedAt": moment_text(here.changed_at),
        "businessCentralModifiedBy": here.changed_by,
        "dataverseModifiedAt": moment_text(there.changed_at),
        "synchronizedAt": moment_text(synchronized),
    }


def _records(company: SimulatedCompany, asked: Conditions, moment: datetime) -> Iterator[dict[str, Any]]:
    world = company.synchronization
    mapping = _mapping(company, asked["mappingId"])
    sought = [
        one
        for one in world.records.values()
        if one.table == mapping.table
        and one.system_id not in world.gone
        and _fits(company, mapping, one, asked)
    ]
    for number, one in enumerate(sought[:MOST_RECORDS], start=1):
        coupling = world.couplings.of_local(one.system_id or "")
        described = world.values.local(one, mapping.name).values
        yield {
            "id": _row_id(one.system_id or "", number),
            "mappingId": mapping.id,
            "systemId": one.system_id,
            "recordKey": one.key,
            "recordId": one.record_id,
            "fieldNumber": asked.get("fieldNumber", 0),
            "value": asked.get("value", ""),
            "description": one.description
            or described.get("2")
            or described.get("15")
            or described.get("3", ""),
            "couplingId": coupling.id if coupling else EMPTY_GUID,
            "dataverseId": (coupling.dataverse_id if coupling else None) or EMPTY_GUID,
            "insideFilter": one.system_id not in mapping.outside_filter,
        }
    del moment


def _fits(
    company: SimulatedCompany, mapping: SimulatedMapping, one: SimulatedRecord, asked: Conditions
) -> bool:
    if "recordKey" in asked:
        return one.key.casefold() == str(asked["recordKey"]).casefold()
    if "systemId" in asked:
        return one.system_id == str(asked["systemId"])
    values = company.synchronization.values.local(one, mapping.name).values
    return values.get(str(asked["fieldNumber"]), "").casefold() == str(asked["value"]).casefold()


def _fields(company: SimulatedCompany, asked: Conditions, moment: datetime) -> Iterator[dict[str, Any]]:
    del moment
    world = company.synchronization
    mapping = _mapping(company, asked["mappingId"])
    one = world.records.get(asked["systemId"])
    if one is None or one.table != mapping.table or one.system_id in world.gone:
        return
    values = world.values.local(one, mapping.name).values
    mapped = FIELDS.get(mapping.name, ())
    for number, its in enumerate(mapped, start=1):
        yield {
            "id": _row_id(one.system_id or "", number),
            "mappingId": mapping.id,
            "systemId": one.system_id,
            "fieldNumber": its.number,
            "fieldName": its.name,
            "integrationFieldName": its.column,
            "direction": its.direction.value,
            "value": values.get(str(its.number), "")[:LONGEST],
            "usedForMatching": its.matches,
            "matchPriority": number if its.matches else 0,
        }
    key = key_of(one.table)
    if all(its.number != key.number for its in mapped):
        yield {
            "id": _row_id(one.system_id or "", 0),
            "mappingId": mapping.id,
            "systemId": one.system_id,
            "fieldNumber": key.number,
            "fieldName": key.name,
            "integrationFieldName": "",
            "direction": "ToIntegrationTable",
            "value": key_value(one),
            "usedForMatching": False,
            "matchPriority": 0,
        }


def _mapping(company: SimulatedCompany, mapping_id: str) -> SimulatedMapping:
    mappings = company.synchronization.mappings.values()
    mapping = next((one for one in mappings if one.id == mapping_id), None)
    if mapping is None or mapping.type is not MappingType.DATAVERSE:
        raise guard("NotOfMapping", "There is no such mapping.")
    return mapping


def _row_id(of: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{of} {number}"))


_GUID, _TEXT, _NUMBER = Kind.GUID, Kind.TEXT, Kind.NUMBER

ASKED_SETS: dict[str, AskedSet] = {
    "couplingFields": AskedSet(
        "couplingField", {"couplingId": _GUID, "mappingId": _GUID}, (frozenset({"couplingId"}),), _pairs
    ),
    "mappedRecords": AskedSet(
        "mappedRecord",
        {
            "mappingId": _GUID,
            "systemId": _GUID,
            "recordKey": _TEXT,
            "fieldNumber": _NUMBER,
            "value": _TEXT,
        },
        (
            frozenset({"mappingId", "recordKey"}),
            frozenset({"mappingId", "systemId"}),
            frozenset({"mappingId", "fieldNumber", "value"}),
        ),
        _records,
    ),
    "recordFields": AskedSet(
        "recordField",
        {"mappingId": _GUID, "systemId": _GUID},
        (frozenset({"mappingId", "systemId"}),),
        _fields,
    ),
}
