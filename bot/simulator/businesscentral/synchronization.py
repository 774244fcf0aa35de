"""The synchronization of one simulated company, and what tests and the demo do to it."""

from __future__ import annotations

from datetime import datetime

from bot.simulator.businesscentral.job_queue import EntryStatus
from bot.simulator.businesscentral.mapped_fields import FIELDS
from bot.simulator.businesscentral.rows import SimulatedError, SynchDirection
from bot.simulator.businesscentral.runs import EVERY, Runs
from bot.simulator.businesscentral.synchronization_tables import remote_record
from bot.simulator.businesscentral.tables import SimulatedRecord
from bot.simulator.businesscentral.troubles import Kind, Trouble


class Synchronization(Runs):
    """A world that lives: records fail until what is wrong with them is fixed and a run has taken them."""

    def fail(
        self,
        local: SimulatedRecord | str,
        message: str,
        *,
        cause: str = "",
        direction: SynchDirection = SynchDirection.TO_DATAVERSE,
        kind: Kind = Kind.ORDINARY,
        call_stack: str = "",
        times: int = 1,
    ) -> SimulatedError:
        """Let a record begin to fail: ``times`` runs do so at once. Twice makes it skipped.

        It is coupled if it was not yet, unless it is a new record. Answers the last row.
        """
        if times < 1:
            raise ValueError("a record that never failed does not fail")
        local = self.known(local)
        mapping = self.mapping_of(local)
        coupling = self.couplings.of_record(local.record_id)
        if coupling is None and kind is not Kind.NEW_RECORD:
            coupling = self.couple(local)
        remote = None if coupling is None else remote_record(mapping, coupling)
        to_dataverse = direction is SynchDirection.TO_DATAVERSE
        source, destination = (local, remote) if to_dataverse else (remote, local)
        trouble = Trouble(cause, kind, mapping.name, direction, message, source, destination, call_stack)
        self.troubles.add(trouble)
        for turn in range(times):
            at = self._clock.now() - EVERY * (times - 1 - turn)
            job = self._log.begin_job(mapping.name, direction, at)
            job.finished_at = job.finished_at or self._end(at)
            row = self._fail(trouble, coupling, job, at)
        return row

    def fix(self, *, record_id: str | None = None, cause: str | None = None, words: str = "") -> int:
        """As ``Troubles.fix``."""
        return self.troubles.fix(record_id=record_id, cause=cause, words=words)

    def both_changed(
        self,
        local: SimulatedRecord | str,
        column: str,
        here: str,
        there: str,
        *,
        by: str = "SANNE",
        dataverse_by: str = "",
        at: datetime | None = None,
        dataverse_at: datetime | None = None,
    ) -> None:
        """Two people write different values into one mapped field of a coupled record.

        ``column`` is the field's logical name in Dataverse. What fails because of it says ``fail``.
        """
        local = self.known(local)
        coupling = self.couplings.of_record(local.record_id)
        if coupling is None or coupling.dataverse_id is None:
            raise ValueError("only a coupled record can be changed on both sides")
        mapped = next(one for one in FIELDS[coupling.mapping] if one.column.casefold() == column.casefold())
        written = self.values.local(local, coupling.mapping)
        self.values.remote(coupling.dataverse_id, coupling.mapping, written)
        written.values[str(mapped.number)] = here
        written.changed_at, written.changed_by = at or self._clock.now(), by
        when = dataverse_at or self._clock.now()
        values = {mapped.column.casefold(): there}
        self.values.put_remote(coupling.dataverse_id, values, when, dataverse_by)

    def delete_record(self, local: SimulatedRecord | str) -> None:
        """Somebody deletes a record in Business Central; its coupling stays."""
        system_id = self.known(local).system_id
        if system_id is not None:
            self.gone.add(system_id)

    def stop_job(self, mapping: str, at: datetime, error: str) -> None:
        """The mapping's job failed at that time and stopped. Raises KeyError where it has none."""
        entry = self.entries[mapping]
        self._log_run(entry, at, error)
        entry.status, entry.due_at = EntryStatus.ERROR, None

    def hold_job(self, mapping: str) -> None:
        """Somebody sets the mapping's job on hold. Raises KeyError where it has none."""
        entry = self.entries[mapping]
        entry.status, entry.due_at, entry.modified_at = EntryStatus.ON_HOLD, None, self._clock.now()

    def disable_connection(self, reason: str) -> None:
        """Turn all connections off, as Business Central does by itself when the user may not create rows."""
        for connection in self.connections:
            connection.enabled, connection.disable_reason = False, reason

    def enable_connection(self) -> None:
        """Turn them on again."""
        for connection in self.connections:
            connection.enabled, connection.disable_reason = True, ""
