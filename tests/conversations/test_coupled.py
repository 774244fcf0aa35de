"""``/syncerrors coupled`` in Slack: skipped and released, uncoupled and coupled again, lost and created."""

from __future__ import annotations

import pytest

from bot.cards.actions import Action, ButtonValue
from bot.simulator.businesscentral.permissions import PermissionSet
from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.businesscentral.tables import record
from bot.simulator.businesscentral.troubles import Kind, Trouble
from bot.simulator.slack import Message, Person
from tests.conversations.conftest import Stage
from tests.conversations.deciding import settled as saying
from tests.conversations.test_retry import direct, failing, read, result, settled

WAITS = "DKR-0417: this customer waits."
NEW = "DKR-9: the first insert failed."
STILL_WAITS = "Currency Code USD must be coupled to a record in Dataverse."
FROM = SynchDirection.FROM_DATAVERSE
ACCOUNT = "CRM Account: {0A0A0A0A-1111-4222-8333-444444444444}"


async def asked(stage: Stage, person: Person | None = None) -> Message:
    return await (person or stage.kim).command("/syncerrors coupled")


async def answered(stage: Stage, text: str, command: str = "/syncerrors coupled") -> None:
    """The answer says so, whatever else is told meanwhile."""
    await stage.kim.command(command)
    await stage.kim.until(lambda one: any(text in message.plain() for message in one.messages))


async def lost(stage: Stage, count: int = 3) -> None:
    """That many new customers whose first insert into Dataverse failed; all of it is read."""
    for index in range(count):
        stage.company.synchronization.fail(f"Customer: N{index}", NEW, kind=Kind.NEW_RECORD)
    await moved_on(stage)


async def moved_on(stage: Stage) -> None:
    """The mapping has run since, and all of it is read."""
    stage.company.synchronization.run("CUSTOMER")
    stage.clock.advance(60)
    await read(stage)


async def test_nothing_is_known_before_couplings_were_read(stage: Stage) -> None:
    await stage.read()
    said = (await asked(stage)).plain()
    assert "Couplings were not read yet" in said
    await read(stage)
    said = (await asked(stage)).plain()
    assert "Business Central has given up on nothing" in said
    assert "Release all" not in said


async def test_skipped_records_by_mapping_and_cause(stage: Stage) -> None:
    await failing(stage, 5)
    stage.company.synchronization.fail("Item: 1000", "DKR-1: no unit.", times=2)
    stage.clock.advance(60)
    await read(stage)
    card = await asked(stage)
    said = card.plain()
    assert "6 skipped records" in said
    assert said.index("CUSTOMER · 5 skipped") < said.index("ITEM-PRODUCT · 1 skipped")
    assert "this customer waits" in said
    assert "and 2 more" in said
    assert "page=5333" in said
    records = await stage.kim.click("Records", message=card)
    assert "CUSTOMER · 5 skipped" in records.plain()
    assert "Customer 10000" in records.plain()
    assert "Failed last: No. " in records.plain()
    back = await stage.kim.click("Back to all", message=records)
    assert "6 skipped records" in back.plain()


async def test_all_of_a_mapping_are_released_and_watched(stage: Stage) -> None:
    await failing(stage, 31)
    stage.company.synchronization.fix()
    await stage.kim.click("Release…", message=await asked(stage))
    form = await settled(stage.kim)
    assert (form.title, form.submit_label) == ("Release", "Release")
    says = form.plain()
    assert "Release what Business Central skips: 31 records" in says
    assert "31 records are released" in says
    await stage.kim.submit()
    progress = await direct(stage.kim, "Over: 31 of 31 synchronized")
    assert "Release: 31 records" in progress.plain()
    await read(stage)
    await answered(stage, "given up on nothing")


async def test_only_the_chosen_ones_are_released(stage: Stage) -> None:
    await failing(stage, 3)
    stage.company.synchronization.fix()
    await stage.kim.click("Release…", message=await asked(stage))
    await settled(stage.kim)
    stage.kim.fill("Only these", ("Customer 10001",))
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 synchronized")
    skipped = {one.record_id for one in stage.company.synchronization.couplings.now() if one.skipped}
    assert skipped == {"Customer: 10000", "Customer: 10002"}


