"""Definitions of tables.

Calls: MicrosoftDocs/powerapps-docs, ``developer/data-platform/webapi/query-metadata-web-api.md`` and
``developer/data-platform/reference/entities/entity.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

from bot.dataverse import fields
from bot.dataverse.asking import DEFINITIONS_SECONDS, Asking, literal
from bot.dataverse.fields import Json
from bot.dataverse.values import ColumnKind, Depth, Ownership, Privilege, Table
from bot.failures import DataverseGarbled, DataverseMissing

_SELECT: Final = (
    "LogicalName,SchemaName,EntitySetName,ObjectTypeCode,DisplayName,PrimaryIdAttribute,PrimaryNameAttribute,"
    "OwnershipType,Privileges"
)
_EXPAND: Final = "Attributes($select=LogicalName,AttributeType,IsValidForRead)"
_KINDS: Final[Mapping[str, ColumnKind]] = {
    "String": ColumnKind.TEXT,
    "Memo": ColumnKind.TEXT,
    "Uniqueidentifier": ColumnKind.ID,
    "Lookup": ColumnKind.LOOKUP,
    "Owner": ColumnKind.LOOKUP,
    "Customer": ColumnKind.LOOKUP,
    "Integer": ColumnKind.NUMBER,
    "BigInt": ColumnKind.NUMBER,
    "Decimal": ColumnKind.NUMBER,
    "Double": ColumnKind.NUMBER,
    "Money": ColumnKind.NUMBER,
    "Picklist": ColumnKind.CHOICE,
    "State": ColumnKind.CHOICE,
    "Status": ColumnKind.CHOICE,
    "Boolean": ColumnKind.FLAG,
    "DateTime": ColumnKind.MOMENT,
}
"""``AttributeTypeCode``; of any other type nothing is read."""
_CAN_BE: Final[Mapping[Depth, str]] = {
    Depth.BASIC: "CanBeBasic",
    Depth.LOCAL: "CanBeLocal",
    Depth.DEEP: "CanBeDeep",
    Depth.GLOBAL: "CanBeGlobal",
}


class ReadingTables(Asking):
    """What a table is called, which columns it has, which privileges guard it."""

    async def table(self, name: str) -> Table | None:
        """A table by logical name; None where the environment has none of that name."""
        logical_name = fields.logical_name(name)
        if logical_name is None:
            return None

        async def ask() -> Table | None:
            path = f"EntityDefinitions(LogicalName={literal(logical_name)})"
            try:
                return _table(await self._get(path, select=_SELECT, expand=_EXPAND))
            except DataverseMissing as failure:
                # Which code says so, the docs leave open; without one, it may not even be Dataverse.
                if failure.facts.get("what") == "environment":
                    raise
                return None

        return cast("Table | None", await self._remembered(("table", logical_name), DEFINITIONS_SECONDS, ask))

    async def table_of_code(self, object_type_code: int) -> Table | None:
        """A table by its code, which custom tables have a different one of in every environment."""

        async def ask() -> str | None:
            wanted = f"ObjectTypeCode eq {object_type_code}"
            rows = await self._list("EntityDefinitions", select="LogicalName,ObjectTypeCode", filter=wanted)
            return fields.text(rows[0], "LogicalName") if rows else None

        name = await self._remembered(("code", object_type_code), DEFINITIONS_SECONDS, ask)
        return None if name is None else await self.table(cast("str", name))


def _table(row: Json) -> Table:
    columns = {
        fields.text(attribute, "LogicalName"): kind
        for attribute in fields.objects(row, "Attributes")
        if fields.flag(attribute, "IsValidForRead")
        and (kind := _KINDS.get(fields.text(attribute, "AttributeType"))) is not None
    }
    table = Table(
        logical_name=_name(row, "LogicalName"),
        schema_name=_name(row, "SchemaName"),
        entity_set=_name(row, "EntitySetName"),
        object_type_code=fields.integer(row, "ObjectTypeCode"),
        names=_names(row),
        primary_id=_name(row, "PrimaryIdAttribute"),
        primary_name=fields.text(row, "PrimaryNameAttribute"),
        ownership=_ownership(fields.text(row, "OwnershipType")),
        privileges={
            found.name.lower(): found for found in map(_privilege, fields.objects(row, "Privileges"))
        },
    )
    return replace(table, columns=columns)


def _name(row: Json, field: str) -> str:
    """What will stand in an address."""
    name = fields.text(row, field)
    if fields.logical_name(name) is None:
        raise DataverseGarbled(f"{field}: not a name")
    return name


def _names(row: Json) -> Mapping[int, str]:
    """A label: its text in each language that somebody translated it to."""
    label = row.get("DisplayName")
    if label is None:
        return {}
    labels = fields.objects(fields.json_object(label), "LocalizedLabels")
    found = {fields.integer(one, "LanguageCode"): fields.text(one, "Label") for one in labels}
    return {locale: name for locale, name in found.items() if name.strip()}


def _ownership(text: str) -> Ownership:
    try:
        return Ownership(text)
    except ValueError:
        return Ownership.OTHER


def _privilege(row: Json) -> Privilege:
    depths = frozenset(depth for depth, field in _CAN_BE.items() if fields.flag(row, field))
    return Privilege(fields.guid(row, "PrivilegeId"), fields.text(row, "Name"), depths)
