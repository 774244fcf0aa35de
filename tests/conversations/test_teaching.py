"""*Teach*: from a text that nobody knows to a rule that recognises it, now and among what is stored."""

from __future__ import annotations

import asyncio
import itertools
import time
import tomllib
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from slack_bolt.listener import asyncio_runner

from bot.failures import NotFound
from bot.operations.actors import slack_user
from bot.operations.durable.inline import InlineSteps
from bot.operations.teach import RULES_A_PAGE, Draft
from bot.settings import WORKSPACE
from bot.simulator.slack import Person, Rank
from bot.store import Errors
from bot.store.taught_rules import TaughtRules
from bot.store.values import Scope, StoredError
from tests.conversations.conftest import Stage
from tests.conversations.samples import CURRENCY, DELETED
from tests.conversations.sharing import WAITING, card_says, said, share, thread_says

TITLE = "The till refuses an order"


def till(number: int, shop: str = "Zwolle") -> str:
    return f"KassaKoppeling 4.2: kassa {number} (filiaal '{shop}') weigert order WS-{10_000 + number}."


async def unknown_tills(stage: Stage, count: int = 12) -> None:
    """Errors of one text that the bot does not know, and three that it knows."""
    start = stage.clock.now() - timedelta(hours=3)
    for index in range(count):
        stage.company.log_error(
            message=till(index),
            source=f"Customer: {10_000 + index}",
            logged_at=start + timedelta(minutes=index),
        )
    for index in range(3):
        stage.company.log_error(message=CURRENCY, source=f"Customer: {20_000 + index}", logged_at=start)
    await stage.read()


async def open_form(person: Person) -> str:
    """Open the form of the unknown problem; what it says."""
    await person.command("/syncerrors class:unknown")
    await person.click("Details", message=person.messages[-1])
    await person.until(lambda one: any(each.label == "Teach" for each in one.messages[-1].elements()))
    await person.click("Teach", message=person.messages[-1])
    await person.modal_opened()
    return said(person)


async def submit(stage: Stage, person: Person) -> str:
    """Send the form; what stands in its place afterwards."""
    await person.submit()
    await stage.slack.until(lambda: not any(word in said(person) for word in WAITING))
    return said(person)


async def learned(stage: Stage, person: Person, times: int = 1) -> str:
    """Until the person is told that stored errors were diagnosed anew; what they are told."""
    channel = person.channel
    person.visit_bot()

    def done() -> list[str]:
        return [message.plain() for message in person.messages if "Done:" in message.plain()]

    await stage.slack.until(lambda: len(done()) >= times)
    told = done()[-1]
    person.visit(channel)
    return told


async def buttons_of_teaching(stage: Stage) -> set[str]:
    """Ids of all buttons between the unknown problem and the list of rules."""
    kim = stage.kim
    await unknown_tills(stage, 2)
    await open_form(kim)
    assert kim.modal is not None
    seen = {element.action_id for element in kim.modal.elements() if element.kind == "button"}
    seen |= {element.action_id for message in kim.messages for element in message.elements()}
    await kim.close_modal()
    for index in range(RULES_A_PAGE + 1):
        draft = Draft(f"Regel nummer {'abcdefgh'[index]} zegt van nee {{_}}")
        rule = stage.core.teaching._rule(slack_user(kim.id), replace(draft, class_code="data.validation"))
        await TaughtRules(stage.core.database).add(WORKSPACE, [rule], 500)
    await kim.command("/syncerrors rules")
    seen |= {element.action_id for element in kim.messages[-1].elements()}
    await kim.click("Next")
    return seen | {element.action_id for element in kim.messages[-1].elements()}


async def teach(stage: Stage, person: Person, title: str = TITLE) -> str:
    await open_form(person)
    person.fill("Or a title of your own", title)
    person.fill("Who fixes it", "For the owner of the records")
    answer = await submit(stage, person)
    if "Taught." in answer:
        await person.close_modal()
    return answer


