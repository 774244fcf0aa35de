"""``syncerrors worker``: reads Business Central on schedule and does what others enqueue."""

from __future__ import annotations

import structlog

from bot.app import Outside, open_core, open_worker, settle, share_memory
from bot.cli.stopping import first_of, told_to_stop
from bot.settings import Need, load_settings

log = structlog.get_logger()


async def run_worker() -> int:
    """Run until SIGINT or SIGTERM. What is under way then goes on in another worker, or after the next start.

    Raises SettingsInvalid, StoreNotMigrated, StoreUnavailable and WorkTakenOver.
    """
    settings = load_settings([Need.BUSINESS_CENTRAL])
    share_memory()
    stop = told_to_stop()
    async with open_core(settings, Outside()) as core, open_worker(settings, core) as durable:
        settle()
        log.info("worker.ready", executor=durable.executor)
        await first_of(stop.wait(), durable.watched())
    log.info("worker.stopped")
    return 0
