"""Single rows, what became of them, and rows that have certain values.

Calls: MicrosoftDocs/powerapps-docs, ``developer/data-platform/webapi/{retrieve-entity-using-web-api,
query-data-web-api}.md``, ``developer/data-platform/restore-deleted-records.md`` (the bin),
``developer/data-platform/reference/entities/audit.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from bot.dataverse import fields
from bot.dataverse.asking import ROWS_SECONDS, literal
from bot.dataverse.fields import Json
from bot.dataverse.reading_tables import ReadingTables
from bot.dataverse.values import (
    BusinessUnit,
    Cell,
    ColumnKind,
    Comparing,
    Condition,
    Owner,
    Principal,
    PrincipalKind,
    Row,
    RowStanding,
    Standing,
    Table,
)
from bot.failures import DataverseMissing, DataverseRefused, DataverseRejected

MOST_ROWS: Final = 50

_LOOKUP: Final = "@Microsoft.Dynamics.CRM.lookuplogicalname"
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,10})?")
_ALWAYS: Final = ("statecode", "isdisabled", "modifiedon", "modifiedby", "ownerid", "owningbusinessunit")
_DELETE: Final = 3
"""``operation`` of table audit."""
_ALIVE: Final[Mapping[str, frozenset[str]]] = {
    "product": frozenset({"2", "3"}),
    "opportunity": frozenset({"1"}),
    "quote": frozenset({"1", "2"}),
    "salesorder": frozenset({"1", "3", "4"}),
    "invoice": frozenset({"1", "2"}),
    "incident": frozenset({"1"}),
}
"""States (``statecode``) beside 0 in which a row is not what people call inactive: drafts, and documents that
came to a good end. In all other tables 0 is active and 1 inactive."""


class ReadingRows(ReadingTables):
    """Rows of any table that the bot's role lets it read."""

    async def row(self, table_name: str, row_id: str, columns: Iterable[str] = ()) -> Row | None:
        """One row with the name, state, owner and last change that its table has, and these columns.

        Columns that the table does not have are left out. None where table or row is not there.
        """
        table = await self.table(table_name)
        found = fields.bare_guid(row_id)
        if table is None or found is None:
            return None
        select = _selected(table, columns)

        async def ask() -> Row | None:
            try:
                return _row(table, await self._get(f"{table.entity_set}({found})", select=select))
            except DataverseMissing as failure:
                if failure.facts.get("what") == "row":
                    return None
                raise

        question = ("row", table.logical_name, found, select)
        return cast("Row | None", await self._remembered(question, ROWS_SECONDS, ask))

    async def standing(self, table_name: str, row_id: str) -> RowStanding:
        """What became of a row; raises DataverseMissing (``table``) where there is no such table.

        Of one that is gone the bin is asked and the audit log, as far as they are turned on and the bot's
        role lets it look; without them it is ``ABSENT``.
        """
        table = await self.table(table_name)
        if table is None:
            raise DataverseMissing("no such table", what="table")
        row = await self.row(table_name, row_id)
        if row is not None:
            return RowStanding(Standing.ACTIVE if row.is_active else Standing.INACTIVE, row)
        found = fields.bare_guid(row_id)
        if found is None:
            return RowStanding(Standing.ABSENT, None)

        async def ask() -> RowStanding:
            at, by = await self._deletion(found)
            if await self._is_in_bin(table, found):
                return RowStanding(Standing.IN_BIN, None, at, by)
            return RowStanding(Standing.ABSENT if at is None else Standing.DELETED, None, at, by)

        question = ("gone", table.logical_name, found)
        return cast("RowStanding", await self._remembered(question, ROWS_SECONDS, ask))

    async def find(
        self, table_name: str, any_of: Sequence[Condition], columns: Iterable[str] = (), most: int = 10
    ) -> tuple[Row, ...]:
        """Rows that meet at least one condition, the active ones first, then by name; at most ``most``.

        Conditions on columns that the table does not have, and those whose value cannot be one of the column,
        are left out; without any there are no rows. None either where there is no such table.
        """
        if not 1 <= most <= MOST_ROWS:
            raise ValueError(f"from 1 to {MOST_ROWS} rows")
        table = await self.table(table_name)
        if table is None:
            return ()
        met = [written for condition in any_of if (written := _written(table, condition))]
        if not met:
            return ()
        select, wanted = _selected(table, columns), " or ".join(met)
        order = (
            f"{table.primary_name} asc" if table.primary_name in table.columns else f"{table.primary_id} asc"
        )

        async def ask() -> tuple[Row, ...]:
            options = {"select": select, "filter": wanted, "orderby": order, "top": str(most)}
            rows = await self._list(table.entity_set, **options)
            return tuple(sorted((_row(table, row) for row in rows[:most]), key=lambda row: not row.is_active))

        question = ("find", table.logical_name, select, wanted, most)
        return cast("tuple[Row, ...]", await self._remembered(question, ROWS_SECONDS, ask))

    async def _is_in_bin(self, table: Table, row_id: str) -> bool:
        key = table.primary_id
        query = (
            f"<fetch top='1' datasource='bin'><entity name='{table.logical_name}'><attribute name='{key}'/>"
            f"<filter><condition attribute='{key}' operator='eq' value='{row_id}'/></filter></entity></fetch>"
        )
        try:
            return bool(await self._list(table.entity_set, fetchXml=query))
        except (DataverseRefused, DataverseRejected, DataverseMissing):
            return False

    async def _deletion(self, row_id: str) -> tuple[datetime | None, str]:
        """When, and who."""
        wanted = f"_objectid_value eq {row_id} and operation eq {_DELETE}"
        try:
            rows = await self._list(
                "audits", select="createdon,_userid_value", filter=wanted, orderby="createdon desc", top="1"
            )
        except (DataverseRefused, DataverseRejected, DataverseMissing):
            return None, ""
        if not rows:
            return None, ""
        return fields.moment(rows[0], "createdon"), fields.shown(rows[0], "_userid_value")


