"""From a connections file with certificates to answers of Business Central."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from bot.app import Outside, open_core
from bot.businesscentral import BusinessCentralClient, RequestLimits, authentication_from, connection_from
from bot.clock import ManualClock
from bot.failures import SignInRefused
from bot.settings import Settings
from bot.settings.connections_file import read_connections
from bot.simulator.businesscentral import BusinessCentralSimulator, SimulatedCompany
from bot.simulator.entra import EntraSimulator
from tests.businesscentral.world import APPLICATION, START, TENANT
from tests.certificates import KeyPair, self_signed


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return self_signed("bot")


class Place:
    """An environment with two companies, and a connections file that leads there."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(START)
        self.entra = EntraSimulator(clock=self.clock)
        self.companies = [SimulatedCompany(clock=self.clock, name=name) for name in ("One", "Two")]
        self.server = BusinessCentralSimulator(
            clock=self.clock,
            entra=self.entra,
            tenant=TENANT,
            environment="Production",
            companies=self.companies,
        )
        self.file = folder / "connections.toml"

    def write(self, *lines: str) -> None:
        """One connection for each company, signed in to as the lines say."""
        self.file.write_text(
            "".join(
                f"[[connection]]\nname = '{company.name}'\n"
                f"tenant_id = '{TENANT}'\nclient_id = '{APPLICATION}'\n"
                f"environment = 'Production'\ncompany_id = '{company.id}'\n" + "\n".join(lines) + "\n"
                for company in self.companies
            )
        )

    def client(self) -> BusinessCentralClient:
        told = read_connections(self.file, {})[0]
        connection = connection_from(told)
        return BusinessCentralClient(
            connection,
            authentication_from(told.sign_in, transport=self.entra.transport()),
            clock=self.clock,
            limit=RequestLimits().of(connection.application_user),
            transport=self.server.transport(),
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("form", ["pem", "pfx"])
async def test_a_certificate_signs_in(place: Place, pair: KeyPair, form: str) -> None:
    place.entra.register(TENANT, APPLICATION, None, certificates=[pair.certificate])
    folder = place.file.parent
    (folder / "bot.pem").write_text(pair.certificate + pair.locked_key("open sesame"))
    (folder / "bot.pfx").write_bytes(pair.pfx("open sesame"))
    (folder / "passphrase").write_text("open sesame\n")
    key = {"pem": "certificate_file = 'bot.pem'", "pfx": "pfx_file = 'bot.pfx'"}[form]
    place.write(key, "passphrase_file = 'passphrase'")
    client = place.client()
    assert (await client.company()).name == "One"
    await client.aclose()


async def test_a_certificate_that_is_not_registered_is_refused(place: Place, pair: KeyPair) -> None:
    place.entra.register(TENANT, APPLICATION, "a secret", certificates=[self_signed("other").certificate])
    (place.file.parent / "bot.pem").write_text(pair.certificate + pair.private_key)
    place.write("certificate_file = 'bot.pem'")
    client = place.client()
    with pytest.raises(SignInRefused) as caught:
        await client.company()
    assert caught.value.facts["code"] == "AADSTS700027"
    await client.aclose()


async def test_companies_of_one_environment_share_their_limits(place: Place) -> None:
    place.entra.register(TENANT, APPLICATION, "a secret")
    (place.file.parent / "secret").write_text("a secret")
    place.write("secret_file = 'secret'")
    settings = Settings.model_construct(
        database_url=f"sqlite:///{place.file.parent / 'store.db'}", connections_file=place.file
    )
    counting = Counting(place.server.transport())
    outside = Outside(business_central=counting, entra=place.entra.transport(), clock=place.clock)
    async with open_core(settings, outside) as core:
        assert len(core.connections) == 2
        clients = core.pull.clients.values()
        await asyncio.gather(*(client.company() for client in clients for _ in range(20)))
    assert counting.most == 5


class Counting(httpx.AsyncBaseTransport):
    """Counts how many requests are under way at once; lets none go on before five are."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._inside = self.most = 0
        self._five = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._inside += 1
        self.most = max(self.most, self._inside)
        if self._inside >= 5:
            self._five.set()
        await asyncio.wait_for(self._five.wait(), timeout=60)
        for _ in range(10):
            await asyncio.sleep(0)
        self._inside -= 1
        return await self._inner.handle_async_request(request)
