"""Where Dataverse is, and as whom the bot asks there."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.dataverse import environment_of
from bot.failures import SettingsInvalid
from bot.settings import Settings, single_connection
from bot.settings.values import dataverse_address

COMPANY = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
CLIENT = "99999999-8888-4777-8666-555555555555"
BASIC = {
    "bc_company_id": COMPANY,
    "bc_base_url": "https://erp.example:7048/BC260",
    "bc_username": "SYNCBOT",
    "bc_web_service_key": SecretStr("a key"),
    "dataverse_url": "https://kleiweg.crm4.dynamics.com",
}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://Kleiweg.crm4.dynamics.com/", "https://kleiweg.crm4.dynamics.com"),
        ("https://kleiweg.api.crm4.dynamics.com/api/data/v9.2/", "https://kleiweg.crm4.dynamics.com"),
        ("https://kleiweg.crm.appsplatform.us", "https://kleiweg.crm.appsplatform.us"),
        ("https://kleiweg.api.crm.microsoftdynamics.us/api/data", "https://kleiweg.crm.microsoftdynamics.us"),
    ],
)
def test_the_web_api_endpoint_will_do(typed: str, address: str) -> None:
    assert dataverse_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "kleiweg.crm4.dynamics.com",
        "http://kleiweg.crm4.dynamics.com",
        "https://k.crm4.dynamics.com/main.aspx",
    ],
)
def test_what_is_no_environment_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="must"):
        dataverse_address(typed)


def test_basic_authentication_opens_no_dataverse_but_an_application_of_its_own_does() -> None:
    assert environment_of(single_connection(Settings.model_construct(**BASIC))) is None

    own = {
        "dataverse_client_id": CLIENT,
        "dataverse_client_secret": SecretStr("s"),
        "azure_tenant_id": "k.example",
    }
    found = environment_of(single_connection(Settings.model_construct(**BASIC, **own)))
    assert found is not None
    assert (found.sign_in.client_id, found.scope) == (CLIENT, "https://kleiweg.crm4.dynamics.com/.default")

    azure = {"azure_client_id": CLIENT, "azure_client_secret": SecretStr("s"), "azure_tenant_id": "k.example"}
    assert environment_of(single_connection(Settings.model_construct(**BASIC, **azure))) is not None


def test_half_an_application_is_refused() -> None:
    with pytest.raises(SettingsInvalid):
        single_connection(Settings.model_construct(**BASIC, dataverse_client_id=CLIENT))
