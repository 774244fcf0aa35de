"""A problem in a channel: where it comes, what it shows, and what becomes of the card."""

from __future__ import annotations

from datetime import timedelta

from bot.simulator.slack import ChannelKind
from bot.store.outbox import BUNDLED, Told
from bot.store.postings import Postings
from tests.conversations.conftest import Stage
from tests.conversations.sharing import card_says, cards, read_errors, said, share, thread_says


async def test_a_shared_problem_is_a_card_in_the_channel(stage: Stage) -> None:
    await read_errors(stage, "10000", "20000")
    answer = await share(stage, stage.kim)
    assert "The problem is shared." in answer
    (card,) = cards(stage.sanne)
    assert "Open. Nobody takes care of this yet." in card.plain()
    assert "For the owner of the records · 2 errors" in card.plain()
    assert "2 records affected" in card.plain()
    assert "What to do" in card.plain()
    assert [element.label for element in card.elements()] == ["Claim", "Mark fixed", "Retry…", "Details"]
    assert f"/archives/{stage.slack.general.id}/p{card.ts.replace('.', '')}" in answer
    assert card.mentions() == []


async def test_the_form_says_what_will_happen(stage: Stage) -> None:
    await read_errors(stage, "10000")
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    await stage.kim.click("Share")
    assert "Currency Code EUR" in said(stage.kim)
    assert "Everybody in the channel sees its cause" in said(stage.kim)
    assert "Personal data is masked." in said(stage.kim)


async def test_sharing_again_leads_to_the_card(stage: Stage) -> None:
    await read_errors(stage, "10000")
    first = await share(stage, stage.kim)
    await stage.kim.close_modal()
    again = await share(stage, stage.sanne)
    assert "Dit probleem heeft al een kaart in dat kanaal." in again
    assert len(cards(stage.kim)) == 1
    assert first.rpartition("<")[2] == again.rpartition("<")[2], "the same address"


async def test_each_channel_has_a_card_of_its_own(stage: Stage) -> None:
    await read_errors(stage, "10000")
    sales = stage.slack.channel("sales")
    stage.kim.visit(sales)
    stage.kim.visit(stage.slack.general)
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    await share(stage, stage.kim, sales)
    await stage.kim.click("Claim")
    stage.kim.visit(sales)
    card = await card_says(stage, stage.kim, "takes care of this.")
    assert card.channel == sales.id


async def test_a_card_speaks_the_language_of_its_channel(stage: Stage) -> None:
    await read_errors(stage, "10000")
    stage.slack.general.locale = "nl-NL"
    await share(stage, stage.kim)
    assert "Open. Nog niemand pakt dit op." in cards(stage.kim)[0].plain()


async def test_where_slack_tells_no_language_it_is_that_of_who_shares(stage: Stage) -> None:
    await read_errors(stage, "10000")
    await share(stage, stage.sanne)
    assert "Open. Nog niemand pakt dit op." in cards(stage.kim)[0].plain()


async def test_new_errors_are_counted_and_told_in_bundles(stage: Stage) -> None:
    await read_errors(stage, "10000")
    await share(stage, stage.kim)
    await read_errors(stage, "20000", "30000")
    await read_errors(stage, "40000")
    stage.clock.advance(30)
    await card_says(stage, stage.sanne, "4 errors")
    assert await thread_says(stage, stage.sanne, "new errors") == ["3 new errors."]
    await read_errors(stage, "50000")
    stage.clock.advance(60)
    await card_says(stage, stage.sanne, "5 errors")
    assert len(await thread_says(stage, stage.sanne, "new error")) == 1, "not before its time"
    stage.clock.advance(BUNDLED.total_seconds())
    assert await thread_says(stage, stage.sanne, "1 new error.") == ["3 new errors.", "1 new error."]


async def test_personal_data_is_masked_in_a_channel(stage: Stage) -> None:
    await read_errors(
        stage,
        "10000",
        cause="The email address jan.jansen@example.com of Contact CT0001 is not valid in Dataverse.",
    )
    await share(stage, stage.kim)
    for card in cards(stage.kim):
        assert "jansen" not in card.plain() + card.text
    assert cards(stage.kim)


async def test_the_bot_joins_a_public_channel(stage: Stage) -> None:
    await read_errors(stage, "10000")
    sales = stage.slack.channel("sales")
    assert "The problem is shared." in await share(stage, stage.kim, sales)
    stage.kim.visit(sales)
    assert len(cards(stage.kim)) == 1


