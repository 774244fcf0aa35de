"""A connection as the answers show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.businesscentral import Connection
from bot.failures import NotFound
from bot.operations.views import ConnectionChoice, ConnectionView
from bot.store import Companies, Database
from bot.store.values import KnownCompany, Scope


async def connection_view(
    database: Database, connections: Mapping[str, Connection], scope: Scope
) -> ConnectionView:
    """A connection with its company's name, where that is known yet.

    Raises NotFound for a connection that the settings no longer name.
    """
    connection = connections.get(scope.connection)
    if connection is None:
        raise NotFound(what="connection", connection=scope.connection)
    view = view_of(connection, await Companies(database).get(scope))
    if len(connections) == 1:
        return replace(view, name="")
    return replace(view, choices=choices_of(connections))


def view_of(connection: Connection, company: KnownCompany | None) -> ConnectionView:
    """A connection by itself."""
    return ConnectionView(
        key=connection.key,
        company_name=company.name if company else "",
        display_name=company.display_name if company else "",
        environment=connection.environment,
        web_client=connection.web_client,
        dataverse_url=connection.dataverse_url,
        name=connection.name,
    )


def choices_of(connections: Mapping[str, Connection]) -> tuple[ConnectionChoice, ...]:
    """What can be chosen, by name; nothing where there is one connection."""
    if len(connections) < 2:
        return ()
    choices = (ConnectionChoice(key, connection.name) for key, connection in connections.items())
    return tuple(sorted(choices, key=lambda choice: choice.name.casefold()))
