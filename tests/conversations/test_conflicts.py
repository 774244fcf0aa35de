"""*Resolve conflict…* in Slack: both sides, whose change is lost, the choice, and what came of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

import pytest

from bot.cards.actions import Action, ButtonValue
from bot.failures import ChoiceChanged, SourceUnreachable
from bot.operations.conflicts import Side, desk
from bot.simulator.businesscentral.permissions import PermissionSet
from bot.simulator.businesscentral.population import Population
from bot.simulator.businesscentral.tables import record
from bot.simulator.businesscentral.troubles import Kind
from bot.simulator.slack import Modal, Person
from bot.store import Problems
from bot.store.values import ProblemState
from tests.conversations.conftest import Stage
from tests.conversations.deciding import acts, direct, read, settled

CONFLICT = (
    "Cannot update a record in the Dataverse Account table. The mapping between Phone No. field on the "
    "Customer table and the Main Phone field on the Dataverse Account table is bi-directional, and one or "
    "both values have changed since the last synchronization."
)
HERE, THERE = "+31 10 413 7788", "+31 6 5555 0134"
CUSTOMER = "Customer: 10000"


async def conflicts(stage: Stage, count: int = 1, here: str = HERE, there: str = THERE) -> None:
    """That many customers with a telephone number that two people changed; all of it is read."""
    world = stage.company.synchronization
    femke = Population(1).person
    for index in range(count):
        customer = f"Customer: {10000 + index}"
        world.couple(customer)
        world.both_changed(customer, "telephone1", here, there, by="JORIS", dataverse_by=femke)
        world.fail(customer, CONFLICT, kind=Kind.BOTH_CHANGED, times=2)
    await read(stage)


def phone(stage: Stage, customer: str = CUSTOMER) -> tuple[str, str]:
    """As both sides have it."""
    world = stage.company.synchronization
    coupling = world.couplings.of_record(customer)
    assert coupling is not None
    assert coupling.dataverse_id is not None
    here = world.values.local(world.records[coupling.local_system_id], "CUSTOMER")
    there = world.values.remote(coupling.dataverse_id, "CUSTOMER")
    return here.values["9"], there.values["telephone1"]


async def opened(stage: Stage, person: Person | None = None) -> Modal:
    person = person or stage.kim
    await person.command("/syncerrors")
    await person.click("Details")
    label = "Conflict oplossen…" if person is stage.sanne else "Resolve conflict…"
    await person.until(label)
    await person.click(label)
    return await settled(person)


async def confirming(stage: Stage, side: str = "Use Business Central") -> Modal:
    """Shown, and a side pressed: what is lost."""
    await opened(stage)
    await stage.kim.modal_click(side)
    return await settled(stage.kim, "is lost")


async def test_business_central_wins_and_the_problem_ends(stage: Stage) -> None:
    await conflicts(stage)
    for card in (
        await stage.kim.command("/syncerrors 2"),
        await stage.kim.click("All errors with this cause"),
    ):
        assert "The short way: press Resolve conflict below" in card.plain()
    says = (await opened(stage)).plain()
    assert "Phone No. (Main Phone)" in says
    assert f"Business Central: {HERE}" in says
    assert f"Dataverse: {THERE}" in says
    assert "Business Central: changed last by JORIS" in says
    assert "Dataverse: changed last by Femke de Boer" in says
    assert "8 other mapped fields hold the same." in says
    await stage.kim.modal_click("Use Business Central")
    says = (await settled(stage.kim, "is lost")).plain()
    assert "What Femke de Boer changed in Dataverse" in says
    assert f"Phone No. (Main Phone): {THERE} becomes {HERE}" in says
    assert "This record alone is synchronized" in says
    assert acts(stage, "synchronize") == 0
    await stage.kim.submit()
    await settled(stage.kim, "It has begun.")
    await direct(stage.kim, "Over: 1 of 1")
    assert phone(stage) == (HERE, HERE)
    assert acts(stage, "synchronize") == 1
    row = (await Problems(stage.core.database).page(stage.scope, 5, 0)) or ()
    assert not row, "the problem is fixed, with evidence"
    activity = await stage.kim.command("/syncerrors activity")
    assert activity.plain().count("decide which side wins (1)") == 1


async def test_dataverse_wins(stage: Stage) -> None:
    await conflicts(stage)
    says = (await confirming(stage, "Use Dataverse")).plain()
    assert "What JORIS changed in Business Central" in says
    assert f"Phone No. (Main Phone): {HERE} becomes {THERE}" in says
    assert "These differ and stay as they are" not in says
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1")
    assert phone(stage) == (THERE, THERE)
    assert not await Problems(stage.core.database).page(stage.scope, 5, 0), "fixed, whichever way it went"
    assert "nothing needs to be done" in (await stage.kim.command("/syncerrors 2")).plain()


async def test_a_field_that_goes_one_way_only_is_said_to_stay(stage: Stage) -> None:
    await conflicts(stage)
    world = stage.company.synchronization
    world.both_changed(CUSTOMER, "creditlimit", "5000", "7500")
    says = (await confirming(stage, "Use Dataverse")).plain()
    assert "These differ and stay as they are, since they go the other way only: Credit Limit (LCY)" in says
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1")


async def test_who_may_not_choose_sees_who_may_in_dutch(stage: Stage) -> None:
    await conflicts(stage)
    modal = await opened(stage, stage.sanne)
    says = modal.plain()
    assert "Wat verschilt" in says
    assert "kiezen welke kant wint" in says
    assert not [one for one in modal.elements() if one.action_id]


async def test_what_changed_meanwhile_is_shown_anew(stage: Stage) -> None:
    await conflicts(stage)
    await opened(stage)
    world = stage.company.synchronization
    world.both_changed(CUSTOMER, "telephone1", "+31 20 1", THERE)
    await stage.kim.modal_click("Use Dataverse")
    says = (await settled(stage.kim, "Something changed since you were shown this")).plain()
    assert "+31 20 1" in says
    await stage.kim.modal_click("Use Dataverse")
    await settled(stage.kim, "is lost", "+31 20 1")
    world.both_changed(CUSTOMER, "telephone1", "+31 20 2", THERE)
    await stage.kim.submit()
    await settled(stage.kim, "Something changed since you were shown this", "+31 20 2")
    assert acts(stage, "synchronize") == 0


async def test_what_has_synchronized_since_leaves_nothing_to_choose(stage: Stage) -> None:
    await conflicts(stage)
    await confirming(stage)
    world = stage.company.synchronization
    world.mappings["CUSTOMER"].update_conflict = "Send data update to integration table"
    coupling = world.couplings.of_record(CUSTOMER)
    assert coupling is not None
    world.couplings.change(coupling.id, stage.clock.now(), skipped=False)
    stage.clock.advance(60)
    world.run("CUSTOMER")
    await stage.kim.submit()
    await settled(stage.kim, "nothing to choose")
    assert acts(stage, "synchronize") == 0
    says = (await opened(stage)).plain()
    assert "It has synchronized since this error" in says


async def test_a_double_click_chooses_once(stage: Stage) -> None:
    await conflicts(stage)
    await confirming(stage)
    await asyncio.gather(stage.kim.submit(), stage.kim.submit(), return_exceptions=True)
    await direct(stage.kim, "Over: 1 of 1")
    assert acts(stage, "synchronize") == 1


async def test_of_many_one_is_chosen_and_the_rule_is_explained(stage: Stage) -> None:
    await conflicts(stage, 3)
    modal = await opened(stage)
    says = modal.plain()
    assert "3 records were changed in both apps." in says
    assert "Resolve Update Conflicts" in says
    assert "page=5335" in says
    assert "It has no rule now" in says
    assert "Send data update to integration table: Business Central's values win." in says
    assert "Get data update from integration table: Dataverse's values win." in says
    stage.kim.fill("Record", "Customer 10001 · No. 4")
    await stage.kim.submit()
    await settled(stage.kim, "Customer 10001", "What differs")
    await stage.kim.modal_click("Use Business Central")
    await settled(stage.kim, "is lost")
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1")
    assert phone(stage, "Customer: 10001") == (HERE, HERE)
    assert phone(stage) == (HERE, THERE)
    (row,) = await Problems(stage.core.database).page(stage.scope, 5, 0)
    assert row.state is ProblemState.OPEN, "two conflicts are left"


async def test_what_is_settled_does_not_hide_what_is_left(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest are all settled: older ones are offered."""
    monkeypatch.setattr(desk, "MOST_RECORDS", 2)
    await conflicts(stage, 4)
    assert await offered(stage) == ["Customer 10003", "Customer 10002"]
    for count, customer in enumerate(("Customer 10002", "Customer 10003"), start=1):
        modal = await opened(stage)
        (menu,) = [one for one in modal.elements() if one.kind == "static_select"]
        stage.kim.fill("Record", next(one.label for one in menu.options if one.label.startswith(customer)))
        await stage.kim.submit()
        await settled(stage.kim, customer, "What differs")
        await stage.kim.modal_click("Use Dataverse")
        await settled(stage.kim, "is lost")
        await stage.kim.submit()
        stage.kim.visit_bot()
        await stage.kim.until(lambda one: over(one) == count)  # noqa: B023 # it is waited for here
    assert await offered(stage) == ["Customer 10001", "Customer 10000"]


