"""How all connections stand: what a consultant of many companies looks at first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.businesscentral import Connection
from bot.dataclass import dataclass
from bot.diagnosis import Severity
from bot.operations.ask import freshness_of
from bot.operations.connections import view_of
from bot.operations.views import ConnectionLine, ConnectionList
from bot.store import Database
from bot.store.standings import Standing, Standings

CONNECTIONS_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Overlook:
    """Answers for all connections at once. ``connections`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    connections: Mapping[str, Connection]

    async def connections_page(self, shown: Collection[str], page: int = 0) -> ConnectionList:
        """A page of those connections (by key), most pressing first; one beyond the end is the last one.

        By the severity of the worst open problem, then by errors, then by name. A connection that cannot be
        read counts as severe: nobody knows what goes wrong there.
        """
        standings = await Standings(self.database).all_of(self.workspace)
        lines = [
            _line(connection, standings.get(key, Standing()))
            for key, connection in self.connections.items()
            if key in shown
        ]
        lines.sort(key=lambda line: (-line.severity, -line.errors, line.connection.name.casefold()))
        pages = max(1, -(-len(lines) // CONNECTIONS_A_PAGE))
        page = min(page, pages - 1)
        first = page * CONNECTIONS_A_PAGE
        return ConnectionList(
            lines=tuple(lines[first : first + CONNECTIONS_A_PAGE]), total=len(lines), page=page, pages=pages
        )


def _line(connection: Connection, standing: Standing) -> ConnectionLine:
    freshness = freshness_of(standing.pull)
    severity = standing.severity
    if freshness.failure_key is not None:
        severity = max(severity, int(Severity.HIGH))
    return ConnectionLine(
        connection=view_of(connection, standing.company),
        freshness=freshness,
        errors=standing.errors,
        problems=standing.problems,
        severity=severity,
    )