async def test_an_admin_teaches_and_the_overview_changes(stage: Stage) -> None:
    await unknown_tills(stage)
    form = await open_form(stage.kim)
    assert "The newest text of 12 errors that the bot does not recognise:" in form
    assert stage.kim.modal is not None
    assert "KassaKoppeling {_}: kassa {_} (filiaal '{value}') weigert order {_}." in str(
        stage.kim.modal.blocks
    )
    await stage.kim.modal_click("Preview")
    assert "Fits 12 errors in 1 problem" in said(stage.kim)
    assert "Value: Zwolle" in said(stage.kim)
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "For the owner of the records")
    stage.kim.fill("What to do", "Call <!here> the *shop*.\nThen retry.")
    assert f"From now on such errors are “{TITLE}”." in await submit(stage, stage.kim)
    await stage.kim.close_modal()
    told = await learned(stage, stage.kim)
    assert "Done: 15 stored errors were diagnosed anew. The rule recognises 12" in told
    overview = (await stage.kim.command("/syncerrors")).plain()
    assert TITLE in overview
    assert "Unknown error" not in overview
    assert "15 sync errors, 2 causes" in overview
    await stage.kim.command("/syncerrors class:own")
    detail = await stage.kim.click("Details")
    assert "For the owner of the records" in detail.plain()
    assert "Call <!here> the *shop*." in detail.plain(), "as it was written"
    assert "here" not in detail.mentions()
    number = stage.company.errors[0].number
    error = await stage.kim.command(f"/syncerrors {number}")
    assert "Recognised by what @Kim taught" in error.plain()
    assert "Call <!here> the *shop*." in error.plain()
    why = (await stage.kim.click("Why this diagnosis?")).plain()
    assert f"{TITLE}\nRule: taught." in why, "the class by its title, and nothing said twice"
    assert "Recognised by what @Kim taught" in why
    assert "Where the rule comes from" not in why
    stage.company.log_error(message=till(99, "Delft"), source="Customer: 30000")
    await stage.read()
    assert "13 errors" in (await stage.kim.command("/syncerrors class:own")).plain()


async def test_undoing_gives_the_unknown_problem_back(stage: Stage) -> None:
    await unknown_tills(stage)
    before = (await stage.kim.command("/syncerrors")).plain()
    await teach(stage, stage.kim)
    await learned(stage, stage.kim)
    listed = await stage.kim.command("/syncerrors rules")
    assert "1 taught rule" in listed.plain()
    assert "recognises 12 stored errors" in listed.plain()
    await stage.kim.click("Undo")
    assert "12 stored errors go back" in said(stage.kim)
    assert "Undone." in await submit(stage, stage.kim)
    await stage.kim.close_modal()
    await learned(stage, stage.kim, times=2)
    assert (await stage.kim.command("/syncerrors")).plain() == before
    assert "Nobody taught the bot anything yet." in (await stage.kim.command("/syncerrors rules")).plain()


async def test_what_tells_the_end_has_the_way_back(stage: Stage) -> None:
    await unknown_tills(stage)
    await teach(stage, stage.kim)
    await learned(stage, stage.kim)
    stage.kim.visit_bot()
    await stage.kim.click("Undo")
    assert "12 stored errors go back" in said(stage.kim)
    assert "Undone." in await submit(stage, stage.kim)


async def test_a_class_of_the_catalogue_brings_its_remedy(stage: Stage) -> None:
    await unknown_tills(stage)
    await open_form(stage.kim)
    stage.kim.fill("What it means", "data.validation")
    assert "Taught." in await submit(stage, stage.kim)
    await stage.kim.close_modal()
    await learned(stage, stage.kim)
    listed = await stage.kim.command("/syncerrors class:validation")
    words = "KassaKoppeling …: kassa … (filiaal '…') weigert order …"
    assert f"A value is missing or not allowed: {words}" in listed.plain(), "which of that class it is"
    assert "What to do" in (await stage.kim.click("Details")).plain()


async def test_an_old_card_leads_to_the_problem_that_took_over(stage: Stage) -> None:
    await unknown_tills(stage)
    await stage.kim.command("/syncerrors class:unknown")
    await stage.sanne.command("/syncerrors class:unknown")
    await stage.kim.click("Details")
    await stage.kim.click("Teach")
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "Passes by itself")
    await submit(stage, stage.kim)
    await stage.kim.close_modal()
    await learned(stage, stage.kim)
    assert TITLE in (await stage.sanne.click("Details")).plain()


