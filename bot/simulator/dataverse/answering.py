"""Answers of the Web API: rows with their annotations, pages, definitions of tables."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from bot.simulator.dataverse.expressions import Test, field_of, parse_filter, plain, shown_name
from bot.simulator.dataverse.organization import SimulatedOrganization
from bot.simulator.dataverse.refusal import bad_request, unknown_property
from bot.simulator.dataverse.tables import ID, MANAGED, USER_OWNED, SimulatedTable, made_up_id
from bot.simulator.dataverse.values import Option, Ref, Values

LARGEST_PAGE = 5000
FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
_OPTIONS = frozenset({"$select", "$filter", "$orderby", "$top", "$skiptoken"})


@dataclass(frozen=True, slots=True)
class Wish:
    """Parsed options of a question about rows."""

    select: tuple[str, ...]
    """Columns."""
    test: Test | None
    order: tuple[tuple[str, bool], ...]
    top: int | None
    skip: int
    page: int
    annotations: frozenset[str]


def wish_of(request: Request, table: SimulatedTable, *, of_one: bool = False) -> Wish:
    """Raises Refusal (400) for unknown options, columns, expressions."""
    options = request.query_params
    for name in options:
        if name not in ({"$select"} if of_one else _OPTIONS):
            raise bad_request(f"The query parameter {name} is not supported.", "0x80060888")
    select = tuple(field_of(table, name.strip()) for name in options.get("$select", "").split(",") if name)
    if not select:
        raise bad_request("This stand-in wants a $select: an answer without one has every column.")
    if options.get("$top", "1").isdecimal() is False:
        raise bad_request("$top must be a number.", "0x80060888")
    asked = options.get("$filter")
    return Wish(
        select=select,
        test=None if asked is None else parse_filter(asked, table),
        order=tuple(_order(options.get("$orderby", ""), table)),
        top=int(options["$top"]) if "$top" in options else None,
        skip=_skip(options.get("$skiptoken")),
        page=_page_size(request.headers.get("prefer", "")),
        annotations=_annotations(request.headers.get("prefer", "")),
    )


def _order(text: str, table: SimulatedTable) -> list[tuple[str, bool]]:
    found = []
    for part in filter(None, text.split(",")):
        name, _, way = part.strip().partition(" ")
        if way not in {"", "asc", "desc"}:
            raise bad_request(f"'{way}' is no order.", "0x80060888")
        found.append((field_of(table, name), way == "desc"))
    return found


def _page_size(prefer: str) -> int:
    found = re.search(r"odata\.maxpagesize=(\d+)", prefer)
    return min(int(found[1]), LARGEST_PAGE) if found else LARGEST_PAGE


def _annotations(prefer: str) -> frozenset[str]:
    found = re.search(r'odata\.include-annotations="([^"]*)"', prefer)
    if found is None:
        return frozenset()
    return frozenset({FORMATTED, LOOKUP_NAME}) if found[1] == "*" else frozenset(found[1].split(","))


def _skip(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(token))["skip"])
    except (ValueError, KeyError, TypeError):
        raise bad_request("The paging cookie is malformed.", "0x80060888") from None


def row_json(organization: SimulatedOrganization, table: SimulatedTable, row: Values, wish: Wish) -> Values:
    """One row: the columns asked for, its key, and the annotations asked for."""
    answer: Values = {"@odata.etag": 'W/"1"'}
    for column in dict.fromkeys((*wish.select, table.primary_id)):
        value, name = row.get(column), shown_name(table, column)
        if table.columns[column] == MANAGED:
            answer[name] = {"Value": bool(value), "CanBeChanged": True, "ManagedPropertyLogicalName": column}
            continue
        answer[name] = plain(value)
        shown = _shown(organization, value)
        if shown and FORMATTED in wish.annotations:
            answer[f"{name}@{FORMATTED}"] = shown
        if isinstance(value, Ref) and LOOKUP_NAME in wish.annotations:
            answer[f"{name}@{LOOKUP_NAME}"] = value.table
    return answer


def _shown(organization: SimulatedOrganization, value: Any) -> str:
    match value:
        case Ref():
            return organization.name_of(value)
        case Option():
            return value.label
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return f"{value:%m/%d/%Y %I:%M %p}"
        case _:
            return ""


def collection(
    organization: SimulatedOrganization,
    table: SimulatedTable,
    rows: Sequence[Values],
    wish: Wish,
    here: str,
    options: Mapping[str, str],
) -> Values:
    """One page, with a nextLink where there is more; ``here`` is the address without options."""
    found = [row for row in rows if wish.test is None or wish.test(row)]
    for column, falling in reversed(wish.order):
        found.sort(key=lambda row: _sorting(row.get(column)), reverse=falling)
    found = found[: wish.top] if wish.top is not None else found
    page = found[wish.skip : wish.skip + wish.page]
    answer: Values = {
        "@odata.context": f"{organization.url}/api/data/v9.2/$metadata#{table.entity_set}",
        "value": [row_json(organization, table, row, wish) for row in page],
    }
    if wish.skip + wish.page < len(found):
        token = base64.urlsafe_b64encode(json.dumps({"skip": wish.skip + wish.page}).encode()).decode()
        again = {name: value for name, value in options.items() if name != "$skiptoken"}
        answer["@odata.nextLink"] = f"{here}?{urlencode({**again, '$skiptoken': token}, quote_via=quote)}"
    return answer


def _sorting(value: Any) -> tuple[int, str]:
    shown = plain(value)
    return (0, "") if shown is None else (1, str(shown).casefold())


# Definitions

_SCALARS = frozenset(
    {
        "LogicalName",
        "SchemaName",
        "EntitySetName",
        "ObjectTypeCode",
        "DisplayName",
        "PrimaryIdAttribute",
        "PrimaryNameAttribute",
        "OwnershipType",
        "Privileges",
    }
)
_EXPAND = re.compile(r"Attributes\(\$select=([A-Za-z,]+)\)")
_ATTRIBUTE = frozenset({"LogicalName", "AttributeType", "IsValidForRead", "SchemaName"})


def definition_json(
    organization: SimulatedOrganization, table: SimulatedTable, options: Mapping[str, str]
) -> Values:
    """What ``EntityDefinitions`` tells. Raises Refusal (400)."""
    everything = {
        "LogicalName": table.logical_name,
        "SchemaName": table.schema_name,
        "EntitySetName": table.entity_set,
        "ObjectTypeCode": table.code,
        "DisplayName": _label(table),
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "OwnershipType": table.ownership,
        "Privileges": [_privilege(organization, table, verb) for verb in table.verbs],
    }
    select = [name.strip() for name in options.get("$select", "").split(",") if name.strip()]
    for name in select:
        if name not in _SCALARS:
            raise unknown_property("EntityMetadata", name)
    if not select:
        raise bad_request("This stand-in wants a $select: a whole definition is large.")
    answer: Values = {name: everything[name] for name in select}
    answer["MetadataId"] = made_up_id(table.logical_name, "metadata")
    if "$expand" in options:
        found = _EXPAND.fullmatch(options["$expand"])
        names = found[1].split(",") if found else []
        if not names or not _ATTRIBUTE.issuperset(names):
            raise bad_request("The $expand is not supported.", "0x80060888")
        answer["Attributes"] = [
            {
                name: value
                for name, value in _attribute(table, column).items()
                if name in {*names, "MetadataId"}
            }
            for column in table.columns
        ]
    return answer


def _label(table: SimulatedTable) -> Values:
    labels = [
        {
            "Label": name,
            "LanguageCode": locale,
            "IsManaged": True,
            "MetadataId": made_up_id(name, str(locale)),
        }
        for locale, name in table.names.items()
    ]
    return {"LocalizedLabels": labels, "UserLocalizedLabel": labels[0] if labels else None}


def _privilege(organization: SimulatedOrganization, table: SimulatedTable, verb: str) -> Values:
    name = table.privilege(verb)
    everywhere = table.ownership == USER_OWNED
    return {
        "CanBeBasic": everywhere,
        "CanBeLocal": everywhere,
        "CanBeDeep": everywhere,
        "CanBeGlobal": True,
        "CanBeEntityReference": False,
        "CanBeParentEntityReference": False,
        "Name": name,
        "PrivilegeId": organization.privileges.get(name.lower(), made_up_id("privilege", name)),
        "PrivilegeType": verb,
    }


def _attribute(table: SimulatedTable, column: str) -> Values:
    kind = table.columns[column]
    return {
        "LogicalName": column,
        "SchemaName": column,
        "AttributeType": kind,
        "IsValidForRead": kind != ID or column == table.primary_id or True,
        "MetadataId": made_up_id(table.logical_name, column),
    }
