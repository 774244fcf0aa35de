"""RecordIDs are taken apart for links, and only where that is certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral.record_ids import RecordId, parse_record_id
from bot.businesscentral.synchronized_tables import DATAVERSE_TABLES, TABLES, KeyKind

GUID = "0A1B2C3D-0000-4000-8000-00000000000F"


def _parsed(text: str, table: int = 0) -> RecordId:
    record = parse_record_id(text, table)
    assert record is not None
    return record


@pytest.mark.parametrize(
    ("text", "table", "card", "filters"),
    [
        ("Customer: 10000", 18, 21, (("No.", "10000"),)),
        ("Customer: A,B: C", 18, 21, (("No.", "A,B: C"),)),
        ("Salesperson/Purchaser: JO", 13, 5116, (("Code", "JO"),)),
        ("Sales Header: Order,1001", 36, 42, (("Document Type", "Order"), ("No.", "1001"))),
        ("Sales Header: Quote,A,1", 36, 41, (("Document Type", "Quote"), ("No.", "A,1"))),
        ("Sales Header: Something,1", 36, None, (("Document Type", "Something"), ("No.", "1"))),
        (
            "Sales Line: Order,10,01,10000",
            37,
            42,
            (("Document Type", "Order"), ("Document No.", "10,01"), ("Line No.", "10000")),
        ),
        ("Sales Invoice Line: 103001,10000", 113, 526, (("Document No.", "103001"), ("Line No.", "10000"))),
        ("Item Unit of Measure: 1000,PCS", 5404, 5404, (("Item No.", "1000"), ("Code", "PCS"))),
        ("Job Task: JOB001,100", 1001, 1003, (("Job No.", "JOB001"), ("Job Task No.", "100"))),
        ("Project Task: JOB001,100", 1001, 1003, (("Job No.", "JOB001"), ("Job Task No.", "100"))),
    ],
)
def test_records_of_business_central(
    text: str, table: int, card: int | None, filters: tuple[tuple[str, str], ...]
) -> None:
    record = _parsed(text)
    assert record.table is not None
    assert (record.table.number, record.card, record.filters) == (table, card, filters)
    assert (record.entity, record.row_id) == (None, None)


@pytest.mark.parametrize(
    ("text", "number", "entity"),
    [
        (f"CRM Account: {{{GUID}}}", 0, "account"),
        (f"CRM Account: {{{GUID}}}", 5341, "account"),
        (f"Dataverse Account: {GUID.lower()}", 0, "account"),
        (f"CRM Salesorderdetail: {{{GUID}}}", 0, "salesorderdetail"),
        (f"FS Work Order: {{{GUID}}}", 0, "msdyn_workorder"),
        (f"Dataverse-konto: {{{GUID}}}", 5341, "account"),
    ],
)
def test_records_of_dataverse(text: str, number: int, entity: str) -> None:
    record = _parsed(text, number)
    assert (record.entity, record.row_id) == (entity, GUID.lower())
    assert (record.table, record.card, record.filters) == (None, None, ())


def test_the_table_number_decides_over_a_caption() -> None:
    record = _parsed("Kunde: 10000", 18)
    assert (record.table_name, record.card) == ("Kunde", 21)
    assert _parsed("Kunde: 10000").table is None
    assert _parsed("Customer: 10000", 50_000).table is None


@pytest.mark.parametrize(
    "text",
    [
        "Customer:",
        "Customer: ",
        "Customer",
        "Sales Header: ,",
        "Sales Header: 1001",
        "Item Unit of Measure: 1,2,3",
        "Item Unit of Measure: 1000",
        "Sales Price: ITEM,1,2,3",
        "Warehouse Entry: 12",
        "CRM Nonsense: 12",
        "CRM Account: not a guid",
    ],
)
def test_where_it_is_not_certain_there_is_no_link(text: str) -> None:
    record = _parsed(text)
    assert (record.card, record.filters, record.row_id) == (None, (), None)
    assert record.text == text.strip()


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_no_record(text: str) -> None:
    assert parse_record_id(text) is None


@given(st.text(), st.integers(min_value=0, max_value=10_000))
def test_never_raises_and_filters_fit_the_key(text: str, number: int) -> None:
    record = parse_record_id(text, number)
    if record is not None and record.filters:
        assert record.table is not None
        assert tuple(name for name, _ in record.filters) == tuple(field.name for field in record.table.key)


@given(st.sampled_from([table for table in TABLES if table.key]), st.data())
def test_keys_come_back(table: object, data: st.DataObject) -> None:
    assert hasattr(table, "key")
    values = [
        data.draw(
            {
                KeyKind.OPTION: st.sampled_from(["Order", "Credit Memo", "Item"]),
                KeyKind.INTEGER: st.integers(min_value=0, max_value=2**31 - 1).map(str),
                KeyKind.CODE: st.text("ABC.-/&:0123", min_size=1, max_size=20),
            }[field.kind]
        )
        for field in table.key
    ]
    record = _parsed(f"{table.name}: {','.join(values)}")  # type: ignore[attr-defined]  # sampled above
    assert record.keys == tuple(values)


def test_numbers_name_one_table_each() -> None:
    numbers = [table.number for table in TABLES]
    assert len(set(numbers)) == len(numbers)
    assert not set(numbers) & set(DATAVERSE_TABLES)