async def test_who_takes_care_and_the_card_in_the_channel_go_along(stage: Stage) -> None:
    for index in range(5):
        stage.company.log_error(message=till(index), source=f"Customer: {10_000 + index}")
    await stage.read()
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    await stage.kim.click("Claim")
    await card_says(stage, stage.kim, "takes care of this.")
    assert "Taught." in await teach(stage, stage.kim)
    await learned(stage, stage.kim)
    card = await card_says(stage, stage.kim, TITLE)
    assert "@Kim takes care of this." in card.plain()
    lines = await thread_says(stage, stage.kim, "now belong to")
    assert sum(TITLE in line for line in lines) == 1, "said once"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{_}", "too general"),
        ("kassa {_} {value}", "too general"),
        ("KassaKoppeling 4.2 says {nothing}", "one of: access, caller_id, code,"),
        ("KassaKoppeling 4.2 says {value:colour}", "no kind of hole"),
        ("KassaKoppeling 4.2 says {value", "brace without its other half"),
        ("Something else entirely that nobody wrote", "does not fit the example"),
        ("kassa " + "{_} kassa {_} order " * 8, "too many holes"),
        ("((((((((((((((((((((((((a+)+)+)+$", "too general"),
    ],
)
async def test_what_cannot_be_taught_is_said_and_what_was_typed_stays(
    stage: Stage, template: str, words: str
) -> None:
    await unknown_tills(stage, 2)
    await open_form(stage.kim)
    stage.kim.fill("Template", template)
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "For an administrator")
    answer = await submit(stage, stage.kim)
    assert "This cannot be taught yet." in answer
    assert words in answer
    assert stage.kim.modal is not None
    assert stage.kim.modal.values["template"]["template"]["value"] == template
    stage.kim.fill("Template", till(0).replace("'Zwolle'", "{value}").replace("kassa 0", "kassa {_}"))
    assert "This cannot" in await submit(stage, stage.kim), "the example is the newest"


@pytest.mark.parametrize(
    ("title", "fixer", "words"),
    [
        ("", "", "Choose a class, or give a title"),
        (TITLE, "", "has to say who fixes it"),
        ("A {value} title", "For an administrator", "cannot hold braces"),
    ],
)
async def test_a_meaning_is_needed(stage: Stage, title: str, fixer: str, words: str) -> None:
    await unknown_tills(stage, 2)
    await open_form(stage.kim)
    stage.kim.fill("Or a title of your own", title)
    if fixer:
        stage.kim.fill("Who fixes it", fixer)
    assert words in await submit(stage, stage.kim)


async def test_hostile_words_stay_words(stage: Stage) -> None:
    title = "<!channel> *bold* <https://evil.example|x> \u202egnp\u202c `a`"
    stage.company.log_error(message=f"<!here> {till(1)} <@U1> {{x}} *b*", source="Customer: 1")
    await stage.read()
    assert "Taught." in await teach(stage, stage.kim, title)
    await learned(stage, stage.kim)
    for message in (
        await stage.kim.command("/syncerrors"),
        await stage.kim.command("/syncerrors rules"),
        await stage.kim.click("Show overview"),
        await stage.kim.click("Details"),
    ):
        assert set(message.mentions()) <= {stage.kim.id}
        assert not any("evil" in link.url for link in message.links())
        assert "\u202e" not in message.plain()


async def test_a_rule_that_fits_known_texts_goes_first_only_with_a_tick(stage: Stage) -> None:
    stage.company.log_error(
        message="Gizmo 7 cannot be updated because it is busy today", source="Customer: 1"
    )
    stage.company.log_error(message=DELETED, source="Customer: 2")
    await stage.read()
    await open_form(stage.kim)
    stage.kim.fill("Template", "{_} cannot be updated because it is {_}")
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "For an administrator")
    answer = await submit(stage, stage.kim)
    assert "The template also fits texts that are recognised already" in answer
    assert "It also fits 1 error in 1 problem that are recognised already." in answer
    assert "own rules recognise as:" in answer
    stage.kim.fill("Texts that are recognised already", ["I know: my rule goes first"])
    assert "Taught." in await submit(stage, stage.kim)
    await stage.kim.close_modal()
    assert "recognises 2" in await learned(stage, stage.kim)
    assert "goes first" in (await stage.kim.command("/syncerrors rules")).plain()


