"""*Why this diagnosis?*"""

from __future__ import annotations

from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day

WRAPPED = (
    "Modifying Customer failed because of the following error: Currency Code ISK must be coupled to a record "
    "in Dataverse."
)


async def shown_for(stage: Stage, message: str) -> str:
    ordinary_day(stage.company, stage.clock)
    stage.company.log_error(message=message, source="Customer: 10000")
    await stage.read()
    await stage.kim.command(f"/syncerrors {stage.company.errors[-1].number}")
    return (await stage.kim.click("Why this diagnosis?")).plain()


async def test_a_diagnosis_names_its_rule_its_words_and_what_was_taken_off(stage: Stage) -> None:
    shown = await shown_for(stage, WRAPPED)
    assert "Rule: bc.CRMIntTableSubscriber.RecordMustBeCoupledErr" in shown
    assert "Template: {field} {value} must be coupled to a record in {product}." in shown
    assert "What matched: Currency Code ISK must be coupled to a record in Dataverse" in shown
    assert "Language of the text: English" in shown
    assert "Where the rule comes from: BCApps" in shown
    assert "bc.IntegrationRecSynchInvoke.ModifyFailedErr: Modifying {record_table} failed" in shown
    assert "When this error was read" not in shown  # the rule is still the same


async def test_an_unknown_text_says_that_nothing_decided(stage: Stage) -> None:
    shown = await shown_for(stage, "The gizmo of the day was late again.")
    assert "Guessing is worse than not knowing" in shown
    assert "Class: unknown · Unknown error" in shown
    assert "Rule:" not in shown


async def test_a_call_stack_behind_the_message_is_said_to_be_left_out(stage: Stage) -> None:
    shown = await shown_for(stage, f"{WRAPPED}\r\n   at Microsoft.Foo.Bar(String s) in c:\\x.cs:line 7")
    assert "call stack or envelope: … at Microsoft.Foo.Bar(String s)" in shown


async def test_a_code_alone_is_told_apart_from_words(stage: Stage) -> None:
    shown = await shown_for(stage, "hr = -2147220960")
    assert "a code of the platform" in shown


async def test_it_speaks_dutch(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    stage.company.log_error(message=WRAPPED, source="Customer: 10000")
    await stage.read()
    detail = await stage.sanne.command(f"/syncerrors {stage.company.errors[-1].number}")
    assert "Engels" in detail.plain()  # the language of the original text
    shown = (await stage.sanne.click("Waarom deze diagnose?")).plain()
    assert "Taal van de tekst: Engels" in shown
    assert "Eerst weggehaald" in shown
