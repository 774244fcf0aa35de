"""The use case: all checks of the house and of some connections, each independent of the others where it can
be, with word of how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.connections import key_of
from bot.operations.doctor.connection import ConnectionChecks
from bot.operations.doctor.house import HouseChecks
from bot.operations.doctor.values import Check, Outcome, Patient, Report

AT_A_TIME: Final = 4
"""Connections that are examined beside each other."""
CHECKS_OF_A_CONNECTION: Final = 15
"""For the progress."""

Told = Callable[[int, int], Awaitable[None]]
"""Told how many checks are made, and how many there are."""


@dataclass(frozen=True, slots=True)
class Doctor:
    """``connections`` by key, in the order of the settings."""

    house: HouseChecks
    connections: Mapping[str, ConnectionChecks]
    clock: Clock

    def named(self, name: str) -> str:
        """Key of the connection of that name. Raises ConnectionUnknown."""
        names = {key: checks.connection.name for key, checks in self.connections.items()}
        return key_of(names, name)

    async def examine(self, connections: Sequence[str], told: Told | None = None) -> Report:
        """Make all checks of the house and of those connections. Raises nothing that is expected.

        Changes nothing, anywhere: it reads, and signs in.
        """
        progress = _Progress(1 + CHECKS_OF_A_CONNECTION * len(connections), told)
        house = await self.house.findings()
        await progress.step()
        silent = next(
            (
                finding.check
                for finding in house
                if finding.check in (Check.DATABASE, Check.MIGRATIONS)
                and finding.outcome not in (Outcome.DATABASE_FINE, Outcome.MIGRATIONS_FINE)
            ),
            None,
        )
        places = asyncio.Semaphore(AT_A_TIME)

        async def one(key: str) -> Patient:
            checks = self.connections[key]
            async with places:
                findings = await checks.findings(silent, progress.step)
            name = checks.connection.name or checks.connection.environment or key
            return Patient(key, name, tuple(findings))

        patients = await asyncio.gather(*(one(key) for key in connections))
        worker = await self.house.worker(silent)
        return Report(self.clock.now(), tuple(house), tuple(patients), worker)


class _Progress:
    def __init__(self, steps: int, told: Told | None) -> None:
        self._steps = steps
        self._told = told
        self._made = 0

    async def step(self) -> None:
        self._made += 1
        if self._told is not None:
            await self._told(min(self._made, self._steps), self._steps)
