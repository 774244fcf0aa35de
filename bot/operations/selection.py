"""Which connection a person means, where there are several.

A choice sticks: it is kept per workspace and person, under the Slack user id and nothing else about them.
Where there is one connection nothing is asked, kept or shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.businesscentral import Connection
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ConnectionGone, StaleButton
from bot.operations.connections import choices_of, key_of
from bot.operations.views import ConnectionChoice
from bot.store import Companies, Database, Preferences
from bot.store.rediagnosis import Rediagnoses
from bot.store.values import Scope

_KEY = re.compile(r"[0-9a-f]{16}")
"""How ``Connection.key`` looks."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The connection whose errors a person looks at."""

    connection: str
    """Its key; another one than the person chose where ``gone`` is set."""
    gone: str | None = None
    """Set where the chosen connection is no longer there: how its company was called, empty if unknown."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Remembers choices and finds connections by name. ``connections`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    connections: Mapping[str, Connection]
    clock: Clock
    default: str
    """Key of the connection for whoever has not chosen."""

    @property
    def several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.connections) > 1

    @property
    def choices(self) -> tuple[ConnectionChoice, ...]:
        """All connections by name; none where there is nothing to choose."""
        return choices_of(self.connections)

    async def living(self, connection: str, problem: str) -> str:
        """The problem itself, or the one that took over its errors since they were diagnosed anew."""
        return await Rediagnoses(self.database).living(Scope(self.workspace, connection), problem)

    async def of(self, user: str) -> Selected:
        """What a person looks at; the default one for whoever never chose."""
        if not self.several:
            return Selected(self.default)
        chosen = await Preferences(self.database).connection_of(self.workspace, user)
        if chosen is None or chosen in self.connections:
            return Selected(chosen or self.default)
        return Selected(self.default, gone=await self._last_name(chosen))

    async def choose(self, user: str, connection: str) -> None:
        """Remember the choice. Raises ConnectionGone or StaleButton for one that is not there."""
        await self.check(connection)
        await Preferences(self.database).choose(self.workspace, user, connection, self.clock.now())

    async def check(self, connection: str) -> None:
        """Raises ConnectionGone for a connection that was there once, StaleButton for one that never was."""
        if connection in self.connections:
            return
        if not _KEY.fullmatch(connection):
            raise StaleButton
        if await Companies(self.database).get(Scope(self.workspace, connection)) is None:
            raise StaleButton
        raise ConnectionGone(name=await self._last_name(connection))

    def named(self, name: str) -> str:
        """Key of the connection of that name, in any case; its beginning will do where no other fits.

        Raises ConnectionUnknown, with the nearest name where one is near.
        """
        return key_of({choice.key: choice.name for choice in self.choices}, name)

    async def _last_name(self, connection: str) -> str:
        company = await Companies(self.database).get(Scope(self.workspace, connection))
        return (company.display_name or company.name) if company else ""


def _squeezed(name: str) -> str:
    return " ".join(name.split()).casefold()