async def test_uncoupled_and_coupled_again(stage: Stage) -> None:
    await failing(stage, 1)
    before = stage.company.synchronization.couplings.of_record("Customer: 10000")
    assert before is not None
    records = await stage.kim.click("Records", message=await asked(stage))
    await stage.kim.click("Uncouple…", message=records)
    says = (await settled(stage.kim)).plain()
    assert "Only the link between the two records goes" in says
    assert "Neither of them is deleted" in says
    assert stage.company.synchronization.couplings.of_record("Customer: 10000") is not None
    await stage.kim.submit()
    progress = await direct(stage.kim, "Over: 1 of 1 uncoupled")
    assert stage.company.synchronization.couplings.of_record("Customer: 10000") is None
    await answered(stage, "given up on nothing")
    last = await result(stage, progress)
    await stage.kim.click("Couple again…", message=last)
    assert "The two records are linked" in (await settled(stage.kim)).plain()
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 coupled")
    after = stage.company.synchronization.couplings.of_record("Customer: 10000")
    assert after is not None
    assert (after.local_system_id, after.dataverse_id) == (before.local_system_id, before.dataverse_id)
    await answered(stage, " couple records (1)", "/syncerrors activity")
    await answered(stage, "uncouple records (1)", "/syncerrors activity")


async def test_lost_creations_are_created_in_dataverse(stage: Stage) -> None:
    await lost(stage)
    stage.company.synchronization.fix()
    card = await asked(stage)
    assert "3 lost creations" in card.plain()
    assert "CUSTOMER · 3 lost on their way to Dataverse" in card.plain()
    assert "no run takes it again" in card.plain()
    await stage.kim.click("Create in Dataverse…", message=card)
    says = (await settled(stage.kim)).plain()
    assert "A new record is created in Dataverse and coupled" in says
    assert "The bot cannot take that back" in says
    await stage.kim.submit()
    progress = await direct(stage.kim, "Over: 3 of 3 created")
    assert "Create in Dataverse: 3 records" in progress.plain()
    for index in range(3):
        assert stage.company.synchronization.couplings.of_record(f"Customer: N{index}") is not None
    await answered(stage, "given up on nothing")
    await answered(stage, "create records in the other app (3)", "/syncerrors activity")


async def test_records_are_named_where_they_are_listed_and_chosen(stage: Stage) -> None:
    """Names are asked for when somebody looks: nobody has looked at these before."""
    world = stage.company.synchronization
    world.fail(record("Customer: 10000", description="Adatum"), STILL_WAITS, times=2)
    world.fail(record("Customer: 20000", description="Trey"), STILL_WAITS, kind=Kind.NEW_RECORD)
    await moved_on(stage)
    await asked(stage)
    says = await stage.kim.click("Records")
    assert "· Adatum" in says.plain()
    await stage.kim.click("Uncouple…")
    assert "· Adatum" in (await saying(stage.kim, "What will happen")).plain()
    await stage.kim.close_modal()
    await stage.kim.click("Back to all")
    await stage.kim.click("Create in Dataverse…")
    says = await saying(stage.kim, "What will happen")
    assert "· Trey" in says.plain()
    await stage.kim.close_modal()
    assert "· Trey" in (await asked(stage)).plain(), "asked for once, it is known everywhere"


async def test_the_way_back_names_its_record(stage: Stage) -> None:
    stage.company.synchronization.fail(record("Customer: 10000", description="Adatum"), STILL_WAITS, times=2)
    await read(stage)
    await stage.kim.click("Records", message=await asked(stage))
    await stage.kim.click("Uncouple…")
    await saying(stage.kim, "What will happen")
    await stage.kim.submit()
    last = await result(stage, await direct(stage.kim, "Over: 1 of 1 uncoupled"))
    await stage.kim.click("Couple again…", message=last)
    assert "· Adatum" in (await saying(stage.kim, "What will happen")).plain()


