"""One message at a time to a strict Slack: what is posted, rewritten, found again, refused, put off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.stage import manifest
from bot.clock import ManualClock
from bot.delivery import Delivery, Pace, WebApi
from bot.delivery.deliver import LEASE, OLDEST
from bot.operations.durable.inline import InlineDurable
from bot.operations.durable.port import Durable
from bot.simulator.slack import Person, SlackSimulator
from bot.store import Database
from bot.store.outbox import Outbox, Place, PostingState, Told, waiting
from bot.store.postings import Postings, StoredPosting
from bot.store.values import Scope
from tests.delivery.telling import CONTENT, renderers

SCOPE = Scope("main", "cronus")
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


class SettlingDurable(InlineDurable):
    """Can be waited for."""

    async def settle(self) -> None:
        for workflow in list(self._tasks):
            outcome = await self.wait(workflow, timeout=10)
            assert outcome is not None
            assert outcome.error == ""


class OnlyWhenTold(Delivery):
    """Looks into the outbox when a test says so, and never by itself: that would take work away from it."""

    async def _relay_for_ever(self, durable: Durable) -> None:
        await asyncio.Event().wait()


@dataclass
class Stage:
    """A store, a Slack, and a worker between them that works when told to."""

    database: Database
    slack: SlackSimulator
    clock: ManualClock
    kim: Person
    delivery: Delivery
    durable: SettlingDurable

    async def tell(self, wish: Callable[[Outbox], object]) -> str:
        async with self.database.writing() as transaction:
            posting = await wish(Outbox(transaction, SCOPE, self.clock.now()))  # type: ignore[misc]
        return str(posting)

    async def show(self, subject: str = "run", place: str = "") -> str:
        where = Place(place or self.slack.general.id, asked_by=self.kim.id)
        return await self.tell(lambda outbox: outbox.show(Told.PROGRESS, subject, where))

    async def deliver(self) -> None:
        """Until nothing is due any more."""
        while await self.delivery.relay(self.durable):
            await self.durable.settle()

    async def posting(self, posting: str) -> StoredPosting:
        found = await Postings(self.database).get(SCOPE, posting)
        assert found is not None
        return found

    async def waiting(self) -> int:
        async with self.database.reading() as connection:
            return await waiting(connection)

    def calls(self, method: str) -> int:
        return sum(call.method == method for call in self.slack.calls)


@pytest.fixture
async def stage(migrated_sqlite_url: str) -> AsyncIterator[Stage]:
    database = Database.open(migrated_sqlite_url)
    clock = ManualClock(NOW)
    async with SlackSimulator(manifest(), clock=clock) as slack:
        slack.invite_bot(slack.general)
        durable = SettlingDurable()
        delivery = OnlyWhenTold(database, clock, renderers())
        delivery.register(durable)
        api = WebApi(slack.bot_token, slack.api_url)
        async with delivery.running(durable, api, pace=Pace(between=0.0)):
            yield Stage(database, slack, clock, slack.person("Kim"), delivery, durable)
        await durable.stop()
        await api.aclose()
    await database.close()


async def test_one_message_that_is_rewritten_with_the_newest_state(stage: Stage) -> None:
    posting = await stage.show()
    await stage.deliver()
    for _ in range(50):
        await stage.tell(lambda outbox: outbox.tell(Told.PROGRESS, "run"))
    await stage.deliver()
    assert [message.plain() for message in stage.kim.messages] == ["progress of run"]
    assert (stage.calls("chat.postMessage"), stage.calls("chat.update")) == (1, 1)
    assert (await stage.posting(posting)).state is PostingState.POSTED
    assert await stage.waiting() == 0


async def test_what_is_told_while_it_is_delivered_is_not_missed(stage: Stage) -> None:
    posting = await stage.show()
    due = await Postings(stage.database).due(stage.clock.now(), 10)
    await Postings(stage.database).lease(due, stage.clock.now() + LEASE)
    await stage.tell(lambda outbox: outbox.tell(Told.PROGRESS, "run"))
    await Postings(stage.database).delivered(SCOPE, posting, wishes=1, again_at=stage.clock.now())
    assert await stage.waiting() == 1
    await stage.deliver()
    assert await stage.waiting() == 0


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("directly", [False, True])
async def test_a_message_that_is_there_is_found_and_not_posted_again(
    stage: Stage, below: bool, directly: bool
) -> None:
    place = stage.kim.id if directly else stage.slack.general.id
    posting = await stage.show(place=place)
    if below:
        await stage.deliver()
        card = posting
        posting = await stage.tell(lambda outbox: outbox.post(Told.RESULT, "run", Place(place), below=card))
    await stage.deliver()
    posts = stage.calls("chat.postMessage")
    await Postings(stage.database).lost(SCOPE, posting)  # as if the process had died before it wrote it down
    await stage.tell(lambda outbox: outbox._wish(posting, Told.PROGRESS, "run", place))
    await Postings(stage.database).begin(SCOPE, posting, stage.clock.now())
    await stage.deliver()
    assert stage.calls("chat.postMessage") == posts
    assert (await stage.posting(posting)).state is PostingState.POSTED
    method = "conversations.replies" if below else "conversations.history"
    assert stage.calls(method) == 1
    assert stage.slack.refusals == []


async def test_a_message_that_is_not_there_is_posted_after_all(stage: Stage) -> None:
    posting = await stage.show()
    await Postings(stage.database).begin(SCOPE, posting, stage.clock.now())
    await stage.deliver()
    assert stage.calls("conversations.history") == stage.calls("chat.postMessage") == 1


async def test_a_file_in_a_direct_message(stage: Stage) -> None:
    await stage.tell(lambda outbox: outbox.post(Told.EXPORT, "run", Place(stage.kim.id)))
    await stage.deliver()
    stage.kim.visit_bot()
    (message,) = stage.kim.messages
    assert stage.slack.file(message.files[0]).content == CONTENT
    assert "Errors of run" in message.plain()


@pytest.mark.parametrize("status", ["429", "503", "internal_error"])
async def test_trouble_that_passes(stage: Stage, status: str) -> None:
    if status == "429":
        stage.slack.faults.rate_limit("chat.postMessage", times=2, retry_after=17)
    else:
        stage.slack.faults.fail("chat.postMessage", status, times=2)
    await stage.show()
    await stage.deliver()
    assert len(stage.kim.messages) == 1
    assert stage.clock.slept == ([17, 17] if status == "429" else [5.0, 5.0])


async def test_trouble_that_lasts_ends_one_day(stage: Stage) -> None:
    stage.slack.faults.fail("chat.postMessage", "503", times=10_000)
    posting = await stage.show()
    began = stage.clock.now()
    for _ in range(100):
        await stage.deliver()
        stage.clock.advance(LEASE.total_seconds())
        if (await stage.posting(posting)).state is PostingState.REFUSED:
            break
    assert (await stage.posting(posting)).failure == "never_worked"
    assert stage.clock.now() - began <= OLDEST
    assert stage.calls("chat.postMessage") < 100


@pytest.mark.parametrize("code", ["is_archived", "channel_not_found", "restricted_action"])
async def test_who_asked_is_told_where_it_cannot_be(stage: Stage, code: str) -> None:
    stage.slack.faults.fail("chat.postMessage", code)
    posting = await stage.show()
    await stage.tell(
        lambda outbox: outbox.post(Told.RESULT, "run", Place(stage.slack.general.id), below=posting)
    )
    await stage.deliver()
    stage.clock.advance(5)
    await stage.deliver()
    found = await stage.posting(posting)
    assert (found.state, found.failure) == (PostingState.REFUSED, code)
    stage.kim.visit_bot()
    assert [message.plain() for message in stage.kim.messages] == [f"undelivered of {posting}"]
    assert await stage.waiting() == 0


async def test_a_revoked_token_is_no_endless_loop(stage: Stage) -> None:
    stage.slack.faults.fail("chat.postMessage", "token_revoked", times=100)
    await stage.show()
    await stage.deliver()
    assert await stage.waiting() == 0
    assert stage.calls("chat.postMessage") == 2, "once, and once to tell who asked"


async def test_a_channel_that_waits_holds_up_no_other(stage: Stage) -> None:
    other = stage.slack.channel("other")
    stage.slack.invite_bot(other)
    stage.slack.faults.fail("chat.postMessage", "503", times=5)
    await stage.show(place=stage.slack.general.id)
    await stage.delivery.relay(stage.durable)
    await stage.show("another", other.id)
    await stage.deliver()
    stage.kim.visit(other)
    assert [message.plain() for message in stage.kim.messages] == ["progress of another"]


async def test_what_a_bot_joins_to_post(stage: Stage) -> None:
    sales = stage.slack.channel("sales")
    await stage.show(place=sales.id)
    await stage.deliver()
    stage.kim.visit(sales)
    assert len(stage.kim.messages) == 1
    assert [refusal.error for refusal in stage.slack.refusals] == ["not_in_channel"]


async def test_nothing_to_show_ends_quietly(stage: Stage) -> None:
    posting = await stage.show("gone")
    await stage.deliver()
    assert (await stage.posting(posting)).failure == "nothing_to_show"
    assert stage.kim.messages == []


async def test_a_process_without_token_leaves_the_work_to_others(stage: Stage) -> None:
    mute = Delivery(stage.database, stage.clock, renderers())
    durable = SettlingDurable()
    mute.register(durable)
    await stage.show()
    assert await mute.relay(durable) == 1
    await durable.settle()
    assert await stage.waiting() == 1
    stage.clock.advance(timedelta(seconds=5).total_seconds())
    await stage.deliver()
    assert len(stage.kim.messages) == 1
