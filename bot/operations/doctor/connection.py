"""What is looked at of one connection: sign-in, place, extension, permissions, replica, limits, retention,
expiry, last pull, numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field
from datetime import timedelta
from typing import Final

from bot.businesscentral import BusinessCentralClient, Connection, Permission, PermissionSet
from bot.businesscentral.records import Maintenance
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.dataverse import DataverseClient
from bot.failures import Failure, SourceMissing, SourceRefused
from bot.odata.authentication import Authentication
from bot.odata.limits import RequestLimit
from bot.operations.doctor.expiry import expiry_of
from bot.operations.doctor.looking import blocked, broken, good, look, note
from bot.operations.doctor.other_side import OtherSide
from bot.operations.doctor.past import Past
from bot.operations.doctor.values import Check, Finding, Outcome
from bot.settings import BasicSignIn, ConnectionSettings
from bot.store import Database
from bot.store.values import Scope

OLDEST_EXTENSION: Final = (1, 0)
"""Version of the companion extension that this bot needs at least."""
OLDEST_APPLICATION: Final = (26, 0)
"""Business Central: before that the procedures for a forced synchronization cannot be called."""
CATCHING_UP_SECONDS: Final = 20
"""How long a replica that is behind is watched."""
_LOOK_AGAIN_SECONDS: Final = 2.0
_LOW_PART: Final = 10
_NAMED: Final = 8

Progress = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ConnectionChecks:
    """Everything that one connection is examined with.

    ``sign_in`` and ``sign_in_to_dataverse`` make an authentication anew, so that no token of before hides
    what is wrong now; the latter is None where Dataverse is not set up.
    """

    scope: Scope
    told: ConnectionSettings
    connection: Connection
    client: BusinessCentralClient
    dataverse: DataverseClient | None
    sign_in: Callable[[], Authentication]
    sign_in_to_dataverse: Callable[[], Authentication] | None
    limit: RequestLimit
    database: Database
    clock: Clock
    pull_interval: timedelta
    kept_days: int
    """How long the bot keeps what Business Central no longer has."""

    async def findings(self, store_silent: Check | None, progress: Progress) -> list[Finding]:
        """In the order of ``Check``. ``store_silent`` is the check that says why the store is silent."""
        examination = _Examination(self, store_silent, progress)
        return await examination.run()

    @property
    def is_basic(self) -> bool:
        """Whether Business Central is signed in to with a user and a web service access key."""
        return isinstance(self.told.sign_in, BasicSignIn)


@dataclass(slots=True)
class _Examination:
    """One run; what a check learned is there for those after it."""

    of: ConnectionChecks
    store_silent: Check | None
    progress: Progress
    found: list[Finding] = field(default_factory=list)
    maintenance: Maintenance | None = None
    permissions: Sequence[Permission] | None = None
    refusal: Failure | None = None
    """Business Central lets the application in, but not read the extension."""
    on_page: bool = False
    """Errors are read from the published page, and that answers: it tells their numbers, and no more."""

    async def run(self) -> list[Finding]:
        of = self.of
        other = OtherSide(of.told, of.client, of.dataverse, of.sign_in_to_dataverse)
        past = Past(of.scope, of.database, of.clock, of.pull_interval, of.kept_days)
        await self._make(Check.ENTRA, self._entra)
        await self._make(Check.ENTRA_DATAVERSE, other.entra)
        await self._make(Check.PLACE, self._place, Check.ENTRA)
        await self._make(Check.EXTENSION, self._extension, Check.PLACE)
        readable = Check.READ_SET if self.refusal is not None else Check.EXTENSION
        await self._make(Check.READ_SET, self._read_set, Check.EXTENSION)
        await self._make(Check.SYNC_SET, self._sync_set, readable)
        await self._make(Check.CONNECTION, other.connection, readable)
        await self._make(Check.DATAVERSE, other.who_am_i, Check.ENTRA_DATAVERSE)
        await self._make(Check.PRIVILEGES, other.privileges, Check.DATAVERSE)
        await self._make(Check.REPLICA, self._replica, Check.PLACE if self.on_page else readable)
        await self._make(Check.RATE_LIMIT, self._rate_limit)
        await self._with_store(Check.RETENTION, lambda: past.retention(self._known()), readable)
        await self._make(Check.CREDENTIAL, self._expiry)
        await self._with_store(Check.PULL, past.pull)
        numbered = Check.PLACE if self.on_page else readable
        await self._with_store(Check.NUMBERS, lambda: past.numbers(self._known()), numbered)
        return self.found

    async def _make(
        self, check: Check, at: Callable[[], Awaitable[Finding]], needs: Check | None = None
    ) -> None:
        """Make a check, unless what it needs is not there: then say because of what."""
        because = None if needs is None else self._why_not(needs)
        self.found.append(await look(check, at) if because is None else blocked(check, because))
        await self.progress()

    async def _with_store(
        self, check: Check, at: Callable[[], Awaitable[Finding]], needs: Check | None = None
    ) -> None:
        if self.store_silent is None:
            await self._make(check, at, needs)
        else:
            self.found.append(blocked(check, self.store_silent))
            await self.progress()

    def _why_not(self, needs: Check) -> Check | None:
        """The first cause: a check that was blocked itself names what blocked it."""
        finding = next(one for one in self.found if one.check is needs)
        if finding.because is not None:
            return finding.because
        stands_in_the_way = {
            Outcome.DATAVERSE_NOT_SET,
            Outcome.DATAVERSE_NO_APPLICATION,
            Outcome.EXTENSION_INSTEAD,
        }
        if finding.outcome in stands_in_the_way or _stops(finding):
            return needs
        return None

    def _known(self) -> Maintenance:
        assert self.maintenance is not None  # noqa: S101 # the extension answered, or this is not asked
        return self.maintenance

    # Checks

    async def _entra(self) -> Finding:
        if self.of.is_basic:
            return good(Check.ENTRA, Outcome.ENTRA_BASIC)
        await token_from(self.of.sign_in())
        return good(Check.ENTRA, Outcome.ENTRA_FINE)

    async def _place(self) -> Finding:
        company = await self.of.client.company()
        return good(
            Check.PLACE,
            Outcome.PLACE_FINE,
            company=company.display_name,
            environment=self.of.connection.environment or self.of.connection.prefix,
        )

    async def _extension(self) -> Finding:
        try:
            self.maintenance = await self.of.client.maintenance()
        except SourceRefused as refused:
            # A refusal proves that there is something to refuse: where nothing is, Business Central says 404.
            self.refusal = refused
            return note(Check.EXTENSION, Outcome.EXTENSION_UNREAD)
        if self.of.connection.error_page is not None:
            self.on_page = True
            return note(Check.EXTENSION, Outcome.EXTENSION_INSTEAD, page=self.of.connection.error_page)
        version, application = self.maintenance.extension_version, self.maintenance.application_version
        if not version:
            return note(Check.EXTENSION, Outcome.EXTENSION_UNVERSIONED)
        if numbers(version) < OLDEST_EXTENSION:
            return broken(
                Check.EXTENSION, Outcome.EXTENSION_OLD, version=version, needed=_dotted(OLDEST_EXTENSION)
            )
        if application and numbers(application) < OLDEST_APPLICATION:
            return note(
                Check.EXTENSION,
                Outcome.APPLICATION_OLD,
                version=application,
                needed=_dotted(OLDEST_APPLICATION),
            )
        return good(Check.EXTENSION, Outcome.EXTENSION_FINE, version=version, application=application)

    async def _read_set(self) -> Finding:
        if self.refusal is not None:
            raise self.refusal
        needed = await self._permissions(PermissionSet.READ)
        if needed is None:
            return note(Check.READ_SET, Outcome.SET_UNTOLD, set=PermissionSet.READ.value)
        missing = [one for one in needed if not one.granted]
        if missing:
            return broken(Check.READ_SET, Outcome.SET_LACKS, **_lacking(PermissionSet.READ, missing))
        return good(Check.READ_SET, Outcome.SET_FINE, set=PermissionSet.READ.value, all=len(needed))

    async def _sync_set(self) -> Finding:
        """Nobody has to give it: then what it is for is not offered."""
        needed = await self._permissions(PermissionSet.SYNC)
        if needed is None:
            return note(Check.SYNC_SET, Outcome.SET_UNTOLD, set=PermissionSet.SYNC.value)
        missing = [one for one in needed if not one.granted]
        if not missing:
            return good(Check.SYNC_SET, Outcome.SET_FINE, set=PermissionSet.SYNC.value, all=len(needed))
        read = {(one.table, one.access) for one in await self._permissions(PermissionSet.READ) or ()}
        if all(not one.granted for one in needed if (one.table, one.access) not in read):
            return note(Check.SYNC_SET, Outcome.SYNC_NOT_GIVEN, set=PermissionSet.SYNC.value)
        return broken(Check.SYNC_SET, Outcome.SET_LACKS, **_lacking(PermissionSet.SYNC, missing))

    async def _permissions(self, of: PermissionSet) -> list[Permission] | None:
        """What that set is for; None where the extension is too old to tell."""
        if self.permissions is None:
            try:
                self.permissions = await self.of.client.permissions()
            except SourceMissing:
                return None
        return [one for one in self.permissions if one.permission_set == of.value]

    async def _replica(self) -> Finding:
        """Online, ordinary reads come from a replica; how far it is behind is seen only while rows arrive."""
        highest = (await self.of.client.maintenance()).highest_number
        begun = self.of.clock.monotonic()
        while (await self.of.client.maintenance_in_replica()).highest_number < highest:
            if self.of.clock.monotonic() - begun >= CATCHING_UP_SECONDS:
                return note(Check.REPLICA, Outcome.REPLICA_FAR_BEHIND, seconds=CATCHING_UP_SECONDS)
            await self.of.clock.sleep(_LOOK_AGAIN_SECONDS)
        seconds = int(self.of.clock.monotonic() - begun)
        if seconds:
            return good(Check.REPLICA, Outcome.REPLICA_BEHIND, seconds=seconds)
        return good(Check.REPLICA, Outcome.REPLICA_FINE)

    async def _rate_limit(self) -> Finding:
        """What this process has left by its own count; Business Central tells nobody."""
        limit = self.of.limit
        left, most = about(limit.at_once), limit.allowance.burst
        facts = {"left": left, "most": most, "window": limit.allowance.requests}
        if left * _LOW_PART < most:
            return note(Check.RATE_LIMIT, Outcome.RATE_LOW, **facts)
        return good(Check.RATE_LIMIT, Outcome.RATE_FINE, **facts)

    async def _expiry(self) -> Finding:
        return await asyncio.to_thread(expiry_of, self.of.told.sign_in, self.of.clock.now())


def about(many: int) -> int:
    """In hundreds: the count moves while it is read."""
    return many if many < 200 else round(many, -2)


async def token_from(authentication: Authentication) -> None:
    """Get a token and let it go. Raises SignInRefused and SourceUnreachable."""
    try:
        await authentication.header()
    finally:
        await authentication.aclose()


def numbers(version: str) -> tuple[int, ...]:
    """``26.3.36158.0`` as numbers; what is none counts as 0."""
    return tuple(int(part) if part.isascii() and part.isdigit() else 0 for part in version.split(".")[:4])


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _stops(finding: Finding) -> bool:
    """Whether what needs this check cannot be looked at."""
    return finding.verdict == "broken" and finding.outcome not in {
        Outcome.EXTENSION_OLD,
        Outcome.SET_LACKS,
    }


def _lacking(permission_set: PermissionSet, missing: Sequence[Permission]) -> dict[str, str | int]:
    """By table, with the accesses together: ``Integration Synch. Job Errors (5339): Delete``."""
    tables: dict[int, list[Permission]] = {}
    for one in missing:
        tables.setdefault(one.table, []).append(one)
    told = [
        f"{rows[0].table_name or 'table'} ({table}): {', '.join(row.access for row in rows)}"
        for table, rows in sorted(tables.items())
    ]
    more = len(told) - _NAMED
    return {
        "set": permission_set.value,
        "lacking": "; ".join(told[:_NAMED]) + (f"; +{more}" if more > 0 else ""),
        "missing": len(missing),
    }