async def test_a_private_channel_needs_an_invitation(stage: Stage) -> None:
    await read_errors(stage, "10000")
    board = stage.slack.channel("board", kind=ChannelKind.PRIVATE)
    answer = await share(stage, stage.kim, board)
    assert "The bot is not in that conversation." in answer
    assert "/invite @Sync Errors" in answer
    stage.slack.refusals.clear()
    stage.slack.invite_bot(board)
    await stage.kim.close_modal()
    assert "The problem is shared." in await share(stage, stage.kim, board)


async def test_direct_messages_of_a_group(stage: Stage) -> None:
    """The form offers them, and begins with them where somebody asks there; the bot must be one of them."""
    await read_errors(stage, "10000")
    group = stage.slack.channel("kim--sanne", kind=ChannelKind.GROUP)
    stage.kim.visit(group)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    await stage.kim.click("Share")
    await stage.kim.submit()
    await stage.slack.until(lambda: "not in that conversation" in said(stage.kim))
    stage.slack.refusals.clear()
    stage.slack.invite_bot(group)
    await stage.kim.close_modal()
    assert "The problem is shared." in await share(stage, stage.kim, group)
    await stage.kim.click("Claim", message=cards(stage.kim)[0])
    await card_says(stage, stage.kim, "@Kim takes care of this.")


async def test_an_archived_channel(stage: Stage) -> None:
    await read_errors(stage, "10000")
    old = stage.slack.channel("old")
    old.archived = True
    assert "That channel is archived" in await share(stage, stage.kim, old)


async def test_a_channel_with_another_organization(stage: Stage) -> None:
    await read_errors(stage, "10000")
    supplier = stage.slack.channel("supplier")
    supplier.shared_outside = True
    assert "People of another organization" in await share(stage, stage.kim, supplier)


async def test_a_card_that_somebody_deleted_is_posted_anew(stage: Stage) -> None:
    await read_errors(stage, "10000")
    await share(stage, stage.kim)
    stage.slack.delete(cards(stage.kim)[0])
    assert cards(stage.kim) == []
    await read_errors(stage, "20000")
    stage.clock.advance(60)
    await card_says(stage, stage.kim, "2 errors")
    assert await thread_says(stage, stage.kim, "new error") == ["1 new error."]
    assert {refusal.error for refusal in stage.slack.refusals} <= {
        "message_not_found",
        "cannot_reply_to_message",
    }
    stage.slack.refusals.clear()


async def test_a_channel_that_is_archived_later_is_told_to_who_shared(stage: Stage) -> None:
    await read_errors(stage, "10000")
    sales = stage.slack.channel("sales")
    await share(stage, stage.kim, sales)
    sales.archived = True
    await stage.kim.close_modal()
    stage.slack.faults.fail("chat.update", "is_archived")
    await read_errors(stage, "20000")
    stage.clock.advance(60)
    stage.kim.visit_bot()
    notice = await stage.kim.until("That channel is archived")
    assert "Not shared: Currency Code EUR" in notice.plain()
    await read_errors(stage, "30000")
    stage.clock.advance(3600)
    stage.slack.refusals.clear()


async def test_a_channel_that_slack_slows_down_holds_up_no_other(stage: Stage) -> None:
    await read_errors(stage, "10000")
    stage.slack.faults.rate_limit("chat.postMessage", retry_after=30)
    assert "The problem is shared." in await share(stage, stage.kim)
    assert stage.clock.slept.count(30) == 1
    assert len(cards(stage.kim)) == 1


async def test_details_leave_the_card_alone(stage: Stage) -> None:
    await read_errors(stage, "10000")
    await share(stage, stage.kim)
    (card,) = cards(stage.sanne)
    await stage.sanne.click("Details", message=card)
    assert cards(stage.sanne)[0].plain() == card.plain()
    assert "Oorspronkelijke" in stage.sanne.messages[-1].plain() or stage.sanne.messages[-1].ephemeral


def test_whatever_is_told_can_be_rendered(stage: Stage) -> None:
    nobody_tells_yet = {Told.RETRIED, Told.CALL_STACK, Told.SUPPORT_REQUEST}
    assert set(Told) - stage.core.delivery.renderers.kinds <= nobody_tells_yet


async def test_what_was_said_long_ago_is_forgotten_and_the_cards_are_not(stage: Stage) -> None:
    await read_errors(stage, "10000")
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    await stage.kim.click("Claim", message=cards(stage.kim)[0])
    await thread_says(stage, stage.kim, "takes care of this.")
    postings = Postings(stage.core.database)
    assert await postings.forget_said(stage.clock.now() - timedelta(days=1)) == 0
    stage.clock.advance(60)
    assert await postings.forget_said(stage.clock.now()) == 1
    await read_errors(stage, "20000")
    stage.clock.advance(60)
    await card_says(stage, stage.kim, "2 errors")