async def test_why_they_failed_and_that_they_would_again_is_said_before(stage: Stage) -> None:
    """Until the currency is coupled; then the same form says it no more."""
    world = stage.company.synchronization
    for number in (10001, 10002):
        world.fail(f"Customer: {number}", STILL_WAITS, kind=Kind.NEW_RECORD)
    world.fail("Customer: 10003", "The field Name must be filled in.", kind=Kind.NEW_RECORD)
    await moved_on(stage)
    await asked(stage)
    await stage.kim.click("Create in Dataverse…")
    says = (await saying(stage.kim, "What will happen")).plain()
    assert "What made them fail" in says
    assert "• Currency Code USD is not coupled · 2" in says
    assert "2 records wait for another one that is still not coupled: they will fail again." in says
    await stage.kim.close_modal()
    world.couple("Currency: USD")
    await moved_on(stage)
    await asked(stage)
    await stage.kim.click("Create in Dataverse…")
    assert "will fail again" not in (await saying(stage.kim, "What will happen")).plain()
    await stage.kim.close_modal()
    assert "Currency Code USD is not coupled" in (await stage.kim.click("Details")).plain()


async def test_lost_creations_are_one_press_away_however_much_is_skipped(stage: Stage) -> None:
    world = stage.company.synchronization
    for number in range(9):
        text = f"Currency Code X{number:02d} must be coupled to a record in Dataverse."
        world.fail(f"Customer: 1000{number}", text, times=2)
    world.fail("Customer: 20000", STILL_WAITS, kind=Kind.NEW_RECORD)
    await moved_on(stage)
    first = await asked(stage)
    assert "lost on its way" not in first.plain()
    there = (await stage.kim.click("Lost creations")).plain()
    assert "CUSTOMER · 1 lost on its way to Dataverse" in there
    assert "[Lost creations]" not in there


async def test_what_was_not_mended_fails_again_and_says_why(stage: Stage) -> None:
    await lost(stage, 2)
    stage.company.synchronization.fix(record_id="Customer: N0")
    await stage.kim.click("Create in Dataverse…", message=await asked(stage))
    await settled(stage.kim)
    await stage.kim.submit()
    progress = await direct(stage.kim, "Over: 1 of 2 created · 1 failed")
    last = (await result(stage, progress)).plain()
    assert "1 failed" in last
    assert "the first insert failed" in last
    assert "Customer N1" in last
    assert "Customer N0" not in last
    await answered(stage, "1 lost creation")


async def test_from_dataverse_into_business_central(stage: Stage) -> None:
    there = stage.company.synchronization
    row = record(ACCOUNT, system_id=ACCOUNT[14:-1].lower())
    there.troubles.add(Trouble("", Kind.NEW_RECORD, "CUSTOMER", FROM, NEW, row, None))
    job = stage.company.begin_job("CUSTOMER", FROM, stage.clock.now())
    stage.company.log_error(message=NEW, source=row, job=job)
    there.run("CUSTOMER")
    stage.clock.advance(60)
    await read(stage)
    there.fix()
    card = await asked(stage)
    assert "CUSTOMER · 1 lost on its way to Business Central" in card.plain()
    await stage.kim.click("Create in Business Central…", message=card)
    await settled(stage.kim)
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 created")


async def test_a_missing_permission_is_said_before(stage: Stage) -> None:
    await lost(stage, 1)
    stage.source.permission_sets = frozenset({PermissionSet.READ})
    await stage.kim.click("Create in Dataverse…", message=await asked(stage))
    modal = await settled(stage.kim)
    assert "SYNCERRORS SYNC" in modal.plain()
    assert "An administrator opens the page" in modal.plain()
    assert modal.submit_label is None


