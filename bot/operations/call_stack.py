"""*Show error call stack*: from the store, or once from Business Central."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.businesscentral import BusinessCentralClient, Connection
from bot.businesscentral.records import ErrorDetails
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ErrorGone, SourceMissing
from bot.operations.actors import Actor
from bot.operations.connections import connection_view
from bot.operations.naming import Naming
from bot.operations.rights import Act
from bot.operations.views import CallStackView, RecordRef
from bot.store import Database, Errors
from bot.store.activity import Line, Subject, write_line
from bot.store.outbox import Outbox, Place, Told
from bot.store.postings import Postings
from bot.store.values import Scope, StoredError

CALL_STACK: Final = "call_stack:"
FILE: Final = "call_stack|"
"""How the subject of the message begins that carries a call stack; the error's No. follows."""
WITHOUT_EXCEPTION: Final = frozenset(
    {"conflict.both_changed", "record.deleted_in_one_app", "coupling.ambiguous_match"}
)
"""Classes that Business Central logs without an exception (Integration Synch. Error List: conflicts, deleted
records, no or several matches)."""


@dataclass(frozen=True, slots=True)
class CallStacks:
    """Call stacks of single errors. ``clients`` and ``connections`` are keyed by ``Connection.key``."""

    database: Database
    clients: Mapping[str, BusinessCentralClient]
    connections: Mapping[str, Connection]
    clock: Clock

    async def send_file(self, scope: Scope, number: int, person: str, language: str) -> None:
        """Have the whole of it sent to a person, as a file; once, however often they look."""
        async with self.database.writing() as transaction:
            place = Place(person, language=language, asked_by=person)
            subject = f"{FILE}{number}"
            await Outbox(transaction, scope, self.clock.now()).post(Told.EXPORT, subject, place)

    async def tell(self, scope: Scope, number: int, actor: Actor) -> int:
        """Have it put into the thread of each card of its problem, as a file, once; returns in how many.

        Raises NotFound for an error that is not stored.
        """
        error = await Errors(self.database).by_number(scope, number)
        at = self.clock.now()
        async with self.database.writing() as transaction:
            threads = await Outbox(transaction, scope, at).enclose(
                Told.CALL_STACK, error.problem_id, about=str(number), asked_by=actor.id
            )
            if threads:
                line = Line(
                    id=f"{Act.SHARE}:{CALL_STACK}{number}:{at.isoformat()}",
                    at=at,
                    actor=str(actor),
                    act=Act.SHARE,
                    subject_kind=Subject.ERROR,
                    subject=str(number),
                )
                await write_line(transaction, scope, line)
        return threads

    async def show(self, scope: Scope, number: int) -> CallStackView:
        """The call stack of an error, fetched where it is not stored yet, and kept.

        The names of its records come with it and are kept, too; beside a stored one stand those known.
        Raises NotFound for an error that is not stored, ErrorGone for one that Business Central no longer has
        (it is asked only about those not marked), and SourceFailure where it does not answer.
        """
        view = await connection_view(self.database, self.connections, scope)
        errors = Errors(self.database)
        error = await errors.by_number(scope, number)
        naming = Naming(self.database, self.clients, self.clock)
        call_stack = error.call_stack
        if call_stack is None:
            details = await self._details(scope, error)
            call_stack = details.call_stack
            await errors.keep_call_stack(scope, number, call_stack)
            await naming.keep(scope, error, details)
        return CallStackView(
            connection=view,
            number=number,
            logged_at=error.logged_at,
            call_stack=call_stack,
            source=RecordRef(error.source_record_id, error.source_table),
            destination=RecordRef(error.destination_record_id, error.destination_table),
            names=await naming.known(scope, (error.source_record_id, error.destination_record_id)),
            without_exception=error.class_code in WITHOUT_EXCEPTION,
            threads=len(await Postings(self.database).places_of(scope, error.problem_id)),
        )

    async def _details(self, scope: Scope, error: StoredError) -> ErrorDetails:
        if error.gone_at is not None:
            raise ErrorGone(number=error.number)
        try:
            return await self.clients[scope.connection].details(error.id)
        except SourceMissing as failure:
            if failure.facts.get("what") == "error":
                raise ErrorGone(number=error.number) from failure
            raise