def over(person: Person) -> int:
    """Decisions that ended well."""
    return sum("Over: 1 of 1" in message.plain() for message in person.messages)


async def offered(stage: Stage) -> list[str]:
    """The records that the form lists."""
    modal = await opened(stage)
    (menu,) = [one for one in modal.elements() if one.kind == "static_select"]
    return [str(one.label).partition(" ·")[0] for one in menu.options]


async def test_a_conflict_that_was_settled_is_offered_no_more_and_said_to_be_over(stage: Stage) -> None:
    await conflicts(stage, 3)
    await opened(stage)
    stage.kim.fill("Record", "Customer 10001 · No. 4")
    await stage.kim.submit()
    await settled(stage.kim, "Customer 10001", "What differs")
    await stage.kim.modal_click("Use Dataverse")
    await settled(stage.kim, "is lost")
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1")
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    card = (await stage.kim.until("3 records affected")).plain().splitlines()
    told = [line for line in card if "latest" in line]
    assert ["synchronized since" in line for line in told] == ["Customer 10001" in line for line in told]
    await stage.kim.click("Resolve conflict…")
    modal = await settled(stage.kim)
    says = modal.plain()
    assert "3 records were changed in both apps. 1 of them has synchronized since." in says
    (menu,) = [one for one in modal.elements() if one.kind == "static_select"]
    assert [one.label.partition(" ·")[0] for one in menu.options] == ["Customer 10002", "Customer 10000"]
    await stage.kim.close_modal()
    await stage.kim.command("/syncerrors 4")
    await stage.kim.until("nothing needs to be done")
    assert "nothing needs to be done" not in (await stage.kim.command("/syncerrors 2")).plain()


