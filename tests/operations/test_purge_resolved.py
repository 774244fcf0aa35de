"""*Delete resolved only*: by positive evidence from couplings and jobs, as Business Central keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.operations.durable.inline import InlineSteps
from bot.store.purging import Purged
from bot.store.synchronization import Synchronization
from tests.operations.purge_yard import Yard, open_yard


@pytest.fixture
async def yard(migrated_url: str) -> AsyncIterator[Yard]:
    async with open_yard(migrated_url) as yard:
        yield yard


def trouble(yard: Yard) -> None:
    """Three customers: one gets well, one stays skipped, one fails at each run; and a line of an order."""
    synchronization = yard.world.company.synchronization
    for record, cause in (("Customer: 10000", "well"), ("Customer: 20000", "skipped")):
        synchronization.fail(
            record,
            f"Currency Code {cause.upper()} must be coupled to a record in Dataverse.",
            cause=cause,
            times=2,
        )
    synchronization.fail(
        "Customer: 30000", "Currency Code ONCE must be coupled to a record in Dataverse.", cause="once"
    )
    yard.world.company.log_error(
        message="Currency Code LINE must be coupled to a record in Dataverse.",
        source="Sales Line: Order,1001,10000",
    )


async def get_well(yard: Yard) -> None:
    """What was wrong with the first customer is fixed, and its mapping runs."""
    company = yard.world.company
    yard.world.clock.advance(timedelta(hours=1).total_seconds())
    company.synchronization.fix(cause="well")
    coupling = company.synchronization.couplings.of_record("Customer: 10000")
    assert coupling is not None
    company.synchronization.couplings.change(coupling.id, yard.world.clock.now(), skipped=False)
    company.synchronization.run("CUSTOMER")
    yard.world.clock.advance(timedelta(hours=1).total_seconds())


async def test_only_what_has_synchronized_since_goes(yard: Yard) -> None:
    trouble(yard)
    await get_well(yard)
    await yard.read()

    offer = await yard.desk.offer(yard.scope)
    resolved, _old, everything = offer.choices
    assert resolved.entries == 2, "both rows of the customer that got well"
    assert (everything.resolved, everything.unknown) == (2, 1)
    assert everything.matters == everything.entries - 3

    await yard.start(resolved.bounds)
    run = await yard.ended()

    assert run.done == 2
    there = list(yard.world.company.rows(yard.world.clock.now()))
    assert {row.source.record_id for row in there if row.source} == {
        "Customer: 20000",
        "Customer: 30000",
        "Sales Line: Order,1001,10000",
    }


async def test_what_became_resolved_after_the_dialog_was_not_confirmed(yard: Yard) -> None:
    trouble(yard)
    await get_well(yard)
    await yard.read()
    bounds = await yard.offer(Purged.RESOLVED)
    yard.world.clock.advance(60)
    yard.world.company.synchronization.fix(cause="once")
    yard.world.company.synchronization.run("CUSTOMER")
    yard.world.clock.advance(60)
    await yard.read()

    await yard.start(bounds)

    assert (await yard.ended()).done == 2
    assert await yard.offer(Purged.RESOLVED) != bounds


async def test_what_failed_again_after_the_dialog_stays(yard: Yard) -> None:
    trouble(yard)
    await get_well(yard)
    await yard.read()
    bounds = await yard.offer(Purged.RESOLVED)
    yard.world.clock.advance(60)
    yard.world.company.synchronization.fail(
        "Customer: 10000", "Currency Code WELL must be coupled to a record in Dataverse."
    )
    await yard.read()

    from bot.failures import NothingToPurge

    with pytest.raises(NothingToPurge):
        await yard.start(bounds)


async def test_reading_again_costs_little_and_changes_nothing(yard: Yard) -> None:
    trouble(yard)
    await get_well(yard)
    await yard.read()
    store = Synchronization(yard.database)
    before = await store.mappings(yard.scope), await store.coupling_count(yard.scope)
    asked = len(yard.world.server.requests)

    assert await yard.synchronization.workflow(InlineSteps(), yard.world.key) is None

    assert (await store.mappings(yard.scope), await store.coupling_count(yard.scope)) == before
    assert len(yard.world.server.requests) - asked == 5  # one of them for what is still skipped
    assert await yard.synchronization.due() == ()
    state = await store.read_so_far(yard.scope)
    assert (state.retention_enabled, state.retention_period) == (True, "1 Month")


async def test_without_couplings_nothing_is_called_resolved(yard: Yard) -> None:
    yard.fail(3)
    yard.world.clock.advance(3600)
    await yard.read()
    everything = (await yard.desk.offer(yard.scope)).choices[-1]
    assert (everything.resolved, everything.matters, everything.unknown) == (0, 0, 3)
