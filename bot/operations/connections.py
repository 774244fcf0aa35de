"""A connection as the answers show it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace

from bot.businesscentral import Connection
from bot.failures import ConnectionUnknown, NotFound
from bot.operations.views import ConnectionChoice, ConnectionView
from bot.store import Companies, Database
from bot.store.values import KnownCompany, Scope

LONGEST_NAME = 60


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
        server_tenant=connection.server_tenant,
        dataverse_url=connection.dataverse_url,
        name=connection.name,
    )


def key_of(names: Mapping[str, str], name: str) -> str:
    """Key of the connection of that name, in any case; its beginning will do where no other fits.

    ``names`` by key. Raises ConnectionUnknown, with the nearest name where one is near.
    """
    keys = {_squeezed(known): key for key, known in names.items()}
    wanted = _squeezed(name)
    if wanted in keys:
        return keys[wanted]
    beginning = [key for known, key in keys.items() if wanted and known.startswith(wanted)]
    if len(beginning) == 1:
        return beginning[0]
    near = difflib.get_close_matches(wanted[:LONGEST_NAME], list(keys), n=1, cutoff=0.5)
    raise ConnectionUnknown(name=name[:LONGEST_NAME], nearest=names[keys[near[0]]] if near else "")


def _squeezed(name: str) -> str:
    return " ".join(name.split()).casefold()


def choices_of(connections: Mapping[str, Connection]) -> tuple[ConnectionChoice, ...]:
    """What can be chosen, by name; nothing where there is one connection."""
    if len(connections) < 2:
        return ()
    choices = (ConnectionChoice(key, connection.name) for key, connection in connections.items())
    return tuple(sorted(choices, key=lambda choice: choice.name.casefold()))