@pytest.mark.parametrize("roles", [{"role_fixers": "U0NOBODY", "role_admins": "U0NOBODY"}])
async def test_a_viewer_looks_and_may_not_decide(stage: Stage) -> None:
    await lost(stage, 1)
    card = await asked(stage)
    assert "1 lost creation" in card.plain()
    refused = await stage.kim.click("Create in Dataverse…", message=card)
    assert "create records in the other app" in refused.plain()
    assert stage.kim.modal is None


async def test_what_was_created_is_offered_no_more(stage: Stage) -> None:
    await lost(stage, 1)
    stage.company.synchronization.fix()
    card = await asked(stage)
    await stage.kim.click("Create in Dataverse…", message=card)
    await settled(stage.kim)
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1 created")
    again = await asked(stage)
    assert "Create in Dataverse…" not in [element.label for element in again.elements()]
    value = ButtonValue(connection=stage.connection, about="lost:ToIntegrationTable:CUSTOMER")
    await stage.kim.forge_click(str(Action.LOST_CREATE), value.encoded())
    assert "Nothing is left here." in (await settled(stage.kim)).plain()
    assert sum(request.path.endswith("NAV.create") for request in stage.source.requests) == 1


async def test_more_than_was_shown_is_asked_anew(stage: Stage) -> None:
    await lost(stage, 1)
    await stage.kim.click("Create in Dataverse…", message=await asked(stage))
    await settled(stage.kim)
    stage.company.synchronization.fail("Customer: LATE", NEW, kind=Kind.NEW_RECORD)
    stage.company.synchronization.run("CUSTOMER")
    stage.clock.advance(60)
    await read(stage)
    await stage.kim.submit()
    says = (await settled(stage.kim)).plain()
    assert "more than the 1 that you confirmed" in says
    assert "Customer LATE" in says
    assert not any(request.path.endswith("NAV.create") for request in stage.source.requests)


@pytest.mark.parametrize("about", ["", "lost:", "skipped:*", "coupling:", "none:of:these", None])
@pytest.mark.parametrize("action", [Action.COUPLED_RECORDS, Action.UNCOUPLE_OPEN, Action.LOST_CREATE])
async def test_a_button_that_points_at_nothing(stage: Stage, action: Action, about: str | None) -> None:
    await read(stage)
    value = ButtonValue(connection=stage.connection, about=about).encoded()
    said = await stage.kim.forge_click(str(action), value)
    assert "button" in said.plain()


async def test_what_is_no_longer_skipped_cannot_be_uncoupled(stage: Stage) -> None:
    await failing(stage, 1)
    records = await stage.kim.click("Records", message=await asked(stage))
    stage.company.synchronization.fix()
    stage.company.synchronization.couplings.change(
        next(stage.company.synchronization.couplings.now()).id, stage.clock.now(), skipped=False
    )
    await read(stage)
    await stage.kim.click("Uncouple…", message=records)
    modal = await settled(stage.kim)
    assert "does not skip this record any more" in modal.plain()
    assert modal.submit_label is None


async def test_a_refusal_is_told_with_its_reason(stage: Stage) -> None:
    await lost(stage, 2)
    there = stage.company.synchronization
    there.fix()
    there.mappings["CUSTOMER"].outside_filter.add(str(there.known("Customer: N0").system_id))
    await stage.kim.click("Create in Dataverse…", message=await asked(stage))
    await settled(stage.kim)
    await stage.kim.submit()
    progress = await direct(stage.kim, "1 of 2 created · 1 refused")
    last = (await result(stage, progress)).plain()
    assert "A record is outside the filter of its table mapping." in last


async def test_in_dutch(stage: Stage) -> None:
    await failing(stage, 2)
    await lost(stage, 1)
    card = await asked(stage, stage.sanne)
    said = card.plain()
    assert "2 overgeslagen records · 1 verloren nieuwe record" in said
    assert "CUSTOMER · 2 overgeslagen" in said
    assert "Records herstellen en verwijderen doe je op de pagina" in said
    await stage.sanne.click("Maken in Dataverse…", message=card)
    assert "De bot kan dat niet terugdraaien." in (await settled(stage.sanne)).plain()
