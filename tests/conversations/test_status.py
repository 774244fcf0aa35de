"""``/syncerrors status``: how the synchronization goes, and what its numbers do not say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.operations.durable.inline import InlineSteps
from bot.simulator.slack import Message
from tests.conversations.conftest import Stage

ASKED = ("connectionStates", "tableMappings", "syncJobs", "jobQueueEntries")


@pytest.fixture
async def running(stage: Stage) -> Stage:
    """All jobs ran ten minutes ago; one is in error, one is on hold, one customer is skipped."""
    there = stage.company.synchronization
    there.fail("Customer: 10001", "The field is too long.", times=2)
    at = stage.clock.now() - timedelta(minutes=10)
    for name, mapping in there.mappings.items():
        if mapping.has_job:
            for direction in mapping.directions:
                job = stage.company.begin_job(name, direction, at)
                job.finished_at, job.unchanged = at + timedelta(seconds=5), 7
            mapping.synched_until = mapping.dataverse_synched_until = at
    there.stop_job("ITEM-PRODUCT", at, "The product <!channel> is not valid.")
    there.hold_job("VENDOR")
    await stage.read()
    stage.source.requests.clear()
    return stage


def requests(stage: Stage) -> list[str]:
    return [name for request in stage.source.requests for name in ASKED if request.path.endswith(name)]


def section(message: Message, name: str) -> str:
    """What is said of one mapping."""
    (block,) = (
        block
        for block in message.blocks
        if block["type"] == "section" and f"|{name}>" in block["text"]["text"]
    )
    return str(block["text"]["text"])


async def test_mappings_come_in_the_order_in_which_they_need_each_other(running: Stage) -> None:
    first = (await running.kim.command("/syncerrors status")).plain()
    tables = ["· Currency →", "· Salesperson/Purchaser ←", "· Shipping Agent →", "· Unit of Measure →"]
    places = [first.index(name) for name in tables]
    assert places == sorted(places)
    second = (await running.kim.click("Next")).plain()
    tables = [
        "· Customer ↔",
        "· Vendor ↔",
        "· Contact ↔",
        "· Item ↔",
        "· Resource ↔",
        "· Customer Price Group →",
    ]
    places = [second.index(name) for name in tables]
    assert places == sorted(places)
    assert "Page 2 of 4" in second
    third = (await running.kim.click("Next")).plain()
    assert "SALESORDER-ORDER" in third
    assert "Page 2 of 4" in (await running.kim.click("Previous")).plain()


async def test_each_mapping_tells_its_last_jobs_its_next_run_and_how_far_it_is(running: Stage) -> None:
    await running.kim.command("/syncerrors status")
    shown = await running.kim.click("Next")
    customer = section(shown, "CUSTOMER")
    assert "Customer ↔ Account" in customer
    assert "to Dataverse: 0 failed, 1 skipped" in customer
    assert "from Dataverse: 0 failed, 7 unchanged" in customer
    assert "It rests until something changes." in customer
    assert "Latest change taken: to Dataverse <!date" in customer
    assert "⚠️ 1 record is skipped: no run tries it any more." in customer
    assert "integration user bc-integration@kleiweg.onmicrosoft.com" in shown.plain()
    assert "Connection Dataverse" in shown.plain()
    assert "page=5335" in customer
    for page in (5335, 5338, 672):
        assert f"page={page}" in shown.plain()


async def test_jobs_in_error_or_on_hold_are_named_with_their_log(running: Stage) -> None:
    shown = await running.kim.command("/syncerrors status")
    assert "3 need attention: CUSTOMER, VENDOR, ITEM-PRODUCT." in shown.plain()
    shown = await running.kim.click("Next")
    assert "Its job is on hold" in section(shown, "VENDOR")
    item = section(shown, "ITEM-PRODUCT")
    assert "Its job stopped with an error. Its log says (<!date" in item
    assert "The product &lt;!channel&gt; is not valid." in item
    assert "No next run." in item


async def test_what_misleads_is_explained_only_where_it_does(running: Stage) -> None:
    await running.kim.command("/syncerrors status")
    first = (await running.kim.click("Next")).plain()
    assert "No new errors can mean that Business Central has given up" in first
    assert "“0 failed” beside skipped records does not mean no errors" in first
    assert "A job that does not run logs no errors" in first
    last = await running.kim.command("/syncerrors status UNIT OF MEASURE")
    for words in ("given up", "0 failed” beside", "does not run", "first creation"):
        assert words not in last.plain()


async def test_a_watermark_that_stands_still_is_flagged(running: Stage) -> None:
    mapping = running.company.synchronization.mappings["CURRENCY"]
    mapping.synched_until = running.clock.now() - timedelta(days=9)
    told = (await running.kim.command("/syncerrors status currency")).plain()
    assert "Its jobs run, but took no change to Dataverse since" in told
    mapping.synched_until = running.clock.now() - timedelta(days=2)
    running.clock.advance(5)
    assert "took no change" not in (await running.kim.click("Refresh")).plain()


async def test_a_disabled_connection_says_why_and_what_follows(running: Stage) -> None:
    running.company.synchronization.disable_connection("The integration user has insufficient privileges.")
    told = (await running.kim.command("/syncerrors status")).plain()
    assert "disabled: The integration user has insufficient privileges." in told
    assert "Nothing is synchronized while the connection is off" in told
    dutch = (await running.sanne.command("/syncerrors status")).plain()
    assert "uitgeschakeld: The integration user" in dutch
    assert "Valuta → Valuta" in dutch


async def test_no_connection_at_all(running: Stage) -> None:
    running.company.synchronization.connections.clear()
    told = (await running.kim.command("/syncerrors status")).plain()
    assert "No connection to Dataverse is set up in this company." in told


async def test_one_mapping_with_its_rules_and_its_last_jobs(running: Stage) -> None:
    there = running.company.synchronization.mappings["CUSTOMER"]
    there.update_conflict = "Send data update to integration table"
    there.table_filter = "VERSION(1) SORTING(Field1) WHERE(Field39=1( ))"
    await running.core.synchronization.workflow(InlineSteps(), running.connection)
    await running.kim.command("/syncerrors status")
    await running.kim.click("Next")
    told = (await running.kim.click("Details", nth=0)).plain()
    assert "Synchronization status of CUSTOMER" in told
    assert "Resolve Update Conflicts: Send data update to integration table" in told
    assert "Resolve Deletion Conflicts: no rule, such records fail" in told
    assert "WHERE(Field39=1( ))" in told
    assert "Needs first: CURRENCY, SALESPEOPLE" in told
    assert "Needed by: CONTACT" in told
    assert "Business Central's own number of errors is 1" in told
    assert "The bot keeps 2 errors of it in 1 problem." in told
    found = (await running.kim.click("Show 2 errors")).plain()
    assert "2 sync errors" in found
    assert "20 table mappings." in (await running.kim.command("/syncerrors status")).plain()


@pytest.mark.parametrize("typed", ["CUSTOMR", "customer's", "<!channel>"])
async def test_a_mapping_that_there_is_not(running: Stage, typed: str) -> None:
    told = await running.kim.command(f"/syncerrors status {typed}")
    assert "There is no table mapping" in told.plain()
    assert "<!channel>" not in str(told.blocks)
    if typed == "CUSTOMR":
        assert "Did you mean /syncerrors status CUSTOMER?" in told.plain().replace("`", "")


async def test_many_who_ask_cost_one_look(running: Stage) -> None:
    for person in (running.kim, running.sanne, running.kim):
        await person.command("/syncerrors status")
    assert sorted(requests(running)) == sorted(ASKED)
    running.clock.advance(121)
    await running.kim.command("/syncerrors status CUSTOMER")
    assert len(requests(running)) > len(ASKED)
    before = len(requests(running))
    await running.kim.click("Refresh")
    assert len(requests(running)) == before + len(ASKED)


async def test_refresh_shows_what_is_so_now(running: Stage) -> None:
    await running.kim.command("/syncerrors status vendor")
    running.company.synchronization.wake("VENDOR")
    running.clock.advance(1)
    assert "Next run" in (await running.kim.click("Refresh")).plain()


async def test_the_job_queue_that_stands_still_is_noticed(running: Stage) -> None:
    entry = running.company.synchronization.entries["CURRENCY"]
    running.company.synchronization.wake("CURRENCY")
    due = entry.due_at
    assert due is not None
    running.company.catch_up = lambda: None  # type: ignore[method-assign] # nothing runs any more
    running.clock.advance(2 * 3600)
    entry.due_at = due
    told = (await running.kim.command("/syncerrors status CURRENCY")).plain()
    assert "It runs now." in told or "has not started" in told


@pytest.mark.parametrize("status", [503, 429])
async def test_business_central_down_still_shows_what_was_read(running: Stage, status: int) -> None:
    await running.kim.command("/syncerrors status")
    running.clock.advance(600)
    running.source.faults.fail(status, times=500)
    await running.kim.command("/syncerrors status")
    asked = len(running.source.requests)
    told = (await running.kim.click("Next")).plain()
    assert " · Customer ↔ Account" in told
    assert "to Dataverse: 0 failed, 1 skipped" in told
    assert "Not asked anew" in told
    assert len(running.source.requests) == asked, "nobody asks again within a minute"


async def test_business_central_down_from_the_start(stage: Stage) -> None:
    stage.source.faults.fail(503, times=500)
    told = (await stage.kim.command("/syncerrors status")).plain()
    assert "No table mapping is known yet." in told
    assert "Not known: whether the connection is enabled" in told
    assert "what the jobs counted" in told


async def test_the_job_queue_may_be_refused_alone(running: Stage) -> None:
    running.source.faults.fail(403, times=500, path="jobQueue")
    told = (await running.kim.command("/syncerrors status")).plain()
    assert "Not known: next runs, and jobs on hold or in error." in told
    assert "to Dataverse: 0 failed, 7 unchanged" in told
    assert "No job in the job queue runs it" not in told


async def test_without_the_extension_the_job_queue_is_all(running: Stage) -> None:
    running.source.faults.extension_missing()
    told = (await running.kim.command("/syncerrors status")).plain()
    assert "Not known: whether the connection is enabled, and by whose name it writes; what the jobs" in told
    assert "It rests until something changes." in told
    assert "No job of it is known" not in told
    assert "attention: VENDOR, ITEM-PRODUCT." in told
    assert "Its job is on hold" in (await running.kim.click("Next")).plain()


async def test_four_hundred_mappings_with_hostile_names(stage: Stage) -> None:
    there = stage.company.synchronization
    sample = there.mappings["CUSTOMER"]
    for number in range(400):
        name = f"<@U1> *{number:03d}* `x`"[:20]
        there.mappings[name] = type(sample)(
            stage.company.new_guid(), name, 18, "Customer", 5341, "account", sample.direction
        )
    told = (await stage.kim.command("/syncerrors status")).plain()
    assert "420 table mappings." in told
    assert "Page 1 of 70" in told
    (await stage.kim.click("Next")).plain()
    opened = await stage.kim.command("/syncerrors status <@U1> *007* `x`")
    assert "Synchronization status of" in opened.plain()


@pytest.mark.parametrize("roles", [dict.fromkeys(("role_viewers", "role_fixers", "role_admins"), "U0BOSS")])
async def test_strangers_to_the_connection_learn_nothing(running: Stage) -> None:
    guest = running.slack.person("Guest")
    assert "CUSTOMER" not in (await guest.command("/syncerrors status")).plain()
    assert requests(running) == []
