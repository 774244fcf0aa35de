"""*Show error call stack*: from the store, or once from Business Central."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.businesscentral import BusinessCentralClient, Connection
from bot.failures import ErrorGone, SourceMissing
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
        Raises NotFound for an error that is not stored, ErrorGone for one that Business Central no longer has
        (it is asked only about those not marked), and SourceFailure where it does not answer.
        """
        view = await connection_view(self.database, self.connections, scope)
        errors = Errors(self.database)
        error = await errors.by_number(scope, number)
        if error.call_stack is not None:
            return CallStackView(view, number, error.logged_at, error.call_stack, "", "")
        if error.gone_at is not None:
            raise ErrorGone(number=number)
        try:
            details = await self.clients[scope.connection].details(error.id)
        except SourceMissing as failure:
            if failure.facts.get("what") == "error":
                raise ErrorGone(number=number) from failure
            raise
        await errors.keep_call_stack(scope, number, details.call_stack)
        return CallStackView(
            connection=view,
            number=number,
            logged_at=error.logged_at,
            call_stack=details.call_stack,
            source_description=details.source_description,
            destination_description=details.destination_description,
        )
