"""Links lead to the page and record that are meant, on the connection's own hosts, or are not made."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.links import Address, Links
from bot.diagnosis.model import LinkKind, StepLink
from tests.cards.scene import CRONUS, USER_ID

LINKS = Links(CRONUS)


def query(address: Address | None) -> dict[str, str]:
    assert address is not None
    assert address.url.isascii()
    assert not set(address.url) & set("<>| \"'")
    return {key: values[0] for key, values in parse_qs(urlsplit(address.url).query).items()}


def test_an_error_opens_by_its_number() -> None:
    address = LINKS.error(4711)
    assert address == Address(
        "https://businesscentral.dynamics.com/contoso.example/Production/"
        "?company=CRONUS%20NL&page=5339&filter=%27No.%27%20IS%20%274711%27"
    )


def test_the_tenant_of_a_server_of_ones_own_goes_with_every_page() -> None:
    there = replace(CRONUS, web_client="https://erp.example/BC270", server_tenant="kleiweg & co")
    links = Links(there)
    for address in (links.error(4711), links.page(5335), links.record("Customer: 10000")):
        assert query(address)["tenant"] == "kleiweg & co"
        assert query(address)["company"] == "CRONUS NL"
    assert "tenant" not in query(LINKS.error(4711))
    assert "tenant" not in query(links.record("CRM Account: {" + USER_ID + "}"))


@pytest.mark.parametrize(
    ("record", "table", "page", "filters"),
    [
        ("Customer: 10000", 0, "21", "'No.' IS '10000'"),
        ("Klant: 10000", 18, "21", "'No.' IS '10000'"),
        ("Sales Header: Order,1001", 0, "42", "'Document Type' IS 'Order' AND 'No.' IS '1001'"),
        ("Customer: Ø & 50% <b>", 0, "21", "'No.' IS 'Ø & 50% <b>'"),
    ],
)
def test_a_record_opens_on_its_card(record: str, table: int, page: str, filters: str) -> None:
    assert query(LINKS.record(record, table)) == {"company": "CRONUS NL", "page": page, "filter": filters}


@pytest.mark.parametrize(
    ("environment", "center"),
    [
        ("https://kleiweg.crm4.dynamics.com", "https://admin.powerplatform.microsoft.com"),
        ("https://agency.crm9.dynamics.com", "https://gcc.admin.powerplatform.microsoft.us"),
        ("https://agency.crm.microsoftdynamics.us", "https://high.admin.powerplatform.microsoft.us"),
        ("https://unit.crm.appsplatform.us", "https://admin.appsplatform.us"),
        ("https://huayang.crm.dynamics.cn", "https://admin.powerplatform.partner.microsoftonline.cn"),
        (None, "https://admin.powerplatform.microsoft.com"),
    ],
)
def test_the_admin_center_is_the_one_of_the_environments_own_cloud(
    environment: str | None, center: str
) -> None:
    links = Links(replace(CRONUS, dataverse_url=environment))
    assert links.admin_center() == Address(f"{center}/environments")
    assert links.step(StepLink(LinkKind.ADMIN_CENTER), {}, "") == links.admin_center()


def test_an_organization_that_is_known_leads_into_its_environment_and_nothing_else_does() -> None:
    links = Links(CRONUS).in_organization(USER_ID)
    inside = f"https://admin.powerplatform.microsoft.com/settingredirect/{USER_ID}"
    roles = StepLink(LinkKind.ADMIN_CENTER, entity="securityroles")
    assert links.step(roles, {}, "") == Address(f"{inside}/securityroles")
    assert links.admin_center("securityroles", USER_ID) == Address(
        f"{inside}/securityroles/{USER_ID}/roleeditor"
    )
    assert links.admin_center("securityroles", "../evil") == Address(f"{inside}/securityroles")
    everywhere = Links(CRONUS).admin_center()
    assert Links(CRONUS).step(roles, {}, "") == everywhere
    assert links.admin_center("somewhere") == everywhere
    assert Links(CRONUS).in_organization("x/../y").admin_center("securityroles") == everywhere


def test_a_row_of_dataverse_opens_there() -> None:
    address = LINKS.record("CRM Account: {" + USER_ID.upper() + "}")
    assert query(address) == {"pagetype": "entityrecord", "etn": "account", "id": USER_ID}
    assert address is not None
    assert address.url.startswith("https://contoso.crm4.dynamics.com/main.aspx?")


@pytest.mark.parametrize(
    "record", ["", "Customer", "Customer: ", "Unheard Of: 1", "Customer: O'Neil", "CRM Account: x"]
)
def test_no_link_is_better_than_a_wrong_one(record: str) -> None:
    assert LINKS.record(record) is None


@pytest.mark.parametrize(
    "web_client",
    [
        None,
        "",
        "javascript:alert(1)",
        "http://evil.example",
        "https://",
        "https://u:p@host",
        "https://a b",
        "https://x|y",
        "https://[",
        "//host",
    ],
)
def test_without_a_sound_web_client_there_are_no_links(web_client: str | None) -> None:
    links = Links(replace(CRONUS, web_client=web_client, dataverse_url=web_client))
    assert links.page(5339) is None
    assert links.error(1) is None
    assert links.record("Customer: 1") is None
    assert links.dataverse_list("account") is None


def test_without_the_company_name_a_link_would_open_another_company() -> None:
    assert Links(replace(CRONUS, company_name="")).page(5339) is None


def test_steps_lead_where_they_say() -> None:
    params = {"other_table": "Currency", "other_record": "EUR", "entity": "account"}

    def step(kind: LinkKind, **target: object) -> Address | None:
        return LINKS.step(StepLink(kind, **target), params, "Customer: 10000")  # type: ignore[arg-type]

    assert query(step(LinkKind.PAGE, page=7200))["page"] == "7200"
    assert query(step(LinkKind.RECORD))["page"] == "21"
    assert query(step(LinkKind.OTHER_RECORD))["filter"] == "'Code' IS 'EUR'"
    assert query(step(LinkKind.DATAVERSE_LIST))["etn"] == "account"
    assert step(LinkKind.DATAVERSE_LIST, entity="a&b=c") is None
    assert step(LinkKind.DOCS, address="https://learn.microsoft.com/dynamics365/") is not None
    assert step(LinkKind.DOCS, address="https://evil.example/learn.microsoft.com") is None
    assert step(LinkKind.PAGE) is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_the_record_the_host_is_ours(table: str, key: str) -> None:
    for text in (f"{table}: {key}", f"Customer: {key}", f"CRM {table}: {key}"):
        address = LINKS.record(text)
        if address is not None:
            assert urlsplit(address.url).hostname in {
                "businesscentral.dynamics.com",
                "contoso.crm4.dynamics.com",
            }
            query(address)


def test_a_step_leads_to_the_record_that_the_facts_pick_and_else_to_the_page() -> None:
    unit = StepLink(LinkKind.PAGE, page=209, filters=(("Code", "{value}"),))
    picked = LINKS.step(unit, {"value": "DOOS"}, "")
    assert query(picked)["page"] == "209"
    assert query(picked)["filter"] == "'Code' IS 'DOOS'"
    for params in ({}, {"value": "it's"}):
        assert "filter" not in query(LINKS.step(unit, params, ""))
    currency = StepLink(LinkKind.PAGE, page=5335, filters=(("Name", "CURRENCY"),))
    assert query(LINKS.step(currency, {}, ""))["filter"] == "'Name' IS 'CURRENCY'"


def test_the_record_that_the_text_names_comes_before_the_one_that_was_synchronized() -> None:
    record = StepLink(LinkKind.RECORD)
    told = {"record_table": "Item", "record": "1000-S"}
    assert query(LINKS.step(record, told, "CRM Product: {" + USER_ID + "}"))["page"] == "30"
    assert query(LINKS.step(record, {"record_table": "Item"}, "Customer: 10000"))["page"] == "21"
    assert (
        query(LINKS.step(record, {"record_table": "Nothing", "record": "1"}, "Customer: 1"))["page"] == "21"
    )


def test_a_step_leads_to_the_row_of_dataverse_that_the_text_names() -> None:
    user = StepLink(LinkKind.DATAVERSE_ROW, entity="systemuser", row="user_id")
    assert query(LINKS.step(user, {"user_id": "7"}, "")) == {
        "pagetype": "entityrecord",
        "etn": "systemuser",
        "id": "7",
    }
    assert LINKS.step(user, {}, "") is None
