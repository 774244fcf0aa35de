"""*Find a match…* in Slack: candidates with their evidence, coupling or creating, and the chain behind it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import cast
from uuid import uuid4

import pytest

from bot.cards.actions import Action, ButtonValue
from bot.dataverse import DataverseClient
from bot.failures import ChoiceChanged
from bot.operations.matching import Choice, MatchTarget
from bot.operations.matching.values import What
from bot.simulator.businesscentral.couplings import LastResult
from bot.simulator.businesscentral.permissions import PermissionSet
from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.businesscentral.tables import record
from bot.simulator.businesscentral.troubles import Kind
from bot.simulator.dataverse.values import INACTIVE
from bot.simulator.slack import Modal, Person
from bot.store import Problems
from bot.store.record_names import RecordName, RecordNames, RecordState
from tests.conversations.conftest import Stage
from tests.conversations.deciding import acts, direct, read, settled

WAITS = "Currency Code USD must be coupled to a record in Dataverse."
ORDER = "Sales Header: Order,101001"


async def chain(stage: Stage) -> None:
    """A coupled customer and a new one wait for a currency, and an order for the new one."""
    world = stage.company.synchronization
    world.known("Currency: USD")
    world.fail("Customer: 10000", WAITS, times=2)
    world.fail("Customer: 10001", WAITS, kind=Kind.NEW_RECORD)
    world.fail(ORDER, "Customer 10001 must be coupled to a record in Dataverse.", kind=Kind.NEW_RECORD)
    await read(stage)


async def opened(stage: Stage, person: Person | None = None) -> Modal:
    person = person or stage.kim
    await person.command("/syncerrors")
    await person.click("Details")
    await person.click("Overeenkomst zoeken…" if person is stage.sanne else "Find a match…")
    return await settled(person)


def without_links(modal: Modal) -> str:
    """What it says, without the addresses behind."""
    return re.sub(r" <https://[^>]*>", "", modal.plain())


def options(modal: Modal) -> list[str]:
    """What can be chosen."""
    return [line for line in modal.plain().splitlines() if line.startswith("What belongs together?")]


def choice_of(modal: Modal, words: str) -> str:
    """The label of the option with these words."""
    (line,) = options(modal)
    found = [part.rstrip("] ") for part in line.split("[") if words in part]
    return found[0]


async def chosen(stage: Stage, words: str) -> Modal:
    """The form with what a choice does."""
    modal = await opened(stage)
    stage.kim.fill("What belongs together?", choice_of(modal, words))
    await stage.kim.submit()
    return await settled(stage.kim, "What will happen")


def results(stage: Stage) -> dict[str, LastResult]:
    """Last result into Dataverse, by record."""
    couplings = stage.company.synchronization.couplings.now()
    return {one.record_id: one.last_dataverse_result for one in couplings}


async def test_couples_and_the_chain_turns_green(stage: Stage) -> None:
    await chain(stage)
    says = (await opened(stage)).plain()
    assert "Currency USD" in says
    assert "It is coupled to no record in Dataverse." in says
    assert "same ISO code USD, same name US dollar" in says
    says = (await chosen(stage, "Couple with US dollar")).plain()
    assert "The two records are linked. No field of either is changed by that." in says
    assert "retried, down the chain: 1 problem" in says
    assert "Create 2 new records that wait for it, too" in says
    assert "Customer 10001, Sales Order 101001" in says
    kept = RecordName("Customer: 10001", "Trey", "", RecordState.FOUND, stage.clock.now())
    await RecordNames(stage.core.database).keep(stage.scope, [kept])
    await stage.kim.close_modal()
    assert "Customer 10001 · Trey, Sales Order 101001" in (await chosen(stage, "Couple with US")).plain()
    assert acts(stage, "couple") == acts(stage, "create") == 0
    done = await stage.kim.submit()
    assert done is not None
    assert "It has begun." in done.plain()
    await direct(stage.kim, "Over: 1 of 1 synchronized")
    assert acts(stage, "couple") == 1
    assert results(stage)["Customer: 10000"] is LastResult.SUCCESS
    assert results(stage)["Customer: 10001"] is LastResult.SUCCESS
    assert results(stage)[ORDER] is LastResult.SUCCESS
    told = next(one for one in stage.kim.messages if "Couple and create" in one.plain())
    await stage.slack.until(lambda: bool(stage.kim.thread(told)))
    assert "Uncouple again…" in [one.label for one in stage.kim.thread(told)[0].elements()]
    activity = (await stage.kim.command("/syncerrors activity")).plain()
    assert activity.count("couple records") == 1
    assert activity.count("retry (1)") == 1


async def test_both_problems_of_the_chain_are_fixed_with_evidence(stage: Stage) -> None:
    await chain(stage)
    await chosen(stage, "Couple with US dollar")
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 synchronized")
    assert not await Problems(stage.core.database).page(stage.scope, 5, 0)


async def test_a_root_that_failed_itself_is_done_once_it_is_coupled(stage: Stage) -> None:
    """No run takes a currency that nobody changes: the retry behind would wait for it in vain."""
    because = "because there is no exchange rate defined for it."
    rate = f"Cannot create or update the currency USD in Dataverse, {because}"
    stage.company.synchronization.fail("Currency: USD", rate, kind=Kind.NEW_RECORD)
    await chain(stage)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details", nth=1)
    await stage.kim.click("Find a match…")
    modal = await settled(stage.kim)
    stage.kim.fill("What belongs together?", choice_of(modal, "Couple with US dollar"))
    await stage.kim.submit()
    await settled(stage.kim, "What will happen")
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 synchronized")
    open_problems = await Problems(stage.core.database).page(stage.scope, 5, 0)
    assert [row.records for row in open_problems] == [1], "the currency's own"


async def test_the_root_itself_leads_to_its_match_and_only_what_waits_for_it_is_retried(
    stage: Stage,
) -> None:
    """Two currencies have no rate, and one of them is in Dataverse: the other is nobody's business here."""
    because = "because there is no exchange rate defined for it."
    rate = f"Cannot create or update the currency {{}} in Dataverse, {because}"
    world = stage.company.synchronization
    for code in ("USD", "XAF"):
        world.fail(f"Currency: {code}", rate.format(code), kind=Kind.NEW_RECORD)
    await chain(stage)
    await stage.kim.command("/syncerrors")
    card = await stage.kim.click("Details")
    assert "has no exchange rate" in card.plain()
    assert "Is Currency USD" in card.plain()
    assert "in the other app already?" in card.plain()
    await stage.kim.click("Find a match…")
    modal = await settled(stage.kim)
    stage.kim.fill("What belongs together?", choice_of(modal, "Couple with US dollar"))
    await stage.kim.submit()
    says = (await settled(stage.kim, "What will happen")).plain()
    assert "XAF" not in says
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 synchronized")
    assert results(stage)["Customer: 10000"] is LastResult.SUCCESS
    assert "Currency: XAF" not in results(stage)


