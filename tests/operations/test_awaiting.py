"""What an error waits for, read out of real texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral.dependencies import LAST, rank_of
from bot.diagnosis import load_classifier
from bot.operations.causes.awaiting import awaited_by_row, ties_of
from bot.store.values import TieKind

_GUID = "3b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10"


def _keys(text: str, kind: TieKind) -> list[str]:
    diagnosis = load_classifier().classify(text)
    ties = ties_of(diagnosis.class_code, diagnosis.topic, diagnosis.params)
    return [tie.key for tie in ties if tie.kind is kind]


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("Currency Code EUR must be coupled to a record in Dataverse.", ["Currency: EUR"]),
        ("Customer 10000 must be coupled to a record in Dataverse.", ["Customer: 10000"]),
        ("Sell-to Customer No. 10000 must be coupled to a record in Dataverse.", ["Customer: 10000"]),
        (
            "Company No. D10000 must be coupled to a record in Dataverse.",
            ["Customer: D10000", "Vendor: D10000"],
        ),
        ("Cannot synchronize the product 1000.", ["Item: 1000", "Resource: 1000"]),
        (
            "Item Unit of Measure (1001-W, PALLET) must be coupled to a Dataverse record.",
            ["Item Unit of Measure: 1001-W,PALLET", "Resource Unit of Measure: 1001-W,PALLET"],
        ),
        ("Item unit of measure DOOS is not coupled.", ["Unit of Measure: DOOS"]),
        (
            f"TransactionCurrencyId {_GUID} must be coupled to a Dataverse row.",
            [f"CRM Transactioncurrency: {{{_GUID.upper()}}}"],
        ),
        ("Project Task JOB001,100 must be coupled to Dataverse.", ["Job Task: JOB001,100"]),
        ("Cannot find a synchronized product for %1.", []),
        ("The Customer record cannot be updated because it is coupled to a deleted record.", []),
        ("An unexpected error occurred.", []),
    ],
)
def test_the_record_that_must_be_coupled_first(text: str, records: list[str]) -> None:
    assert _keys(text, TieKind.AWAITS) == records
    wrapped = f"The data could not be updated because of the following error: {text}"
    assert _keys(wrapped, TieKind.AWAITS) == records


def test_a_privilege_that_coupling_needs_refuses_the_whole_table() -> None:
    lacks = "Principal user (Id=" + _GUID + ", type=8) is missing {} privilege."
    assert _keys(lacks.format("prvCreateAccount"), TieKind.REFUSES) == ["account"]
    assert _keys(lacks.format("prvReadTransactionCurrency"), TieKind.REFUSES) == ["transactioncurrency"]
    assert _keys(lacks.format("prvWriteAccount"), TieKind.REFUSES) == [], "coupled records only"
    customer = "Customer 10000 must be coupled to a record in Dataverse."
    assert _keys(customer, TieKind.NEEDS) == ["account"]


def test_a_line_waits_for_its_document() -> None:
    waiting = ("coupling.dependency_not_coupled", "invoice.header_not_coupled", {})
    assert awaited_by_row(*waiting, "Sales Invoice Line: VF103001,10000") == (
        "Sales Invoice Header: VF103001",
    )
    assert awaited_by_row(*waiting, "Customer: 10000") == ()
    order = ("coupling.dependency_not_coupled", "order.header_not_coupled", {})
    assert awaited_by_row(*order, "Sales Line: Order,1001,10000") == ("Sales Header: Order,1001",)


def test_tables_are_in_the_order_of_synchronizing() -> None:
    chain = ["Currency: EUR", "Customer: 10000", "Contact: CT1", "Sales Header: Order,1001", "Sales Line: x"]
    ranks = [rank_of(record) for record in chain]
    assert ranks == sorted(set(ranks))
    assert rank_of(f"CRM Transactioncurrency: {{{_GUID}}}") == rank_of("Currency: EUR")
    assert rank_of("Toll Class: 7") == LAST


@given(
    st.text(),
    st.none() | st.text(),
    st.dictionaries(st.sampled_from(["other_record", "value", "field", "other_table", "entity"]), st.text()),
    st.text(),
)
def test_any_params_give_an_answer(
    class_code: str, topic: str | None, params: dict[str, str], source: str
) -> None:
    for code in (class_code, "coupling.dependency_not_coupled", "permission.missing_privilege"):
        ties_of(code, topic, params)
        awaited_by_row(code, topic, params, source)
