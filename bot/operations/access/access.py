"""*Who lacks what?*: asks Dataverse about a problem or an error."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from bot.businesscentral.synchronized_tables import DATAVERSE_TABLES
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.dataverse import DataverseClient, Depth, Principal, PrincipalKind, Privilege, Role, Table
from bot.diagnosis.model import Params
from bot.failures import (
    DataverseFailure,
    DataverseNotSet,
    DataverseRefused,
    DataverseRejected,
    DataverseUnreachable,
)
from bot.operations.access.advice import (
    at_least,
    depth_needed,
    depth_to_reach,
    holding_of,
    is_ones_own,
    place_for,
)
from bot.operations.access.questions import Asked, questions_of
from bot.operations.access.script import script_for
from bot.operations.access.values import (
    Finding,
    Holding,
    Lack,
    Look,
    PrincipalFacts,
    Reason,
    RowFacts,
    Script,
    Unasked,
)
from bot.operations.actors import Actor
from bot.operations.rights import Act
from bot.operations.views import ErrorView, ProblemDetail
from bot.store import Database, Errors
from bot.store.activity import Line, Subject, write_line
from bot.store.outbox import Outbox, Place, Told
from bot.store.synchronization import Synchronization
from bot.store.values import Scope

FILE: Final = "access_script|"
"""How the subject of the message begins that carries a script; the error's No. follows."""
AT_ONCE: Final = 0.25
"""Real seconds that a card waits: what was asked lately is there by then."""
PATIENCE: Final = 10.0
"""Real seconds until a card goes without."""
_GRANTING: Final = 5
"""Roles looked at for one that grants a privilege far enough already."""


@dataclass(frozen=True, slots=True)
class Access:
    """The use case. ``clients`` is keyed by ``Connection.key``; not all connections need have one."""

    database: Database
    clients: Mapping[str, DataverseClient]
    clock: Clock

    def asks_about(self, view: ProblemDetail | ErrorView) -> bool:
        """Whether Dataverse knows more about it; of what is over nobody needs to know more."""
        is_over = isinstance(view, ErrorView) and view.is_over
        return not is_over and _asked(view).anything

    async def look(
        self, scope: Scope, view: ProblemDetail | ErrorView, seconds: float = PATIENCE
    ) -> Look | None:
        """What Dataverse says, within that time; None where there is nothing to ask. Never raises a failure
        of Dataverse: it is in the answer."""
        asked = _asked(view)
        if not asked.anything:
            return None
        client = self.clients.get(scope.connection)
        if client is None:
            return Unasked(DataverseNotSet())
        try:
            async with asyncio.timeout(seconds):
                return await self._found(scope, client, asked)
        except TimeoutError:
            return Unasked(DataverseUnreachable("no answer in time"))
        except DataverseFailure as failure:
            return Unasked(failure)

    def ask_anew(self, scope: Scope) -> None:
        """Somebody has just changed something in Dataverse."""
        client = self.clients.get(scope.connection)
        if client is not None:
            client.ask_anew()

    async def send_script(self, scope: Scope, number: int, actor: Actor, person: str, language: str) -> None:
        """Have the script for an error sent to a person, as a file."""
        at = self.clock.now()
        async with self.database.writing() as transaction:
            place = Place(person, language=language, asked_by=person)
            await Outbox(transaction, scope, at).post(Told.EXPORT, f"{FILE}{number}|{at.isoformat()}", place)
            line = Line(
                id=f"{Act.ACCESS_SCRIPT}:{number}:{at.isoformat()}",
                at=at,
                actor=str(actor),
                act=Act.ACCESS_SCRIPT,
                subject_kind=Subject.ERROR,
                subject=str(number),
            )
            await write_line(transaction, scope, line)

    async def script(self, scope: Scope, number: int) -> Script | None:
        """The script that ends what an error says is missing; None where nothing is missing any more.

        Raises DataverseFailure, NotFound for an error that is not stored.
        """
        error = await Errors(self.database).by_number(scope, number)
        client = self.clients.get(scope.connection)
        if client is None:
            raise DataverseNotSet
        found = await self._found(scope, client, questions_of(error, error.params))
        if found.who is None or found.lack is None or found.lack.holding is Holding.HELD:
            return None
        return script_for(client.environment, found.who, found.lack)

    async def _found(self, scope: Scope, client: DataverseClient, asked: Asked) -> Finding:
        who = None if asked.principal is None else await _facts_of(client, asked.principal)
        place = await _refused_row(client, asked) or asked.row or await self._coupled(scope, asked.record_id)
        row = None if place is None else await _row(client, *place)
        lack = await _lack(client, asked, who, row) if who is not None and who.name else None
        has_roles_now = asked.without_roles and who is not None and bool(who.roles) and not who.is_disabled
        organization = "" if who is None else await client.organization_id()
        return Finding(who, lack, row, has_roles_now=has_roles_now, organization_id=organization)

    async def _coupled(self, scope: Scope, record_id: str) -> tuple[str, str] | None:
        """The row that a record of Business Central is coupled to."""
        if not record_id:
            return None
        for coupling in await Synchronization(self.database).couplings_of(scope, [record_id]):
            entity = DATAVERSE_TABLES.get(coupling.integration_table)
            if coupling.dataverse_id is not None and entity:
                return entity, coupling.dataverse_id
        return None


