"""The suites, by the name under which ``syncerrors bench`` runs them."""

from __future__ import annotations

import asyncio
from enum import StrEnum

from bot.bench.actions import measure_actions
from bot.bench.asking import measure_asking
from bot.bench.databases import databases
from bot.bench.diagnosis import measure_diagnosis
from bot.bench.figures import Figure
from bot.bench.pulling import measure_pulling
from bot.bench.soaking import MINUTES, measure_soaking
from bot.bench.starting import measure_starting


class Suite(StrEnum):
    """What can be measured."""

    ASK = "ask"
    PULL = "pull"
    START = "start"
    SOAK = "soak"
    DIAGNOSIS = "diagnosis"
    ACTIONS = "actions"


QUICK = (Suite.ASK, Suite.PULL, Suite.START, Suite.DIAGNOSIS, Suite.ACTIONS)
"""What is measured unless told otherwise: all but the soak."""


async def measure(suite: Suite, database: str, scale: float = 1.0, minutes: float = MINUTES) -> list[Figure]:
    """Run one suite.

    ``database`` is ``sqlite``, ``postgresql`` or the address of a server; ``scale`` is the part of the full
    size, ``minutes`` how long the soak takes. Raises SettingsInvalid for a database that is not there.
    """
    if suite is Suite.DIAGNOSIS:  # needs no database
        return await asyncio.to_thread(measure_diagnosis, scale)
    with databases(database) as made:
        match suite:
            case Suite.ASK:
                return await measure_asking(made, scale)
            case Suite.PULL:
                return await measure_pulling(made, scale)
            case Suite.START:
                return await measure_starting(made, scale)
            case Suite.SOAK:
                return await measure_soaking(made, scale, minutes)
            case Suite.ACTIONS:
                return await measure_actions(made, scale)
