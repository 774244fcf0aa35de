"""Which questions to Dataverse an error raises. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.businesscentral.record_ids import parse_record_id
from bot.dataclass import dataclass
from bot.dataverse import Principal, PrincipalKind
from bot.diagnosis.model import Params
from bot.store.values import StoredError

MISSING_PRIVILEGE: Final = "permission.missing_privilege"
NO_ROLE: Final = "permission.no_role_or_license"
OWNER: Final = "permission.owner_lacks_read"
ONE_RECORD: Final = "permission.record_access"
_ABOUT_ROWS: Final = frozenset(
    {"record.deleted_in_one_app", "record.not_found", "data.blocked_or_inactive_record"}
)
_NOT_COUPLED: Final = "coupling.dependency_not_coupled"
_NOUNS: Final[Mapping[str, str]] = {
    "order": "salesorder",
    "user": "systemuser",
    "currency": "transactioncurrency",
}
"""Privileges that call their table otherwise than its logical name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask about an error."""

    principal: Principal | None = None
    privilege: str = ""
    """Empty where the text names none."""
    access: str = ""
    """The verb, such as ``Write``, where only that is told."""
    entity: str = ""
    otc: int = 0
    owns: bool = False
    """The principal is the future owner of a row."""
    row: tuple[str, str] | None = None
    """Logical name and id of a row."""
    refused_row: str = ""
    """Id of the one row that was refused; ``entity`` or ``otc`` tells its table."""
    without_roles: bool = False
    """The principal had no role at all."""
    record_id: str = ""
    """A record of Business Central whose coupled row is meant."""

    @property
    def anything(self) -> bool:
        """Whether there is a question at all."""
        return bool(self.principal or self.row or self.record_id)


def questions_of(error: StoredError, params: Params) -> Asked:
    """``params`` are the error's, overruled by what all errors of its problem share."""
    if error.class_code == MISSING_PRIVILEGE:
        entity = str(params.get("entity", ""))
        return Asked(
            principal=_principal(params),
            privilege=str(params.get("privilege", "")),
            access=str(params.get("access", "")),
            entity=_NOUNS.get(entity, entity),
            otc=int(params.get("otc", 0)) if str(params.get("otc", 0)).isdecimal() else 0,
            owns=error.topic == OWNER or "team_id" in params,
            row=_row_of(error) if error.topic == ONE_RECORD else None,
            refused_row=str(params.get("record", "")) if error.topic == ONE_RECORD else "",
        )
    if error.class_code == NO_ROLE:
        return Asked(principal=_principal(params), without_roles=True)
    if error.class_code in _ABOUT_ROWS or error.class_code == _NOT_COUPLED:
        return _about_row(error, params)
    return Asked()


def _about_row(error: StoredError, params: Params) -> Asked:
    named = _named(str(params.get("other_table", "")), str(params.get("other_record", "")))
    if named is not None:
        if named[0] in set(PrincipalKind):
            return Asked(principal=Principal(PrincipalKind(named[0]), named[1]))
        return Asked(row=named)
    if error.class_code == _NOT_COUPLED:
        return Asked()
    found = _row_of(error)
    if found is not None:
        return Asked(row=found)
    return Asked(record_id=error.source_record_id or error.destination_record_id)


def _principal(params: Params) -> Principal | None:
    team, user = params.get("team_id"), params.get("user_id") or params.get("caller_id")
    if team:
        return Principal(PrincipalKind.TEAM, str(team).lower())
    return Principal(PrincipalKind.USER, str(user).lower()) if user else None


def _row_of(error: StoredError) -> tuple[str, str] | None:
    """The side of the error that is a row of Dataverse."""
    for text, table in (
        (error.destination_record_id, error.destination_table),
        (error.source_record_id, error.source_table),
    ):
        record = parse_record_id(text, table)
        if record is not None and record.entity and record.row_id:
            return record.entity, record.row_id
    return None


def _named(table: str, record: str) -> tuple[str, str] | None:
    """A row that the text names: by logical name, or by Business Central's caption of its table."""
    if not table or not record:
        return None
    parsed = parse_record_id(f"{table}: {record}")
    if parsed is not None and parsed.entity and parsed.row_id:
        return parsed.entity, parsed.row_id
    bare = record.strip("{}").lower()
    return (table.lower(), bare) if len(bare) == 36 and table.replace("_", "").isalnum() else None
