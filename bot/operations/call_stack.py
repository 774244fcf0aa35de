"""*Show error call stack*: from the store, or once from Business Central."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.businesscentral import BusinessCentralClient, Connection
from bot.clock import Clock
from bot.failures import ErrorGone, SourceMissing
from bot.operations.actors import Actor
from bot.operations.connections import connection_view
from bot.operations.rights import Act
from bot.operations.views import CallStackView
from bot.store import Database, Errors
from bot.store.activity import Line, Subject, write_line
from bot.store.outbox import Outbox, Place, Told
from bot.store.postings import Postings
from bot.store.values import Scope

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

        Descriptions are read with the call stack and not kept: beside a stored one stand the record ids.
        Raises NotFound for an error that is not stored, ErrorGone for one that Business Central no longer has
        (it is asked only about those not marked), and SourceFailure where it does not answer.
        """
        view = await connection_view(self.database, self.connections, scope)
        errors = Errors(self.database)
        error = await errors.by_number(scope, number)
        threads = len(await Postings(self.database).places_of(scope, error.problem_id))
        if error.call_stack is not None:
            return CallStackView(
                connection=view,
                number=number,
                logged_at=error.logged_at,
                call_stack=error.call_stack,
                source_description=error.source_record_id,
                destination_description=error.destination_record_id,
                without_exception=error.class_code in WITHOUT_EXCEPTION,
                threads=threads,
            )
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
            without_exception=error.class_code in WITHOUT_EXCEPTION,
            threads=threads,
        )