async def test_an_error_without_its_job_is_retried_with_the_others(stage: Stage) -> None:
    """Jobs are deleted before their errors: customers go to accounts by one mapping alone."""
    row = stage.company.synchronization.fail("Customer: 10002", WAITS, times=2)
    for error in stage.company.errors:
        stage.company.delete_job(error.job_id)
    assert row.number == 2
    await chain(stage)
    await chosen(stage, "Couple with US dollar")
    await stage.kim.submit()
    await direct(stage.kim, "Over: 2 of 2 synchronized")
    assert results(stage)["Customer: 10002"] is LastResult.SUCCESS


async def test_creates_it_and_nothing_else_without_the_tick(stage: Stage) -> None:
    await chain(stage)
    says = (await chosen(stage, "Create a new record in Dataverse")).plain()
    assert "A new record is created in Dataverse and coupled" in says
    stage.kim.fill("What waited", [])
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 created")
    assert acts(stage, "create") == 1
    assert "Currency: USD" in results(stage)
    assert ORDER not in results(stage)


async def test_a_record_that_is_coupled_already_is_shown_and_cannot_be_chosen(stage: Stage) -> None:
    await chain(stage)
    world = stage.company.synchronization
    dollars = list(stage.dataverse.organization.rows("transactioncurrency"))
    dollar = next(str(row["transactioncurrencyid"]) for row in dollars if row["isocurrencycode"] == "USD")
    world.couple("Currency: US$", dollar)
    await read(stage)
    modal = await opened(stage)
    assert "It is coupled to Currency US$" in modal.plain()
    assert "already: uncouple that first" in modal.plain()
    assert "Couple with" not in options(modal)[0]


async def test_what_was_coupled_meanwhile_is_not_coupled_again(stage: Stage) -> None:
    await chain(stage)
    await chosen(stage, "Couple with US dollar")
    stage.company.synchronization.couple("Currency: USD")
    after = await stage.kim.submit()
    assert after is not None
    assert "It has been coupled since" in after.plain()
    assert acts(stage, "couple") == 0


async def test_new_records_that_came_meanwhile_are_shown_before_they_are_created(stage: Stage) -> None:
    await chain(stage)
    await chosen(stage, "Couple with US dollar")
    stage.company.synchronization.fail("Customer: 10002", WAITS, kind=Kind.NEW_RECORD)
    await read(stage)
    after = await stage.kim.submit()
    assert after is not None
    assert "Something changed since you were shown this" in after.plain()
    assert acts(stage, "couple") == acts(stage, "create") == 0


