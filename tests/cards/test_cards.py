"""What a person reads on each card."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

import bot.failures
from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.call_stack import call_stack_card
from bot.cards.card import Card, compose
from bot.cards.dates import day, moment
from bot.cards.error import error_card
from bot.cards.failure import WORDS, defect_card, failure_card, failure_words
from bot.cards.help import CommandHelp, help_card
from bot.cards.limits import Part
from bot.cards.markup import own
from bot.cards.outside import Outside
from bot.cards.overview import overview_card
from bot.cards.plain import plain
from bot.cards.problem import problem_card
from bot.cards.progress import progress_card
from bot.cards.texts import Texts, msgid
from bot.diagnosis.masking import mask
from bot.diagnosis.model import Condition, Fixer, LinkKind, Localized, Step, StepLink
from bot.failures import Failure, NotFound, SettingsInvalid, SignInRefused, SourceMissing
from tests.cards.oracle import check
from tests.cards.scene import (
    CRONUS,
    FRESH,
    MISSING_READ,
    NOW,
    buttons,
    call_stack_view,
    detail,
    error_view,
    overview,
    shown,
    stored_error,
    without_buttons,
)

ENGLISH = Texts.for_locale("en-US")
DUTCH = Texts.for_locale("nl-NL")


SEEN = "since 2026-11-13, last seen 2026-11-22 06:54 UTC"


def pressed(card: Card, label: str) -> ButtonValue:
    """What pressing the button sends."""
    (value,) = {button["value"] for button in buttons(card) if button["text"]["text"] == label}
    return ButtonValue.decoded(value)


def test_overview_leads_with_figures_and_the_most_pressing_problem() -> None:
    card = overview_card(overview(), ENGLISH)
    check(card)
    assert shown(card).splitlines()[:5] == [
        "# 1,245 sync errors, 2 causes",
        "CRONUS Nederland B.V. · Production · Last read 2026-11-22 06:58 UTC.",
        "Dataverse privilege missing: prvReadbcbi_company",
        f"For an administrator · 1,214 errors · {SEEN}",
        "For example Customer 10000   [Details]",
    ]
    assert card.text == (
        "CRONUS Nederland B.V.: 1,245 sync errors, 2 causes. Most pressing: "
        "Dataverse privilege missing: prvReadbcbi_company (1,214 errors). For an administrator."
    )


def test_overview_in_dutch() -> None:
    card = overview_card(overview(), DUTCH)
    check(card)
    read = shown(card)
    assert "# 1.245 synchronisatiefouten, 2 oorzaken" in read
    assert "Voor een beheerder · 1.214 fouten · sinds" in read
    assert "Dataverse-machtiging ontbreekt: prvReadbcbi_company" in read
    assert "[Vernieuwen]" in read


def test_overview_buttons_say_which_problem_they_open() -> None:
    card = overview_card(overview(), ENGLISH)
    first = next(buttons(card))
    assert first["action_id"] == Action.PROBLEM_SHOW
    assert ButtonValue.decoded(first["value"]) == ButtonValue(connection=CRONUS.key, problem="p1")
    assert first["accessibility_label"] == "Details: Dataverse privilege missing: prvReadbcbi_company"


@pytest.mark.parametrize(
    ("page", "pages", "labels"),
    [
        (0, 1, ["Refresh", "Clean up…"]),
        (0, 3, ["Next", "Refresh", "Clean up…"]),
        (1, 3, ["Previous", "Next", "Refresh", "Clean up…"]),
        (2, 3, ["Previous", "Refresh", "Clean up…"]),
    ],
)
def test_overview_pages(page: int, pages: int, labels: list[str]) -> None:
    card = overview_card(overview(page=page, pages=pages), ENGLISH)
    check(card)
    assert [button["text"]["text"] for button in buttons(card)][2:] == labels
    assert (f"Page {page + 1} of {pages}" in shown(card)) == (pages > 1)
    if "Next" in labels:
        assert pressed(card, "Next").page == page + 1
    if "Previous" in labels:
        assert pressed(card, "Previous").page == page - 1


def test_nothing_wrong_is_a_short_joy() -> None:
    card = overview_card(overview(errors=0, problems=0, lines=(), pages=1), ENGLISH)
    check(card)
    assert shown(card).splitlines() == [
        "# No sync errors 🎉",
        "CRONUS Nederland B.V. · Production · Last read 2026-11-22 06:58 UTC.",
        "[Refresh]",
    ]


def test_nothing_wrong_is_not_claimed_of_old_knowledge() -> None:
    stale = replace(FRESH, failure_key="source.unreachable", attempted_at=NOW + timedelta(hours=2))
    read = shown(overview_card(overview(errors=0, problems=0, lines=(), freshness=stale), ENGLISH))
    assert "🎉" not in read
    assert "# No sync errors when last read" in read
    assert "Not up to date. Business Central did not answer." in read
    assert "Last attempt: 2026-11-22 08:58 UTC." in read


def test_never_read() -> None:
    unread = replace(FRESH, read_at=None, attempted_at=None)
    empty = overview(errors=0, problems=0, lines=(), freshness=unread)
    assert "Press Refresh to read Business Central for the first time." in shown(
        overview_card(empty, ENGLISH)
    )
    under_way = replace(unread, reading=True, rows_read=1500, rows_expected=4000)
    read = shown(overview_card(replace(empty, freshness=under_way), ENGLISH))
    assert "Reading Business Central now: 1,500 of about 4,000 errors (38%)." in read
    assert "Press Refresh" not in read


def test_overview_tells_of_rows_it_could_not_read() -> None:
    assert "1 row from Business Central could not be understood" in shown(
        overview_card(overview(unreadable=1), ENGLISH)
    )
    assert "understood" not in shown(overview_card(overview(), ENGLISH))


def test_unknown_texts_are_named_by_what_they_share() -> None:
    masked = mask(
        "Odd at 2026-03-04: K-100 of 'EUR', 12, a@b.example, https://b.example/, " + str(UUID(int=7))
    )
    line = replace(MISSING_READ, masked=masked, params={})
    read = shown(overview_card(overview(lines=(line,)), ENGLISH))
    assert "Odd at …: … of …, …, …" in read
    for hole in ("key", "number", "date", "quoted", "mail", "url", "guid"):
        assert f"<{hole}>" in masked
        assert f"<{hole}>" not in read


def test_the_topic_decides_who_fixes_it() -> None:
    error_class = replace(MISSING_READ.error_class, fixer_by_topic={"url": Fixer.WAIT})
    line = replace(MISSING_READ, error_class=error_class, topic="url")
    assert "Passes by itself · 1,214 errors" in shown(overview_card(overview(lines=(line,)), ENGLISH))


def test_details_go_from_what_happened_to_what_to_do() -> None:
    card = problem_card(detail(), ENGLISH)
    check(card)
    read = shown(card)
    told = [
        "# Dataverse privilege missing: prvReadbcbi_company",
        "the privilege prvReadbcbi_company is missing.",
        "Missing privilege: prvReadbcbi_company",
        "What to do",
        "1. Open Dataverse Connection Setup and note the integration user. Open the page",
        "2. Add prvReadbcbi_company to a role of that user. Open the admin center",
        "Careful: Redeploying the solution",
        "87 records affected · Page 2 of 9",
        "• Customer 10000 · 9 errors · latest No. 48211",
        "[Previous]  [Next]",
        "Original text of error No. 48211",
        "<!channel> *on* https://evil.example",
        "[Show error call stack]  [Why this diagnosis?]",
        "[Clean up…]  [Back to overview]",
    ]
    places = [read.index(part) for part in told]
    assert places == sorted(places)


def test_details_link_the_page_the_user_and_the_records() -> None:
    written = str(problem_card(detail(), ENGLISH).blocks)
    assert "page=7200|Open the page>" in written
    assert "etn=systemuser&id=1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10|" in written
    assert "page=21&filter=%27No.%27%20IS%20%2710000%27|Customer 10000>" in written
    assert "page=5339&filter=%27No.%27%20IS%20%2748211%27|No. 48211>" in written


def test_details_without_links_still_tell_everything() -> None:
    bare = replace(CRONUS, web_client=None, dataverse_url=None)
    card = problem_card(detail(connection=bare), ENGLISH)
    check(card)
    read = shown(card)
    assert "Open the page" not in read
    assert "1. Open Dataverse Connection Setup and note the integration user.\n" in read
    assert "• Customer 10000 · 9 errors" in read


def test_details_buttons() -> None:
    card = problem_card(detail(), ENGLISH)
    assert pressed(card, "Show error call stack") == ButtonValue(connection=CRONUS.key, number=48211)
    assert pressed(card, "Next") == ButtonValue(connection=CRONUS.key, problem="p1", page=2)
    assert pressed(card, "Back to overview") == ButtonValue(connection=CRONUS.key)


def test_one_error_names_both_records_and_the_way_it_went() -> None:
    card = error_card(error_view(), ENGLISH)
    check(card)
    read = shown(card)
    assert "# Error No. 48211\nDataverse privilege missing: prvReadbcbi_company\n" in read
    assert "Source: Customer 10000\n" in read
    assert "Destination: Account in Dataverse (1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10)\n" in read
    assert "Table mapping: CUSTOMER from Business Central to Dataverse\n" in read
    assert pressed(card, "All errors with this cause").problem == "p1"


def test_an_error_that_is_gone_says_so() -> None:
    gone = error_view(error=stored_error(gone_at=NOW))
    assert "No longer in Business Central: noticed 2026-11-22 06:58 UTC." in shown(error_card(gone, ENGLISH))
    assert "No longer" not in shown(error_card(error_view(), ENGLISH))


def test_an_error_without_record_mapping_or_params() -> None:
    bare = stored_error(
        source_record_id="", destination_record_id="", mapping="", direction="", params={}, message=""
    )
    card = error_card(error_view(error=bare, steps=()), ENGLISH)
    check(card)
    read = shown(card)
    for label in ("Source", "Destination", "Table mapping", "What to do"):
        assert label not in read


def test_call_stack_names_object_procedure_and_line_of_each_frame() -> None:
    card = call_stack_card(call_stack_view(), ENGLISH)
    check(card)
    assert "1. CodeUnit 5340 CRM Integration Table Synch.: SyncRecord line 12" in shown(card)
    assert shown(card).count("CodeUnit") == 2
    assert "earlier error" in shown(card)
    assert "All of it is Microsoft's own code." in shown(card)
    old = call_stack_view(call_stack="TestErrors1(CodeUnit 50001).OnRun(Trigger) line 1")
    assert "does not tell whose code it is" in shown(call_stack_card(old, ENGLISH))
    assert "proves nothing" in shown(call_stack_card(call_stack_view(without_exception=True), ENGLISH))


def test_call_stack_tells_other_publishers_code_and_lost_letters() -> None:
    mine = "A(CodeUnit 5345).P line 8 - Base Application by Microsoft version 26.3.36158.0"
    theirs = "Hook(CodeUnit 50140).Ge\ufffdnd line 7 - Retail by Dekker Software B.V. version 4.12.0.7"
    card = call_stack_card(call_stack_view(call_stack="\n".join([mine, theirs, *[mine] * 9])), ENGLISH)
    check(card)
    read = shown(card)
    assert "not Microsoft's is in Retail by Dekker Software B.V.: ask them first." in read
    assert "2. CodeUnit 50140 Hook: Ge\ufffdnd line 7 · Retail by Dekker Software B.V." in read
    assert "3 more calls. The whole call stack comes to you as a file" in read
    assert "letters were lost" in read


@pytest.mark.parametrize("nothing", ["", " \n", "\u200b"])
def test_no_call_stack_is_said_plainly(nothing: str) -> None:
    card = call_stack_card(call_stack_view(call_stack=nothing), ENGLISH)
    check(card)
    assert card.text == "Business Central has no call stack for this error."
    assert "earlier error" not in shown(card)


def test_help_lists_commands_and_offers_the_nearest() -> None:
    commands = [CommandHelp("/syncerrors <No.>", msgid("Show this list"), ("/syncerrors 4711",))]
    card = help_card(commands, ENGLISH, unknown="hepl <!here>", nearest="/syncerrors help")
    check(card)
    read = shown(card)
    assert read.startswith("I do not know “hepl <!here>”. Did you mean /syncerrors help?")
    assert "/syncerrors <No.>\nShow this list\nFor example /syncerrors 4711" in read
    assert shown(help_card(commands, DUTCH)).startswith("# Wat je kunt vragen")


def _failures(parent: type[Failure] = Failure) -> set[type[Failure]]:
    return {parent}.union(
        *(_failures(child) for child in parent.__subclasses__() if child.__module__ == bot.failures.__name__)
    )


def test_every_failure_has_its_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == {failure.key for failure in _failures()}


@pytest.mark.parametrize("texts", [ENGLISH, DUTCH], ids=["en", "nl"])
@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_failure_says_what_it_means_and_what_comes_next(key: str, texts: Texts) -> None:
    words = failure_words(key, {}, texts)
    for text in (str(words.what), str(words.next_step)):
        assert text.endswith(".")
        assert not re.search(r"\{\w+\}", text)


def test_failure_facts_are_told() -> None:
    assert "error AADSTS7000222" in shown(failure_card(SignInRefused(code="AADSTS7000222"), ENGLISH))
    assert "no error No. 4711" in shown(failure_card(NotFound(what="error", number=4711), ENGLISH))
    said = {
        what: shown(failure_card(SourceMissing(what=what), ENGLISH))
        for what in ("extension", "company", "environment", "?")
    }
    assert len(set(said.values())) == 4
    assert "extension is not installed" in said["extension"]
    assert "BC_COMPANY_ID" in said["company"]


def test_every_wrong_setting_is_listed() -> None:
    card = failure_card(SettingsInvalid(("A_ONE: missing", "B_TWO: wrong", " ")), ENGLISH)
    check(card)
    assert shown(card).splitlines()[-2:] == ["A_ONE: missing", "B_TWO: wrong"]


def test_a_key_of_another_version_is_a_failure_in_general() -> None:
    assert str(failure_words("not.yet.known", {}, ENGLISH).what) == "That did not work."


def test_a_defect_gives_its_reference() -> None:
    card = defect_card("K7PX2M", ENGLISH)
    check(card)
    assert "K7PX2M" in shown(card)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows_read": 1, "rows_expected": None}, "Reading Business Central now: 1 error so far."),
        ({"rows_read": 0, "rows_expected": 9}, "Reading Business Central now."),
        ({"rows_read": 12, "rows_expected": 9}, "Reading Business Central now: 12 errors so far."),
        ({"rows_read": 9, "rows_expected": 9}, "Reading Business Central now: 9 of about 9 errors (100%)."),
    ],
)
def test_progress(changes: dict[str, int | None], words: str) -> None:
    card = progress_card(CRONUS, replace(FRESH, reading=True, **changes), ENGLISH)  # type: ignore[arg-type]
    check(card)
    assert card.text == words


def test_moments_carry_a_token_and_a_text_in_utc() -> None:
    at = datetime(2026, 11, 22, 8, 58, tzinfo=timezone(timedelta(hours=2)))
    assert moment(at).mrkdwn(200) == "<!date^1795330680^{date_short_pretty} {time}|2026-11-22 06:58 UTC>"
    assert moment(at).plain(200) == "2026-11-22 06:58 UTC"
    assert day(at).mrkdwn(200) == "<!date^1795330680^{date_short_pretty}|2026-11-22>"
    with pytest.raises(ValueError, match="zone"):
        moment(datetime(2026, 11, 22))  # noqa: DTZ001
    assert moment(datetime(1, 1, 1, tzinfo=UTC)).mrkdwn(200) == "0001-01-01 00:00 UTC"


def test_the_plain_profile_quotes_what_rich_text_showed() -> None:
    card = plain(problem_card(detail(), ENGLISH))
    check(card)
    assert not [block for block in card.blocks if block["type"] == "rich_text"]
    (quoted,) = [block["text"]["text"] for block in card.blocks if "evil.example" in str(block)]
    assert quoted.startswith("> Principal user")
    assert "&lt;!channel&gt;" in quoted


def preformatted_card(text: str) -> Card:
    return compose(own("A text."), [Part((blocks.preformatted(Outside(text)),))], ENGLISH)


def test_the_plain_profile_splits_between_lines() -> None:
    stack = "\n".join(f"Frame {number} & more" for number in range(250))
    card = plain(preformatted_card(stack))
    check(card)
    quotes = [block["text"]["text"] for block in card.blocks if block["type"] == "section"]
    assert len(quotes) == 2
    assert all(quote.startswith("> Frame ") for quote in quotes)
    assert shown(card).count("Frame ") == 250


def test_the_plain_profile_marks_what_it_has_no_room_for() -> None:
    card = plain(preformatted_card("&" * 6000))
    check(card)
    quotes = [block["text"]["text"] for block in card.blocks if block["type"] == "section"]
    assert quotes[-1] == "> …"


def test_no_record_and_no_step_is_lost_where_one_section_is_full() -> None:
    records = tuple(
        replace(detail().records[0], record_id=f"Sales Header: Order,{'Ø' * 15}{number}", table=36)
        for number in range(8)
    )
    text = Localized("Do this {value} thing. " * 20, "Doe dit. " * 20)
    steps = tuple(Step(text, StepLink(LinkKind.PAGE, page=7200)) for _ in range(9))
    card = problem_card(detail(records=records, steps=steps), ENGLISH)
    check(card)
    read = shown(card)
    assert all(f"Order {'Ø' * 15}{number} · 9 errors" in read for number in range(8))
    assert "\n9. Do this" in read
    assert read.count("Open the page") == 9


def test_warnings_stay_where_the_catalogue_puts_them_and_have_no_number() -> None:
    def step(text: str, **changes: bool) -> Step:
        return Step(Localized(text, text), **changes)

    steps = (step("Wait.", warning=True), step("One."), step("Hot.", warning=True), step("Two."))
    read = shown(problem_card(detail(steps=steps), ENGLISH))
    assert "What to do\nCareful: Wait.\n1. One.\nCareful: Hot.\n2. Two.\n" in read


def test_steps_that_these_params_cannot_fill_are_left_out() -> None:
    filled = Step(Localized("Ask {principal}.", "-"), condition=Condition(needs=frozenset({"principal"})))
    unfilled = Step(Localized("Ask {team_id}.", "-"), condition=Condition(needs=frozenset({"team_id"})))
    read = shown(problem_card(detail(steps=(unfilled, filled)), ENGLISH))
    assert "1. Ask user." in read
    assert "…" not in without_buttons(read)
