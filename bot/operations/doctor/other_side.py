"""What is looked at of Dataverse: sign-in, the application user and its privileges, the same environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from bot.businesscentral import BusinessCentralClient
from bot.dataclass import dataclass
from bot.dataverse import DataverseClient, Identity, Principal, PrincipalKind
from bot.dataverse.answers import as_dataverse
from bot.failures import SignInRefused, SourceUnreachable
from bot.odata.authentication import Authentication
from bot.operations.doctor.looking import broken, good, note
from bot.operations.doctor.values import Check, Finding, Outcome
from bot.settings import ConnectionSettings

NEEDED: Final = (
    "prvReadUser",
    "prvReadTeam",
    "prvReadRole",
    "prvReadEntity",
    "prvReadAttribute",
)
"""Privileges of the bot's own minimal role, beside Read on the tables that are synchronized: a user's, a
team's, a role's names and what they hold, and what tables are called. It writes nothing."""


@dataclass(frozen=True, slots=True)
class OtherSide:
    """``dataverse`` and ``sign_in`` are None where Dataverse is not set up."""

    told: ConnectionSettings
    client: BusinessCentralClient
    dataverse: DataverseClient | None
    sign_in: Callable[[], Authentication] | None

    async def entra(self) -> Finding:
        """A token for Dataverse, which has an audience of its own."""
        if self.told.dataverse_url is None:
            return note(Check.ENTRA_DATAVERSE, Outcome.DATAVERSE_NOT_SET)
        if self.sign_in is None:
            return note(Check.ENTRA_DATAVERSE, Outcome.DATAVERSE_NO_APPLICATION)
        authentication = self.sign_in()
        try:
            await authentication.header()
        except (SignInRefused, SourceUnreachable) as failure:
            raise as_dataverse(failure) from None
        finally:
            await authentication.aclose()
        return good(Check.ENTRA_DATAVERSE, Outcome.ENTRA_FINE)

    async def connection(self) -> Finding:
        """Business Central's own connection: on, and to the environment that the settings name."""
        states = await self.client.connection_states()
        off = next((state for state in states if not state.enabled), None)
        if not states:
            return note(Check.CONNECTION, Outcome.CONNECTION_NONE)
        if off is not None:
            return broken(
                Check.CONNECTION, Outcome.CONNECTION_OFF, name=off.name, reason=off.disable_reason[:250]
            )
        theirs = next((_host(state.environment_url) for state in states if state.environment_url), "")
        ours = _host(self.told.dataverse_url or "")
        if ours and theirs and not _same(ours, theirs):
            return note(Check.CONNECTION, Outcome.CONNECTION_ELSEWHERE, theirs=theirs, ours=ours)
        return good(Check.CONNECTION, Outcome.CONNECTION_FINE, host=theirs)

    async def who_am_i(self) -> Finding:
        """Whom the application is there."""
        await self._identity()
        return good(Check.DATAVERSE, Outcome.DATAVERSE_FINE, host=_host(self.told.dataverse_url or ""))

    async def privileges(self) -> Finding:
        """Each privilege of the minimal role; one that this environment does not have needs nobody."""
        assert self.dataverse is not None  # noqa: S101 # WhoAmI answered
        me = Principal(PrincipalKind.USER, (await self._identity()).user_id)
        self.dataverse.ask_anew()
        known = [await self.dataverse.privilege(name) for name in NEEDED]
        missing = [
            privilege.name
            for privilege in known
            if privilege is not None and await self.dataverse.held(me, privilege) is None
        ]
        if missing:
            return broken(
                Check.PRIVILEGES,
                Outcome.PRIVILEGES_MISSING,
                privileges=", ".join(missing),
                missing=len(missing),
            )
        return good(Check.PRIVILEGES, Outcome.PRIVILEGES_FINE, all=len(NEEDED))

    async def _identity(self) -> Identity:
        assert self.dataverse is not None  # noqa: S101 # there is a way to sign in
        return await self.dataverse.who_am_i()


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "//" in url else f"https://{url}").hostname or "").lower()
    except ValueError:
        return ""


def _same(one: str, other: str) -> bool:
    """``org.crm4.dynamics.com`` and ``org.api.crm4.dynamics.com`` are one environment."""
    return one.replace(".api.", ".", 1) == other.replace(".api.", ".", 1)