async def test_when_all_are_settled_there_is_nothing_to_choose(stage: Stage) -> None:
    await conflicts(stage, 2)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    world = stage.company.synchronization
    world.mappings["CUSTOMER"].update_conflict = "Send data update to integration table"
    for customer in (CUSTOMER, "Customer: 10001"):
        coupling = world.couplings.of_record(customer)
        assert coupling is not None
        world.couplings.change(coupling.id, stage.clock.now(), skipped=False)
    stage.clock.advance(60)
    world.run("CUSTOMER")
    await read(stage)
    await stage.kim.click("Resolve conflict…")
    assert "All of that has synchronized since" in (await settled(stage.kim)).plain()


async def test_both_records_are_named_and_not_by_the_id_of_the_row(stage: Stage) -> None:
    world = stage.company.synchronization
    customer = record(CUSTOMER, description="Adatum Corporation")
    coupling = world.couple(customer)
    row = coupling.dataverse_id or ""
    account = stage.dataverse.organization.add("account", row, name="Adatum (nieuw)")
    world.both_changed(customer, "telephone1", HERE, THERE, by="JORIS", dataverse_by=Population(1).person)
    world.fail(customer, CONFLICT, kind=Kind.BOTH_CHANGED, times=2)
    await read(stage)
    says = without_links((await opened(stage)).plain())
    assert "Business Central: Customer 10000 · Adatum Corporation" in says
    assert "Dataverse: Account Adatum (nieuw)" in says
    assert account not in says
    await stage.kim.modal_click("Use Dataverse")
    says = without_links((await settled(stage.kim, "is lost")).plain())
    assert "Dataverse: Account Adatum (nieuw)" in says


def without_links(text: str) -> str:
    return re.sub(r" ?<https?://[^>]*>", "", text)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("<!channel> *bold* `code`", "<https://evil.example|Click>"),
        ("\u202egnp.exe\u202c", "ZERO\u200bWIDTH"),
        ("x" * 3000 + "A", "x" * 3000 + "B"),
        ("", " "),
        ("&amp; ' \" \\", "\n".join("lines" * 9 for _ in range(40))),
    ],
)
async def test_hostile_values_are_shown_and_do_nothing(stage: Stage, here: str, there: str) -> None:
    await conflicts(stage, here=here, there=there)
    modal = await opened(stage)
    shown = [call for call in stage.slack.calls if call.method == "views.update"][-1]
    assert "<!channel>" not in json.dumps(shown.arguments, default=str)
    assert "What differs" in modal.plain() or "hold the same" in modal.plain()
    assert "\u202e" not in modal.plain()


async def test_long_values_are_shown_where_they_differ(stage: Stage) -> None:
    await conflicts(stage, here="x" * 500 + "ALPHA", there="x" * 500 + "BRAVO")
    says = (await opened(stage)).plain()
    assert "ALPHA" in says
    assert "BRAVO" in says