async def test_a_double_click_couples_once(stage: Stage) -> None:
    await chain(stage)
    await chosen(stage, "Couple with US dollar")
    await asyncio.gather(stage.kim.submit(), stage.kim.submit(), return_exceptions=True)
    await direct(stage.kim, "Over: 1 of 1 synchronized")
    assert acts(stage, "couple") == 1


async def test_it_can_be_undone(stage: Stage) -> None:
    world = stage.company.synchronization
    world.known("Currency: USD")
    world.fail("Customer: 10000", WAITS, times=2)
    await read(stage)
    await chosen(stage, "Couple with US dollar")
    await stage.kim.submit()
    progress = await direct(stage.kim, "Over: 1 of 1 coupled")
    await stage.slack.until(lambda: bool(stage.kim.thread(progress)))
    (last,) = stage.kim.thread(progress)
    await stage.kim.click("Uncouple again…", message=last)
    says = (await settled(stage.kim, "What will happen")).plain()
    assert "Only the link between the two records goes." in says
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 uncoupled")
    assert "Currency: USD" not in results(stage)


async def test_without_the_setting_it_says_which_one_helps(stage: Stage) -> None:
    await chain(stage)
    cast("dict[str, DataverseClient]", stage.core.dataverse).clear()
    modal = await opened(stage)
    says = modal.plain()
    assert "DATAVERSE_URL" in says
    assert "Related, Dataverse, Coupling, Set Up Coupling" in says
    assert "page=495" in says
    assert "Create a new record in Dataverse" in options(modal)[0]


async def test_dataverse_that_is_down_leaves_creating(stage: Stage) -> None:
    await chain(stage)
    stage.dataverse.faults.fail(503, times=50)
    modal = await opened(stage)
    assert "Dataverse" in modal.plain()
    assert "Couple with" not in options(modal)[0]
    assert "Create a new record" in options(modal)[0]


async def test_without_the_permission_set_it_is_said_before(stage: Stage) -> None:
    await chain(stage)
    stage.source.permission_sets = frozenset({PermissionSet.READ})
    modal = await opened(stage)
    assert "SYNCERRORS SYNC" in modal.plain()
    assert not options(modal)


async def test_an_option_goes_its_own_way(stage: Stage) -> None:
    text = "Payment Terms Code 30D must be coupled to a record in Dataverse."
    stage.company.synchronization.fail("Customer: 10000", text, times=2)
    await read(stage)
    modal = await opened(stage)
    assert "This is an option, not a record" in modal.plain()
    assert "page=5334" in modal.plain()
    assert not options(modal)


async def test_a_salesperson_is_found_by_e_mail_and_cannot_be_created(stage: Stage) -> None:
    world = stage.company.synchronization
    world.known("Salesperson/Purchaser: BV")
    world.fail("Customer: 10000", "Salesperson Code BV must be coupled to a Dataverse row.", times=2)
    await read(stage)
    modal = await opened(stage)
    assert "same e-mail info@bart-visser.example" in modal.plain()
    assert "same name Bart Visser" in modal.plain()
    assert "Couple with Bart Visser" in options(modal)[0]
    assert "Create" not in options(modal)[0], "salespeople go from Dataverse to Business Central alone"


async def test_the_company_of_a_contact_is_found_by_its_number(stage: Stage) -> None:
    world = stage.company.synchronization
    world.known(record("Customer: D10010", description="Aarts Techniek B.V."))
    stage.dataverse.organization.add("account", name="Aarts (oud)", accountnumber="D10010")
    stage.dataverse.organization.add("account", name="Aarts Techniek B.V.")
    text = "Company No. D10010 must be coupled to a record in Dataverse."
    world.fail("Contact: CT000001", text, kind=Kind.NEW_RECORD)
    await read(stage)
    says = (await opened(stage)).plain()
    assert says.index("same number D10010") < says.index("same name Aarts Techniek B.V.")


