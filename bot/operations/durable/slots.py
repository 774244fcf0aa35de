"""Executor slots: who is ``worker-1``, ``worker-2``, ... and whose work may be taken over.

DBOS lets nobody but the same executor id resume work, and would let a second process with that id steal live
work. So an id is a slot, held by an exclusive lock that the operating system (SQLite: a file lock) or the
server (PostgreSQL: an advisory lock) lets go when its holder dies, however it dies.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import IO, Protocol

import psycopg

from bot.failures import WorkersFull

SLOTS = 32
"""Processes that can work on one database at a time."""

_ADVISORY_CLASS = 0x73796E63
"""First key of our advisory locks ("sync"), so that no other application's are met by chance."""


class SlotLocks(Protocol):
    """Exclusive locks, numbered from 1. Not thread-safe: one call at a time."""

    def try_hold(self, slot: int) -> bool:
        """Take the lock if nobody has it."""

    def let_go(self, slot: int) -> None:
        """Give a lock back."""

    def still_held(self) -> bool:
        """Whether the locks taken are certainly still ours."""

    def close(self) -> None:
        """Give all locks back."""


class FileLocks:
    """Locks on files beside the SQLite database, ``<database>.worker-1.lock`` and so on."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._files: dict[int, IO[bytes]] = {}

    def try_hold(self, slot: int) -> bool:
        """Take the lock if nobody has it."""
        file = _lock_file(self._database, slot).open("ab")
        if not _lock(file):
            file.close()
            return False
        self._files[slot] = file
        return True

    def let_go(self, slot: int) -> None:
        """Give a lock back; closing the file does it."""
        self._files.pop(slot).close()

    def still_held(self) -> bool:
        """A file lock cannot be lost while the file is open."""
        return True

    def close(self) -> None:
        """Give all locks back."""
        for slot in list(self._files):
            self.let_go(slot)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class AdvisoryLocks:
    """Session-level advisory locks of PostgreSQL on one connection of their own."""

    def __init__(self, database_url: str) -> None:
        self._connection = psycopg.connect(database_url, autocommit=True, connect_timeout=10)

    def try_hold(self, slot: int) -> bool:
        """Take the lock if nobody has it."""
        row = self._connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (_ADVISORY_CLASS, slot)
        ).fetchone()
        return bool(row and row[0])

    def let_go(self, slot: int) -> None:
        """Give a lock back."""
        self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", (_ADVISORY_CLASS, slot))

    def still_held(self) -> bool:
        """The server gives the locks to others once the session is gone."""
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        """Give the locks back at once, for the server notices the end of a session a little later."""
        with contextlib.suppress(psycopg.Error):
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._connection.close()


def first_free(locks: SlotLocks) -> int:
    """Take the lowest free slot. Raises WorkersFull where all are taken."""
    for slot in range(1, SLOTS + 1):
        if locks.try_hold(slot):
            return slot
    raise WorkersFull(workers=SLOTS)


def at_work(database_url: str, file: Path | None) -> int:
    """How many processes work on a database now. ``file`` is that of SQLite, None for PostgreSQL.

    Changes nothing; a process that starts in the same moment may only get the slot after the one it would
    have had. Raises psycopg.Error where the server does not answer.
    """
    if file is not None:
        return sum(_is_held(file, slot) for slot in range(1, SLOTS + 1))
    with psycopg.connect(database_url, autocommit=True, connect_timeout=10) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND objsubid = 2 AND granted"
            " AND classid = %s AND objid BETWEEN 1 AND %s",
            (_ADVISORY_CLASS, SLOTS),
        ).fetchone()
    return int(row[0]) if row else 0


def _is_held(database: Path, slot: int) -> bool:
    if not _lock_file(database, slot).exists():
        return False
    locks = FileLocks(database)
    try:
        return not locks.try_hold(slot)
    finally:
        locks.close()


def _lock_file(database: Path, slot: int) -> Path:
    return database.with_name(f"{database.name}.worker-{slot}.lock")


def executor_id(slot: int) -> str:
    """The id under which DBOS knows the holder of a slot."""
    return f"worker-{slot}"


def slot_of(executor: str) -> int | None:
    """The slot behind an executor id; None for an id that is none of ours."""
    number = executor.removeprefix("worker-")
    return int(number) if executor.startswith("worker-") and number.isascii() and number.isdigit() else None
