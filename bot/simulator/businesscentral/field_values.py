"""What stands in the mapped fields of the simulated records, on both sides, and who wrote it last.

A record has values from the moment somebody asks for them: its key, its name, and an address, e-mail and
phone number made up from these. Both sides hold the same until somebody changes one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.businesscentral.mapped_fields import FIELDS, MappedField, key_of
from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.businesscentral.tables import SimulatedRecord

BOT_JOB = "BC-INTEGRATIE"
"""Who writes in Business Central when a job takes something over."""
INTEGRATION_USER = "integration"
"""Who writes in Dataverse when a job takes something over."""

_STREETS = ("Kleiweg", "Havenstraat", "Stationsplein", "Molendijk", "Nieuwe Gracht", "Lindelaan")
_CITIES = (("3011 AB", "Rotterdam"), ("3511 CD", "Utrecht"), ("8011 EF", "Zwolle"), ("2611 GH", "Delft"))
_CURRENCY_NAMES = {"USD": "US dollar", "GBP": "Pound sterling", "SEK": "Swedish krona", "EUR": "Euro"}
_SALESPEOPLE = {"BV": "Bart Visser", "EJ": "Emma Jansen", "NK": "Noor Kaya"}
_NOT_MAIL = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Written:
    """The values of one side, by number or by column, and their last change."""

    values: dict[str, str]
    changed_at: datetime
    changed_by: str


@dataclass(slots=True)
class FieldValues:
    """Both sides of everything."""

    began_at: datetime
    _local: dict[str, Written] = field(default_factory=dict)
    _remote: dict[str, Written] = field(default_factory=dict)

    def local(self, record: SimulatedRecord, mapping: str) -> Written:
        """The record in Business Central; values by the field's number as text."""
        key = record.system_id or record.record_id
        if key not in self._local:
            made = _made_up(record, mapping)
            self._local[key] = Written(made, self.began_at, BOT_JOB)
        return self._local[key]

    def remote(self, row_id: str, mapping: str, like: Written | None = None) -> Written:
        """The row in Dataverse; values by logical name. At first as in ``like``."""
        if row_id not in self._remote:
            values = {} if like is None else _carried(like, FIELDS.get(mapping, ()))
            self._remote[row_id] = Written(values, self.began_at, INTEGRATION_USER)
        return self._remote[row_id]

    def put_remote(self, row_id: str, values: Mapping[str, str], at: datetime, by: str) -> None:
        """Somebody writes these values into a row of Dataverse; by logical name."""
        row = self._remote.setdefault(row_id, Written({}, at, by))
        row.values.update(values)
        row.changed_at, row.changed_by = at, by

    def overwrite(
        self,
        record: SimulatedRecord,
        row_id: str,
        mapping: str,
        direction: SynchDirection,
        at: datetime,
    ) -> None:
        """A run takes the values of one side over to the other: of the fields that go that way."""
        local = self.local(record, mapping)
        remote = self.remote(row_id, mapping, local)
        for mapped in FIELDS.get(mapping, ()):
            if mapped.direction not in {direction, SynchDirection.BIDIRECTIONAL}:
                continue
            number, column = str(mapped.number), mapped.column.casefold()
            if direction is SynchDirection.TO_DATAVERSE:
                remote.values[column] = local.values.get(number, "")
            else:
                local.values[number] = remote.values.get(column, "")
        written = remote if direction is SynchDirection.TO_DATAVERSE else local
        written.changed_at = at
        written.changed_by = INTEGRATION_USER if direction is SynchDirection.TO_DATAVERSE else BOT_JOB


def key_value(record: SimulatedRecord) -> str:
    """The last part of a record's key."""
    return record.key.rpartition(",")[2]


def _carried(local: Written, fields: tuple[MappedField, ...]) -> dict[str, str]:
    return {mapped.column.casefold(): local.values.get(str(mapped.number), "") for mapped in fields}


def _made_up(record: SimulatedRecord, mapping: str) -> dict[str, str]:
    rng = random.Random(record.record_id)
    key = key_value(record)
    name = record.description or _CURRENCY_NAMES.get(key) or _SALESPEOPLE.get(key) or key
    word = _NOT_MAIL.sub("-", name.casefold()).strip("-")[:30] or "info"
    code, city = rng.choice(_CITIES)
    made = {
        "Name": name,
        "Description": name,
        "Contact": rng.choice(tuple(_SALESPEOPLE.values())),
        "Address": f"{rng.choice(_STREETS)} {rng.randrange(1, 200)}",
        "Post Code": code,
        "City": city,
        "E-Mail": f"info@{word}.example",
        "Phone No.": f"+31 10 {rng.randrange(200, 800)} {rng.randrange(1000, 9999)}",
        "Home Page": f"https://{word}.example",
        "Credit Limit (LCY)": str(rng.randrange(1, 40) * 500),
    }
    number = key_of(record.table)
    values = {str(one.number): made.get(one.name, "") for one in FIELDS.get(mapping, ())}
    return values | {str(number.number): key}
