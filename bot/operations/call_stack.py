"""*Show error call stack*: from the store, or once from Business Central."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.businesscentral import BusinessCentralClient, Connection
from bot.operations.connections import connection_view
from bot.operations.views import CallStackView
from bot.store import Database, Errors
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class CallStacks:
    """Call stacks of single errors. ``clients`` and ``connections`` are keyed by ``Connection.key``."""

    database: Database
    clients: Mapping[str, BusinessCentralClient]
    connections: Mapping[str, Connection]

    async def show(self, scope: Scope, number: int) -> CallStackView:
        """The call stack of an error, fetched where it is not stored yet, and kept.

        The descriptions of the records are fresh, so they are empty where the call stack came from the store.
        Raises NotFound for an error that is not stored, and SourceFailure where Business Central does not
        give it; SourceMissing with ``what`` = ``error`` is one that was deleted there meanwhile.
        """
        view = await connection_view(self.database, self.connections, scope)
        errors = Errors(self.database)
        error = await errors.by_number(scope, number)
        if error.call_stack is not None:
            return CallStackView(view, number, error.logged_at, error.call_stack, "", "")
        details = await self.clients[scope.connection].details(error.id)
        await errors.keep_call_stack(scope, number, details.call_stack)
        return CallStackView(
            connection=view,
            number=number,
            logged_at=error.logged_at,
            call_stack=details.call_stack,
            source_description=details.source_description,
            destination_description=details.destination_description,
        )