async def test_candidates_are_told_apart_by_what_people_know_them_by(stage: Stage) -> None:
    """Four accounts of one name: by number, address, city; those that nothing tells apart, by their ids."""
    world = stage.company.synchronization
    world.known(record("Customer: D10010", description="Aarts B.V."))
    add = stage.dataverse.organization.add
    add("account", name="Aarts B.V.", accountnumber="D10010", emailaddress1="in@aarts.example")
    add("account", name="Aarts B.V.", address1_city="Breda", statecode=INACTIVE)
    twins = [
        add("account", f"{letter * 8}-0000-4000-8000-000000000000", name="Aarts B.V.") for letter in "ef"
    ]
    text = "Company No. D10010 must be coupled to a record in Dataverse."
    world.fail("Contact: CT000001", text, kind=Kind.NEW_RECORD)
    await read(stage)
    modal = await opened(stage)
    told = without_links(modal)
    assert "• Account Aarts B.V. · D10010 · in@aarts.example" in told
    assert "Customer D10010 · Aarts B.V. · info@aarts-b-v.example · " in told, "to compare with"
    assert not any(twin in told for twin in twins), "no id where a name is known"
    (says,) = options(modal)
    assert "Couple with Aarts B.V. (D10010, in@aarts.example)" in says
    assert "eeeeeeee · Couple with Aarts B.V." in says
    assert "ffffffff · Couple with Aarts B.V." in says
    stage.kim.fill("What belongs together?", choice_of(modal, "(Breda)"))
    await stage.kim.submit()
    says = without_links(await settled(stage.kim, "What will happen"))
    assert "Business Central: Customer D10010 · Aarts B.V." in says
    assert "Dataverse: Account Aarts B.V. · Breda" in says
    assert "It is inactive in Dataverse." in says


async def test_a_row_of_dataverse_finds_its_record_in_business_central(stage: Stage) -> None:
    world = stage.company.synchronization
    world.known(record("Salesperson/Purchaser: BV", description="Bart Visser"))
    users = stage.dataverse.organization.rows("systemuser")
    bart = next(str(row["systemuserid"]) for row in users if row["fullname"] == "Bart Visser")
    world.couple("Contact: CT000001")
    world.fail(
        "Contact: CT000001",
        f"Dataverse Systemuser {{{bart.upper()}}} must be coupled to a Salesperson/Purchaser row.",
        direction=SynchDirection.FROM_DATAVERSE,
        times=2,
    )
    await read(stage)
    modal = await opened(stage)
    assert "It is coupled to no record in Business Central." in modal.plain()
    assert "Salesperson BV" in modal.plain() or "Salesperson/Purchaser BV" in modal.plain()
    assert "Create a new record in Business Central" in options(modal)[0]
    stage.kim.fill(
        "What belongs together?", choice_of(modal, "Couple with Salesperson/Purchaser BV · Bart Visser")
    )
    await stage.kim.submit()
    await settled(stage.kim, "What will happen")
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 coupled")
    coupling = world.couplings.of_record("Salesperson/Purchaser: BV")
    assert coupling is not None
    assert coupling.dataverse_id == bart


async def test_a_forged_choice_is_not_made(stage: Stage) -> None:
    await chain(stage)
    (row, *_) = await Problems(stage.core.database).page(stage.scope, 5, 0)
    target = MatchTarget(row.id)
    view = await stage.core.matching.show(stage.scope, target)
    mapping = view.awaited[0].mapping_id
    for forged in (
        Choice(What.COUPLE, mapping, str(uuid4())),
        Choice(What.CREATE, str(uuid4())),
    ):
        with pytest.raises(ChoiceChanged):
            await stage.core.matching.plan(stage.scope, target, forged, view.seen(forged), create_new=True)
    assert acts(stage, "couple") == acts(stage, "create") == 0


@pytest.mark.parametrize("match", ["", "couple", "drop:table", "create:nothing", "couple:" + "9" * 80])
def test_what_the_bot_did_not_write_is_no_choice(match: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Choice.read(match)


def test_a_choice_is_read_as_it_was_written() -> None:
    for choice in (Choice(What.COUPLE, str(uuid4()), str(uuid4())), Choice(What.CREATE, str(uuid4()))):
        assert Choice.read(choice.written()) == choice
        assert len(choice.written()) <= 100


@pytest.mark.parametrize("where", [{}, {"number": 999_999}, {"problem": "nothing"}])
async def test_forged_buttons_do_nothing(stage: Stage, where: dict[str, object]) -> None:
    await chain(stage)
    await stage.kim.command("/syncerrors")
    value = ButtonValue.model_validate({"connection": stage.connection, **where})
    answer = await stage.kim.forge_click(str(Action.MATCH_OPEN), value.encoded())
    assert answer.plain()
    assert acts(stage, "couple") == acts(stage, "create") == 0


async def test_hostile_names_are_shown_and_do_nothing(stage: Stage) -> None:
    await chain(stage)
    hostile = "<!channel> *US* `dollar` \u202e" + "x" * 300
    stage.dataverse.organization.add("transactioncurrency", isocurrencycode="USD", currencyname=hostile)
    modal = await opened(stage)
    sent = json.dumps([call.arguments for call in stage.slack.calls if call.method == "views.update"][-1])
    assert "&lt;!channel&gt;" in sent
    assert "\u202e" not in modal.plain()


async def test_in_dutch(stage: Stage) -> None:
    await chain(stage)
    says = (await opened(stage, stage.sanne)).plain()
    assert "dezelfde ISO-code USD, dezelfde naam US dollar" in says
    assert "Koppelen met US dollar" in says