def _asked(view: ProblemDetail | ErrorView) -> Asked:
    if isinstance(view, ErrorView):
        return questions_of(view.error, view.error.params)
    return questions_of(view.latest, _shared(view))


def _shared(view: ProblemDetail) -> Params:
    return {**view.latest.params, **view.line.params}


async def _facts_of(client: DataverseClient, principal: Principal) -> PrincipalFacts:
    if principal.kind is PrincipalKind.TEAM:
        team, roles = await asyncio.gather(client.team(principal.id), client.roles(principal))
        if team is None:
            return PrincipalFacts(principal, "", "")
        unit = team.business_unit
        return PrincipalFacts(principal, team.name, unit.name, unit.id, roles=roles)
    user, roles = await asyncio.gather(client.user(principal.id), client.roles(principal))
    if user is None:
        return PrincipalFacts(principal, "", "")
    return PrincipalFacts(
        principal,
        user.name,
        user.business_unit.name,
        user.business_unit.id,
        is_application=user.is_application,
        is_disabled=user.is_disabled,
        roles=roles,
    )


async def _lack(
    client: DataverseClient, asked: Asked, who: PrincipalFacts, row: RowFacts | None
) -> Lack | None:
    table = await _table(client, asked)
    privilege = await _privilege(client, asked, table)
    if privilege is None:
        return None
    held = await client.held(who.principal, privilege)
    needed, reason = depth_needed(privilege, owns=asked.owns)
    holding, unit = holding_of(held, needed), ""
    reach = None if row is None else await _reach(client, asked, who, privilege, held, row)
    if reach is not None:
        (holding, needed, unit), reason = reach, Reason.THIS_RECORD
    granting = () if holding is Holding.HELD else await _granting(client, privilege, needed)
    return Lack(privilege, table, holding, held, needed, reason, place_for(who, granting), unit)


async def _reach(
    client: DataverseClient,
    asked: Asked,
    who: PrincipalFacts,
    privilege: Privilege,
    held: Depth | None,
    facts: RowFacts,
) -> tuple[Holding, Depth, str] | None:
    """Whether somebody may do it with the one record that was refused, how far the privilege must reach for
    that, and the record's business unit; None where Dataverse does not tell. Sharing counts, too."""
    row = facts.found.row
    wanted = None if row is None else depth_to_reach(row, who)
    if row is None or wanted is None or not asked.access:
        return None
    try:
        rights = await client.access(who.principal, facts.table.entity_set, row.id)
    except (DataverseRefused, DataverseRejected):
        return None
    if rights is None:
        return None
    needed = at_least(wanted, privilege)
    unit = row.owner.business_unit.name if row.owner and row.owner.business_unit else ""
    if f"{asked.access.removesuffix('Access')}Access" in rights:
        return Holding.HELD, needed, unit
    if held is not None and held >= needed:
        needed = at_least(Depth.GLOBAL, privilege)
    holding = holding_of(held, needed)
    return None if holding is Holding.HELD else (holding, needed, unit)


async def _refused_row(client: DataverseClient, asked: Asked) -> tuple[str, str] | None:
    """The one row that the text names: it may be another than the record that failed, such as its parent."""
    table = await _table(client, asked) if asked.refused_row else None
    return None if table is None else (table.logical_name, asked.refused_row)


async def _table(client: DataverseClient, asked: Asked) -> Table | None:
    """The text's own name of a table first: a code may be cut off."""
    found = await client.table(asked.entity) if asked.entity else None
    if found is None and asked.otc:
        found = await client.table_of_code(asked.otc)
    return found


async def _privilege(client: DataverseClient, asked: Asked, table: Table | None) -> Privilege | None:
    if asked.privilege:
        known = table.privileges.get(asked.privilege.lower()) if table is not None else None
        return known or await client.privilege(asked.privilege)
    if table is None or not asked.access:
        return None
    begins = f"prv{asked.access.removesuffix('Access')}".lower()
    fitting = [found for name, found in table.privileges.items() if name.startswith(begins)]
    return min(fitting, key=lambda found: len(found.name), default=None)


async def _granting(client: DataverseClient, privilege: Privilege, needed: Depth) -> list[Role]:
    """Roles of one's own that grant it far enough."""
    roots: dict[str, Role] = {}
    for role in await client.roles_with(privilege.id):
        if is_ones_own(role) and role.id == role.root_id:
            roots.setdefault(role.root_id, role)
    found = []
    for role in list(roots.values())[:_GRANTING]:
        depth = (await client.granted_by(role.id)).get(privilege.id)
        if depth is not None and depth >= needed:
            found.append(role)
    return found


async def _row(client: DataverseClient, entity: str, row_id: str) -> RowFacts | None:
    table = await client.table(entity)
    if table is None:
        return None
    return RowFacts(table, row_id, await client.standing(entity, row_id))