def _selected(table: Table, columns: Iterable[str]) -> str:
    wanted = (table.primary_id, table.primary_name, *_ALWAYS, *columns)
    return ",".join(dict.fromkeys(_field(table, name) for name in wanted if name in table.columns))


def _field(table: Table, column: str) -> str:
    """How a column is called in an answer."""
    return f"_{column}_value" if table.columns[column] is ColumnKind.LOOKUP else column


def _row(table: Table, answer: Json) -> Row:
    cells = {
        column: Cell(
            fields.anything(answer, field), fields.shown(answer, field) or fields.anything(answer, field)
        )
        for column in table.columns
        if answer.get(field := _field(table, column)) is not None
    }
    name = cells.get(table.primary_name)
    changed_by = cells.get("modifiedby")
    return Row(
        table=table.logical_name,
        id=fields.guid(answer, table.primary_id),
        name=name.value if name else "",
        is_active=_is_active(table, cells),
        cells=cells,
        modified_at=fields.moment(answer, "modifiedon"),
        modified_by=changed_by.shown if changed_by else "",
        owner=_owner(answer),
    )


def _is_active(table: Table, cells: Mapping[str, Cell]) -> bool:
    """Users and business units have no state but can be disabled."""
    state, disabled = cells.get("statecode"), cells.get("isdisabled")
    if disabled is not None and disabled.value == "true":
        return False
    return state is None or state.value in _ALIVE.get(table.logical_name, frozenset()) | {"0"}


def _owner(answer: Json) -> Owner | None:
    found = fields.optional_guid(answer, "_ownerid_value")
    kind = fields.text(answer, f"_ownerid_value{_LOOKUP}")
    if found is None or kind not in set(PrincipalKind):
        return None
    unit = fields.optional_guid(answer, "_owningbusinessunit_value")
    name = fields.shown(answer, "_owningbusinessunit_value")
    return Owner(
        Principal(PrincipalKind(kind), found),
        fields.shown(answer, "_ownerid_value"),
        BusinessUnit(unit, name) if unit else None,
    )


def _written(table: Table, condition: Condition) -> str:
    """A condition as a filter has it; empty where the table or the column cannot have it."""
    kind = table.columns.get(condition.column)
    if kind is None:
        return ""
    field = _field(table, condition.column)
    if condition.comparing is not Comparing.EQUALS:
        is_text = kind is ColumnKind.TEXT and condition.value
        return f"{condition.comparing}({field},{literal(condition.value)})" if is_text else ""
    value = _value(kind, condition.value)
    return f"{field} eq {value}" if value else ""


def _value(kind: ColumnKind, text: str) -> str:
    match kind:
        case ColumnKind.TEXT:
            return literal(text) if text else ""
        case ColumnKind.ID | ColumnKind.LOOKUP:
            return fields.bare_guid(text) or ""
        case ColumnKind.NUMBER | ColumnKind.CHOICE:
            return text if _NUMBER.fullmatch(text) else ""
        case ColumnKind.FLAG:
            return text.lower() if text.lower() in {"true", "false"} else ""
        case _:
            return ""