async def test_what_cannot_be_seen_is_said_to_differ(stage: Stage) -> None:
    await conflicts(stage, here="Rotter\u200bdam", there="Rotterdam")
    assert "differs in signs that cannot be seen" in (await opened(stage)).plain()


async def test_without_the_permission_set_it_is_said_before(stage: Stage) -> None:
    await conflicts(stage)
    stage.source.permission_sets = frozenset({PermissionSet.READ})
    modal = await opened(stage)
    assert "SYNCERRORS SYNC" in modal.plain()
    assert not [one for one in modal.elements() if one.action_id]


async def test_an_extension_that_is_too_old_is_said(stage: Stage) -> None:
    await conflicts(stage)
    stage.source.faults.action_missing("couplingFields")
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    await stage.kim.click("Resolve conflict…")
    await stage.kim.until(in_modal("extension in Business Central is too old"))
    assert not any("too old" in message.plain() for message in stage.kim.messages), "said where they look"


def in_modal(words: str) -> Callable[[Person], bool]:
    return lambda person: person.modal is not None and words in person.modal.plain()


async def test_business_central_that_is_down_or_busy_is_said(stage: Stage) -> None:
    await conflicts(stage)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    stage.source.faults.fail(503, times=20)
    await stage.kim.click("Resolve conflict…")
    await stage.kim.until(in_modal("Business Central did not answer"))
    assert acts(stage, "synchronize") == 0


async def test_who_closed_the_form_meanwhile_is_told_in_a_message(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await conflicts(stage)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    may_fail = asyncio.Event()

    async def fails_late(*_: object, **__: object) -> None:
        await may_fail.wait()
        raise SourceUnreachable

    monkeypatch.setattr(stage.core.pull.clients[stage.connection], "_read", fails_late)
    await stage.kim.click("Resolve conflict…")
    await stage.kim.modal_opened()
    await stage.kim.close_modal()
    may_fail.set()
    await stage.kim.until("Business Central did not answer")
    assert [refusal.where for refusal in stage.slack.refusals] == ["views.update"], "it was closed"
    stage.slack.refusals.clear()


async def test_a_lost_answer_is_looked_for_before_it_is_repeated(stage: Stage) -> None:
    await conflicts(stage)
    await confirming(stage)
    stage.source.faults.fail_afterwards(504, path="Microsoft.NAV.synchronize")
    await stage.kim.submit()
    await direct(stage.kim, "Over: 1 of 1")
    assert acts(stage, "synchronize") == 1
    assert phone(stage) == (HERE, HERE)


async def test_dataverse_that_does_not_answer_hides_only_who(stage: Stage) -> None:
    await conflicts(stage)
    stage.dataverse.faults.fail(503, times=50)
    says = (await opened(stage)).plain()
    assert f"Dataverse: {THERE}" in says
    assert "Femke" not in says
    assert "Dataverse: changed last: today" in says


@pytest.mark.parametrize("where", [{}, {"number": 999_999}, {"number": 3}, {"problem": "nothing"}])
async def test_forged_buttons_do_nothing(stage: Stage, where: dict[str, object]) -> None:
    await conflicts(stage)
    stage.company.log_error(message="Something else altogether.", source="Customer: 77")
    await read(stage)
    await stage.kim.command("/syncerrors")
    value = ButtonValue.model_validate({"connection": stage.connection, **where})
    answer = await stage.kim.forge_click(str(Action.CONFLICT_OPEN), value.encoded())
    assert answer.plain()
    assert "What differs" not in answer.plain()


async def test_a_forged_choice_is_not_made(stage: Stage) -> None:
    await conflicts(stage)
    modal = await opened(stage)
    assert modal is not None
    plan = stage.core.conflicts.plan(stage.scope, 2, Side.DATAVERSE, "forged")
    with pytest.raises(ChoiceChanged):
        await plan
    assert acts(stage, "synchronize") == 0


async def buttons_of_choosing(stage: Stage) -> set[str]:
    """On errors of which somebody must decide, and in the form with both sides."""
    await conflicts(stage)
    waits = "Currency Code SEK must be coupled to a record in Dataverse."
    stage.company.synchronization.fail("Customer: 10007", waits)
    await read(stage)
    seen: set[str] = set()
    for error in list(stage.company.errors)[-2:]:
        answer = await stage.kim.command(f"/syncerrors {error.number}")
        seen |= {one.action_id for one in answer.elements() if one.action_id}
    await stage.kim.command(f"/syncerrors {stage.company.errors[-2].number}")
    await stage.kim.click("Resolve conflict…")
    modal = await settled(stage.kim, "What differs")
    seen |= {one.action_id for one in modal.elements() if one.action_id}
    await stage.kim.close_modal()
    return seen