async def test_only_admins_teach(stage: Stage) -> None:
    await unknown_tills(stage)
    await stage.sanne.command("/syncerrors class:unknown")
    await stage.sanne.click("Details")
    refused = await stage.sanne.click("Leren")
    assert stage.sanne.modal is None
    assert "beheerder" in refused.plain().casefold()


async def test_two_admins_teach_the_same_words(stage: Stage) -> None:
    await unknown_tills(stage)
    other = stage.slack.person("Robin", rank=Rank.ADMIN)
    await open_form(stage.kim)
    await open_form(other)
    for person, title in ((stage.kim, TITLE), (other, "Something else")):
        person.fill("Or a title of your own", title)
        person.fill("Who fixes it", "For an administrator")
    assert "Taught." in await submit(stage, stage.kim)
    answer = await submit(stage, other)
    assert "taught already" in answer or "recognised meanwhile" in answer


async def test_what_is_recognised_while_it_is_taught_is_said(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await unknown_tills(stage)
    await open_form(stage.kim)
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "For an administrator")

    async def moved(self: Errors, scope: Scope, problem_id: str) -> StoredError:
        raise NotFound(what="error")  # its errors are another problem's by now

    monkeypatch.setattr(Errors, "latest_of", moved)
    assert "recognised meanwhile" in await submit(stage, stage.kim)


async def test_a_double_click_teaches_once(stage: Stage) -> None:
    await unknown_tills(stage)
    await open_form(stage.kim)
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "For an administrator")
    await asyncio.gather(stage.kim.submit(), stage.kim.submit(), return_exceptions=True)
    assert "Done:" in await learned(stage, stage.kim)
    rules = await stage.core.teaching.rules(stage.scope)
    assert rules.total == 1


async def test_a_form_that_is_acknowledged_late_is_not_called_out_of_date(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await unknown_tills(stage)
    await open_form(stage.kim)
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "For an administrator")
    began = time.time()  # a machine that looks again after four seconds only
    clock = itertools.chain([began], itertools.repeat(began + 4.0))
    monkeypatch.setattr(asyncio_runner, "time", SimpleNamespace(time=lambda: next(clock)))
    assert "Taught." in await submit(stage, stage.kim)


async def test_a_form_that_was_open_while_somebody_else_taught(stage: Stage) -> None:
    await unknown_tills(stage)
    await open_form(stage.kim)
    stage.kim.fill("Or a title of your own", TITLE)
    stage.kim.fill("Who fixes it", "For an administrator")
    await teach_elsewhere(stage)
    stage.kim.fill("Template", "KassaKoppeling {_}: kassa {_} (filiaal {_}) weigert order {_}")
    answer = await submit(stage, stage.kim)
    assert "recognised meanwhile, so nothing was taught" in answer
    assert (await stage.core.teaching.rules(stage.scope)).total == 1


async def teach_elsewhere(stage: Stage) -> None:
    """As another process would: the rule is there and what is stored is diagnosed anew."""
    overview = await stage.core.ask.overview(stage.scope)
    unknown = next(line for line in overview.lines if line.error_class.code == "unknown")
    draft = (await stage.core.teaching.form(stage.scope, unknown.id)).draft
    await stage.core.teaching.teach(
        slack_user("U0OTHER"), stage.scope, unknown.id, Draft(draft.template, "data.validation"), None
    )
    await stage.core.rediagnose.workflow(InlineSteps(), stage.connection)


async def test_the_rules_as_a_file(stage: Stage) -> None:
    await unknown_tills(stage)
    await teach(stage, stage.kim)
    await learned(stage, stage.kim)
    await stage.kim.command("/syncerrors rules")
    await stage.kim.click("Export as a file")
    file = tomllib.loads(await stage.core.exchange.export())
    assert file["template"][0]["text"].startswith("KassaKoppeling")
    stage.kim.visit_bot()
    await stage.slack.until(lambda: any(message.files for message in stage.kim.messages))
