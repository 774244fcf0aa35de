"""A connection as the answers show it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.businesscentral import Connection
from bot.failures import NotFound
from bot.operations.views import ConnectionView
from bot.store import Companies, Database
from bot.store.values import Scope


async def connection_view(
    database: Database, connections: Mapping[str, Connection], scope: Scope
) -> ConnectionView:
    """A connection with its company's name, where that is known yet.

    Raises NotFound for a connection that the settings no longer name.
    """
    connection = connections.get(scope.connection)
    if connection is None:
        raise NotFound(what="connection", connection=scope.connection)
    company = await Companies(database).get(scope)
    return ConnectionView(
        key=connection.key,
        company_name=company.name if company else "",
        display_name=company.display_name if company else "",
        environment=connection.environment,
        web_client=connection.web_client,
        dataverse_url=connection.dataverse_url,
    )
