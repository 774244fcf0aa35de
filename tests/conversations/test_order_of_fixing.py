"""Fix this first: root causes lead, chains are told in order, parent rows lead to the real cause."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.simulator.businesscentral import SimulatedCompany
from tests.conversations.conftest import Stage

NO_RATE = (
    "Cannot create or update the currency EUR in Dataverse, because there is no exchange rate defined for it."
)
CURRENCY = "Currency Code EUR must be coupled to a record in Dataverse."
CUSTOMER = "Customer 10000 must be coupled to a record in Dataverse."
PRIVILEGE = (
    "Principal user (Id=3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d, type=8), is missing prvReadProject privilege "
    "(Id=6a7b8c9d-0e1f-4a2b-8c3d-4e5f6a7b8c9d) on OTC=10188 for entity 'project'."
)
ADMIN_MODE = (
    "The user with id 3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d does not have the required privileges to access "
    "the organization 'contoso' when it is in Admin Only mode."
)


def _chain(company: SimulatedCompany) -> None:
    """2 errors of a currency, 30 of customers with it, 4 of orders of one of them; 40 of something else."""
    for index in range(40):
        company.log_error(message=PRIVILEGE, source=f"Job Task: PR1,{index}", mapping="PROJECTTASK")
    for _ in range(2):
        company.log_error(message=NO_RATE, source="Currency: EUR", mapping="CURRENCY")
    for index in range(30):
        company.log_error(message=CURRENCY, source=f"Customer: {10000 + index}")
    for index in range(4):
        source = f"Sales Header: Order,{1001 + index}"
        company.log_error(message=CUSTOMER, source=source, mapping="SALESORDER-ORDER")


@pytest.fixture
async def chained(stage: Stage) -> Stage:
    _chain(stage.company)
    await stage.read()
    return stage


def _places(read: str, *parts: str) -> list[int]:
    return [read.index(part) for part in parts]


def _without_links(read: str) -> str:
    return re.sub(r" ?<https://[^>]*>", "", read)


async def test_the_overview_leads_with_the_root_cause_and_says_what_it_frees(chained: Stage) -> None:
    read = (await chained.kim.command("/syncerrors")).plain()

    assert "76 sync errors, 4 causes" in read
    assert "Fix this first: it frees 34 errors in 2 problems." in read
    places = _places(
        read,
        "Currency EUR is missing or has no exchange rate",
        "Fix this first",
        "prvReadProject",
        "Currency Code EUR is not coupled",
        "Customer 10000 is not coupled",
    )
    assert places == sorted(places), "the cause with 40 errors comes before what nobody can fix yet"
    assert read.count("Waits for: Currency EUR is missing or has no exchange rate") == 2


async def test_it_says_so_in_dutch(chained: Stage) -> None:
    read = (await chained.sanne.command("/syncerrors")).plain()

    assert "Los dit eerst op: het maakt 34 fouten in 2 problemen vrij." in read
    assert "Wacht op: " in read


async def test_the_details_tell_the_chain_in_order_and_lead_along_it(chained: Stage) -> None:
    await chained.kim.command("/syncerrors mapping:SALESORDER-ORDER")
    read = _without_links((await chained.kim.click("Details")).plain())
    read = read[read.index("In this order") :]
    places = _places(
        read,
        "In this order",
        "1. Currency EUR",
        "Currency EUR is missing or has no exchange rate",
        "2. Customer 10000",
        "Currency Code EUR is not coupled",
        "3. 4 records",
        "this problem",
        "What to do",
        "First solve what comes before it, see above. The short way: press Find a match below.",
    )
    assert places == sorted(places)
    assert "What waits for this" not in read

    root = (await chained.kim.click("Details")).plain()
    assert root.startswith("Currency EUR is missing or has no exchange rate")
    assert "In this order" not in root
    assert "First solve" not in root
    places = _places(
        root, "What waits for this", "Fixing this frees 34 errors in 2 problems.", "• Currency Code"
    )
    assert places == sorted(places)

    middle = (await chained.kim.click("Details")).plain()
    assert "30 records: this problem" in middle
    assert "Fixing this frees 4 errors in 1 problem." in middle
    assert "• Customer 10000 is not coupled · 4 errors" in middle


async def test_filters_and_pages_keep_the_order(chained: Stage) -> None:
    for code in ("A", "B", "C"):
        chained.company.log_error(
            message=f"Salesperson Code {code} must be coupled to a record in Dataverse.", source="Vendor: 1"
        )
    await chained.read()
    first = (await chained.kim.command("/syncerrors")).plain()
    assert first.index("Currency EUR is missing") < first.index("prvReadProject")
    second = (await chained.kim.click("Next")).plain()
    assert "Customer 10000 is not coupled" in second
    assert "Fix this first" not in second

    filtered = (await chained.kim.command("/syncerrors class:coupling")).plain()
    assert "Currency EUR is missing or has no exchange rate" in filtered, "named as what the others wait for"
    assert "Fix this first" not in filtered
    admin = (await chained.kim.command("/syncerrors fixer:admin")).plain()
    assert admin.index("Fix this first") < admin.index("prvReadProject")


async def test_what_is_awaited_is_named_where_no_error_of_it_is_known(stage: Stage) -> None:
    stage.company.log_error(message=CURRENCY, source="Customer: 10000")
    await stage.read()
    await stage.kim.command("/syncerrors")
    read = _without_links((await stage.kim.click("Details")).plain())

    assert "1. Currency EUR: couple this one first. No error about it is known." in read
    assert "2. Customer 10000: this problem" in read


async def test_a_parent_row_leads_to_the_row_of_its_minute_with_the_real_cause(stage: Stage) -> None:
    begun = stage.clock.now() - timedelta(hours=1)
    nested = "Base Unit of Measure must have a value in Item: No.=1000. It cannot be zero or empty."
    earlier = "Blocked must be equal to 'No'  in Item: No.=1000. Current value is 'Yes'."
    stage.company.log_error(message=earlier, source="Item: 1000", logged_at=begun - timedelta(hours=3))
    cause = stage.company.log_error(message=nested, source="Item: 1000", logged_at=begun)
    parent = stage.company.log_error(
        message="Cannot synchronize the product 1000.",
        source="Sales Invoice Header: VF103001",
        mapping="POSTEDSALESINV-INV",
        logged_at=begun + timedelta(seconds=2),
    )
    await stage.read()

    shown = (await stage.kim.command(f"/syncerrors {parent.number}")).plain()
    assert f"The real cause is in error No. {cause.number} of the same minute" in shown
    assert "First solve what comes before it, see above. The short way" in shown
    real = (await stage.kim.click("Real cause")).plain()
    assert f"Error No. {cause.number}" in real
    assert nested in real
    assert "Real cause" not in real

    await stage.kim.click("All errors with this cause")
    problem = await stage.core.ask.error(stage.scope, parent.number)
    detail = await stage.core.ask.problem(stage.scope, problem.line.id)
    assert detail.real_cause is not None
    assert detail.real_cause.number == cause.number


async def test_what_only_may_wait_is_not_promised(stage: Stage) -> None:
    """The privilege refuses the whole table; of the customer itself no error is known."""
    privilege = PRIVILEGE.replace("prvReadProject", "prvCreateAccount").replace("'project'", "'account'")
    stage.company.log_error(message=privilege, source="Vendor: 40000", mapping="VENDOR")
    stage.company.log_error(message=CUSTOMER, source="Sales Header: Order,1001", mapping="SALESORDER-ORDER")
    await stage.read()
    read = (await stage.kim.command("/syncerrors")).plain()

    assert "Fix this first: it frees up to 1 error in 1 problem." in read
    assert "May wait for: " in read


async def test_nothing_goes_on_while_the_environment_is_closed(chained: Stage) -> None:
    chained.clock.advance(300)
    chained.company.log_error(message=ADMIN_MODE, source="Customer: 1")
    await chained.read()
    read = (await chained.kim.command("/syncerrors")).plain()
    assert read.index("Nothing is synchronized until this is solved.") < read.index("Fix this first")

    chained.clock.advance(300)
    chained.company.log_error(message=CURRENCY, source="Customer: 10001")
    await chained.read()
    read = (await chained.kim.command("/syncerrors")).plain()
    assert "Nothing is synchronized" not in read, "something was, since"


async def test_a_circle_has_a_beginning(stage: Stage) -> None:
    stage.company.log_error(
        message="Primary Contact No. CT1 must be coupled to a record in Dataverse.", source="Customer: 10000"
    )
    stage.company.log_error(
        message="Company No. 10000 must be coupled to a record in Dataverse.",
        source="Contact: CT1",
        mapping="CONTACT",
    )
    await stage.read()
    read = (await stage.kim.command("/syncerrors")).plain()
    assert read.count("Fix this first") == 1
    assert read.count("Waits for: ") == 1
    assert read.index("Primary Contact No. CT1") < read.index("Company No. 10000")
