"""Other clouds and servers of one's own: another sign-in host, another audience, a tenant of a server."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.businesscentral import (
    BusinessCentralClient,
    RequestLimits,
    authentication_from,
    connection_from,
)
from bot.clock import ManualClock
from bot.failures import SettingsInvalid, SignInRefused, SourceMissing, SourceRefused, SourceUnreachable
from bot.settings import ConnectionSettings, EntraSignIn, load_settings
from bot.settings.connections_file import read_connections
from bot.simulator.businesscentral import BusinessCentralSimulator, NextLinkForm, OnPremises, SimulatedCompany
from bot.simulator.entra import EntraSimulator
from tests.businesscentral.world import APPLICATION, SECRET, START, TENANT, settings

GOVERNMENT = "login.microsoftonline.us"
CHINA = "login.partner.microsoftonline.cn"


def client(
    told: ConnectionSettings, transport: httpx.AsyncBaseTransport, entra: EntraSimulator | None = None
):  # type: ignore[no-untyped-def] # a test's own
    connection = connection_from(told)
    auth = authentication_from(told.sign_in, transport=entra.transport() if entra else None)
    return BusinessCentralClient(
        connection,
        auth,
        clock=ManualClock(START),
        limit=RequestLimits().of(connection.application_user),
        transport=transport,
        jitter=lambda: 1.0,
    )


@pytest.mark.parametrize("host", [GOVERNMENT, CHINA])
async def test_signs_in_where_the_settings_say(host: str) -> None:
    clock = ManualClock(START)
    entra = EntraSimulator(clock=clock, host=host)
    entra.register(TENANT, APPLICATION, SECRET)
    company = SimulatedCompany(clock=clock)
    server = BusinessCentralSimulator(
        clock=clock, entra=entra, tenant=TENANT, environment="Production", companies=[company]
    )
    told = settings(bc_company_id=company.id, azure_authority_host=f"https://{host}")
    there = client(told, server.transport(), entra)
    assert (await there.company()).id == company.id
    await there.aclose()
    elsewhere = client(settings(bc_company_id=company.id), server.transport(), entra)
    with pytest.raises(SourceUnreachable):
        await elsewhere.company()
    await elsewhere.aclose()


async def test_asks_for_the_audience_that_the_settings_name() -> None:
    entra = EntraSimulator(clock=ManualClock(START))
    entra.register(TENANT, APPLICATION, SECRET, audience_scopes=["api://contoso-bc/.default"])
    told = settings(bc_audience="api://contoso-bc")
    assert (await authentication_from(told.sign_in, transport=entra.transport()).header()).startswith(
        "Bearer "
    )
    with pytest.raises(SignInRefused) as caught:
        await authentication_from(settings().sign_in, transport=entra.transport()).header()
    assert caught.value.facts["code"] == "AADSTS500011"


def on_premises(company: SimulatedCompany, **changed: object) -> ConnectionSettings:
    values: dict[str, object] = {
        "bc_company_id": company.id,
        "bc_environment": None,
        "bc_base_url": "https://erp.example:7048/BC270",
        "bc_username": "SYNC",
        "bc_web_service_key": SecretStr("k:ey"),
    }
    return settings(**{**values, **changed})


@pytest.mark.parametrize("form", list(NextLinkForm))
async def test_a_multitenant_server_is_told_the_tenant_in_every_address(form: NextLinkForm) -> None:
    clock = ManualClock(START)
    company = SimulatedCompany(clock=clock)
    for number in range(5):
        company.log_error(message=f"Error {number}", source="Customer: 10000")
    place = OnPremises("https://erp.example:7048/BC270", "SYNC", "k:ey", tenant="kleiweg & co")
    server = BusinessCentralSimulator(clock=clock, companies=[company], on_premises=place, host="erp.example")
    server.faults.relative_next_link(form)
    there = client(on_premises(company, bc_server_tenant="kleiweg & co"), server.transport())
    page = await there.error_page(0, 2)
    numbers = [row.number for row in page.rows]
    while page.next_link is not None:
        page = await there.follow(page.next_link, 2)
        numbers += [row.number for row in page.rows]
    assert numbers == [1, 2, 3, 4, 5]
    assert (await there.company()).id == company.id
    ids = [row.id for row in (await there.error_page(3, 10)).rows]
    assert all(gone.is_away for gone in (await there.delete_error_rows(ids)).values())
    assert (await there.maintenance()).error_count == 3
    await there.aclose()
    untold = client(on_premises(company), server.transport())
    with pytest.raises(SourceMissing) as caught:
        await untold.company()
    assert caught.value.facts["what"] == "environment"
    await untold.aclose()
    locked_out = client(
        on_premises(company, bc_web_service_key=SecretStr("wrong"), bc_server_tenant="kleiweg & co"),
        server.transport(),
    )
    with pytest.raises(SourceRefused):
        await locked_out.company()
    await locked_out.aclose()


def test_tenants_of_one_server_are_different_places() -> None:
    company = SimulatedCompany(clock=ManualClock(START))
    one, other, none = (
        connection_from(on_premises(company, bc_server_tenant=tenant)) for tenant in ("a", "b", None)
    )
    assert len({one.key, other.key, none.key}) == 3
    assert one.application_user != other.application_user


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("BC_AUDIENCE", "api://contoso-bc/.default", None),
        ("BC_AUDIENCE", "two words", "BC_AUDIENCE"),
        ("AZURE_CLIENT_SECRET_EXPIRES", "2027-03-31", None),
        ("AZURE_CLIENT_SECRET_EXPIRES", "31 March", "AZURE_CLIENT_SECRET_EXPIRES"),
        ("BC_SERVER_TENANT", "default", None),
        ("BC_SERVER_TENANT", "a?b", "BC_SERVER_TENANT"),
    ],
)
def test_settings_say_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, wrong: str | None
) -> None:
    monkeypatch.setenv(name, value)
    if wrong is None:
        told = load_settings()
        assert told.bc_audience in (None, "api://contoso-bc")
        assert told.azure_client_secret_expires in (None, date(2027, 3, 31))
        return
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert [line.split(":")[0] for line in caught.value.problems] == [wrong]


def test_the_file_takes_them_too(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    online = (
        f'[[connection]]\nname = "A"\ntenant_id = "{TENANT}"\nclient_id = "{APPLICATION}"\n'
        'secret_env = "S"\nenvironment = "Production"\ncompany_id = "99999999-8888-4777-8666-555555555555"\n'
    )
    file.write_text(f'{online}audience = "api://bc"\nsecret_expires = 2027-03-31\n')
    (one,) = read_connections(file, {"S": "x"})
    assert isinstance(one.sign_in, EntraSignIn)
    assert (one.sign_in.audience, one.sign_in.secret_expires) == ("api://bc", date(2027, 3, 31))
    file.write_text(f'{online}secret_expires = "soon"\nserver_tenant = "a"\n')
    with pytest.raises(SettingsInvalid) as caught:
        read_connections(file, {"S": "x"})
    assert [line.split(": ")[2] for line in caught.value.problems] == ["secret_expires", "server_tenant"]
