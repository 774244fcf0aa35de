"""*Who lacks what?*: what Dataverse adds to a problem."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

import handlers.access
from bot.cards.access import not_asked
from bot.cards.actions import ButtonValue
from bot.cards.texts import Texts
from bot.dataverse import User
from bot.operations.access import Finding
from bot.simulator.dataverse import Depth, Ref, SimulatedOrganization
from bot.simulator.dataverse.believable import INTEGRATION_ROLE, INTEGRATION_TEMPLATE
from tests.conversations.conftest import Stage

USER = "1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10"
TEAM = "2c2f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a card waits for what Dataverse says."""
    monkeypatch.setattr(handlers.access, "AT_ONCE", 60.0)


def missing(privilege: str, entity: str, otc: int, *, kind: str = "user", whose: str = USER) -> str:
    return (
        f"Principal {kind} (Id={whose}, type={8 if kind == 'user' else 9}, roleCount=2, privilegeCount=600), "
        f"is missing {privilege} privilege (Id=00000000-0000-4000-8000-000000000001) on OTC={otc} for entity "
        f"'{entity}'. context.Caller={USER}."
    )


def people(organization: SimulatedOrganization, *, own_role: str = "Maatwerk") -> str:
    """The integration user with its standard role, and one of one's own; gives the id of that."""
    organization.add_user("BC Integratie", USER, application_id=USER)
    standard = organization.add_role(INTEGRATION_ROLE, template=INTEGRATION_TEMPLATE, managed=True)
    organization.assign(standard, user=USER)
    if not own_role:
        return ""
    own = organization.add_role(own_role)
    organization.assign(own, user=USER)
    return own


async def buttons_of_access(stage: Stage) -> set[str]:
    """Ids of all buttons of this feature."""
    people(stage.dataverse.organization)
    stage.company.log_error(message=missing("prvWriteAccount", "account", 1), source="Customer: 10000")
    await stage.read()
    await stage.kim.command(f"/syncerrors {stage.company.errors[-1].number}")
    await stage.kim.click("All errors with this cause")
    shown = await stage.kim.until("Script for an administrator")
    about = ButtonValue(connection=stage.connection, number=1)
    asking = [block for part in not_asked(about, Texts.for_locale("en")).parts for block in part.blocks]
    later = {one["action_id"] for block in asking for one in block["elements"]}
    return later | {one.action_id for one in shown.elements() if one.action_id}


def refused_row(row: str, *, otc: int = 1) -> str:
    return (
        f"SecLib::AccessCheckEx[2] failed. Returned hr = -2147187962, ObjectID: {row}, OwnerId: {TEAM},  "
        f"OwnerIdType: 8 and CallingUser: {USER}. ObjectTypeCode: {otc}, objectBusinessUnitId: {TEAM}, "
        "AccessRights: WriteAccess."
    )


async def opened(
    stage: Stage,
    message: str,
    *,
    source: str = "Customer: 10000",
    who: str = "kim",
    until: str = "In Dataverse",
) -> str:
    """The error's problem, as its details show it."""
    stage.company.log_error(message=message, source=source)
    await stage.read()
    person = stage.kim if who == "kim" else stage.sanne
    await person.command("/syncerrors")
    await person.click("Details")
    return without_links((await person.until(until)).plain())


def without_links(text: str) -> str:
    return re.sub(r" <https?://[^>]*>", "", text)


async def test_the_card_names_the_user_its_roles_the_table_and_the_right_place(stage: Stage) -> None:
    people(stage.dataverse.organization)

    shown = await opened(stage, missing("prvWriteAccount", "account", 1))

    assert "User: BC Integratie · application user · business unit kleiweg" in shown
    assert "Roles: Business Central Dataverse Integration (standard); Maatwerk" in shown
    assert "prvWriteAccount on table Account, still missing; needed for Organization" in shown
    assert "1. Open the role Maatwerk in the admin center" in shown
    assert "2. On the row of table Account, set Write to Organization (prvWriteAccount)." in shown
    assert "4. Then press Retry on this card" in shown
    assert "Careful: leave the standard roles alone" in shown
    assert "That depth is a rule of thumb, not something that Dataverse tells" in shown


async def test_the_steps_lead_to_the_very_role_and_list_in_the_admin_center(stage: Stage) -> None:
    organization = stage.dataverse.organization
    role = people(organization)
    inside = f"https://admin.powerplatform.microsoft.com/settingredirect/{organization.id}"
    await opened(stage, missing("prvWriteAccount", "account", 1))
    linked = (await stage.kim.until("In Dataverse")).plain()
    assert f"Open the admin center <{inside}/securityroles/{role}/roleeditor>" in linked


async def test_the_steps_of_the_catalogue_lead_there_too(stage: Stage) -> None:
    people(stage.dataverse.organization)
    cut = f"Principal user (Id={USER}, type=8, roleCount=3, privilegeCount=640, accessMode='4 Non-inter"
    await opened(stage, cut)
    told = (await stage.kim.until("In Dataverse")).plain()
    roles = f"settingredirect/{stage.dataverse.organization.id}/securityroles>"
    assert f"<https://admin.powerplatform.microsoft.com/{roles}" in told
    assert "Which privilege is missing, this text does not tell" in told


async def test_a_card_is_there_at_once_and_what_dataverse_says_follows_in_its_place(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers.access, "AT_ONCE", 0.0)
    client, may_answer = stage.core.access.clients[stage.connection], asyncio.Event()
    ask = client.user

    async def slowly(user_id: str) -> User | None:
        await may_answer.wait()
        return await ask(user_id)

    monkeypatch.setattr(client, "user", slowly)
    people(stage.dataverse.organization)
    stage.company.log_error(message=missing("prvWriteAccount", "account", 1), source="Customer: 10000")
    await stage.read()
    await stage.kim.command("/syncerrors")

    await stage.kim.click("Details")
    waiting = (await stage.kim.until("Dataverse is being asked")).plain()
    may_answer.set()
    shown = (await stage.kim.until("User: BC Integratie")).plain()

    assert "Original text of error" in waiting
    assert "Dataverse is being asked" not in shown


async def test_each_thing_is_said_once(stage: Stage) -> None:
    """What the text of the error gives away as ids and general steps is not repeated below the names."""
    shown = await opened(stage, missing("prvWriteAccount", "account", 1))
    assert "Missing privilege" in shown, "nobody has that id: the text's own facts and steps stay"
    assert shown.count("What to do") == 1
    people(stage.dataverse.organization)
    stage.core.access.ask_anew(stage.scope)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    shown = without_links((await stage.kim.until("still missing")).plain())
    assert shown.count("What to do") == 1
    assert "Missing privilege" not in shown
    assert "Access needed" not in shown
    assert "Dataverse user" not in shown
    assert shown.count("Write to Organization") == 1
    assert "Redeploy" not in shown
    await stage.kim.command(f"/syncerrors {stage.company.errors[-1].number}")
    single = without_links((await stage.kim.until("still missing")).plain())
    assert single.count("What to do") == 1
    assert "Missing privilege" not in single


async def test_a_text_that_names_no_privilege_is_not_silent_about_who_it_is(stage: Stage) -> None:
    people(stage.dataverse.organization)

    shown = await opened(
        stage, f"Principal user (Id={USER}, type=8, roleCount=2, privilegeCount=600), is missing prv"
    )

    assert "User: BC Integratie · application user" in shown
    assert "Dataverse user" not in shown, "the name says it"
    assert "Which privilege is missing, this text does not tell" in shown


async def test_what_was_granted_meanwhile_is_said_to_be_fixed(stage: Stage) -> None:
    own = people(stage.dataverse.organization)
    shown = await opened(stage, missing("prvWriteAccount", "account", 1))
    assert "still missing" in shown

    stage.dataverse.organization.grant(own, "prvWriteAccount", Depth.Global)
    await stage.kim.click("Ask Dataverse again")
    shown = (await stage.kim.until("fixed meanwhile")).plain()

    assert "fixed meanwhile: it is there now, for Organization." in shown
    assert "Press Retry on this card" in shown
    assert "Security roles" not in shown, "nothing is left to grant"
    assert "Script for an administrator" not in shown
    assert "still missing" not in shown


async def test_a_privilege_that_does_not_reach_far_enough_is_not_fixed(stage: Stage) -> None:
    own = people(stage.dataverse.organization)
    stage.dataverse.organization.grant(own, "prvWriteAccount", Depth.Basic)

    shown = await opened(stage, missing("prvWriteAccount", "account", 1))

    assert "it is there by now, but only for User (own rows); needed is Organization" in shown


async def test_without_a_role_of_ones_own_a_new_one_is_advised(stage: Stage) -> None:
    people(stage.dataverse.organization, own_role="")

    shown = await opened(stage, missing("prvCreateProduct", "product", 1024))

    assert "1. Make a new role Business Central synchronization, additional privileges" in shown
    assert "3. Save it, and assign it to BC Integratie." in shown
    assert "Rows of this table belong to nobody" in shown


async def test_a_role_of_ones_own_that_grants_it_already_is_advised_first(stage: Stage) -> None:
    organization = stage.dataverse.organization
    people(organization, own_role="")
    organization.add_role("Verkoop plus", grants={"prvWriteAccount": Depth.Global})

    shown = await opened(stage, missing("prvWriteAccount", "account", 1))

    assert "The role Verkoop plus grants it already" in shown
    page = (await stage.kim.until("In Dataverse")).plain()
    place = f"https://admin.powerplatform.microsoft.com/settingredirect/{organization.id}/appusers"
    assert f"Open the admin center <{place}>" in page


async def test_a_team_that_is_to_own_rows_needs_no_more_than_its_own(stage: Stage) -> None:
    organization = stage.dataverse.organization
    organization.add_team("BCI - kleiweg", TEAM, unit=organization.add_business_unit("Verkoop"))

    shown = await opened(stage, missing("prvReadAccount", "account", 1, kind="team", whose=TEAM))

    assert "Team: BCI - kleiweg · business unit Verkoop" in shown
    assert "Roles: none at all" in shown
    assert "needed for User (own rows)" in shown


async def test_somebody_who_no_longer_exists_is_said_to_be_gone(stage: Stage) -> None:
    shown = await opened(stage, missing("prvWriteAccount", "account", 1))

    assert f"The user no longer exists. {USER}" in shown


async def test_the_script_comes_as_a_file_and_is_in_the_activity(stage: Stage) -> None:
    people(stage.dataverse.organization, own_role="O'Neill's ‘rol’ $(calc)\u202e")
    await opened(stage, missing("prvWriteAccount", "account", 1))

    await stage.kim.click("Script for an administrator")
    stage.kim.visit_bot()
    await stage.kim.until(lambda one: any(message.files for message in one.messages))
    message = next(message for message in stage.kim.messages if message.files)
    file = stage.slack.file(message.files[0])
    written = file.content.decode("utf-8-sig")

    assert file.name == "grant-prvWriteAccount.ps1"
    assert "$roleName = 'O''Neill''s ‘‘rol’’ $(calc)'" in written
    assert "\u202e" not in written
    activity = (await stage.kim.command("/syncerrors activity")).plain()
    assert "get the script" in activity or "script" in activity


async def test_a_row_that_was_deleted_says_by_whom_and_that_it_can_come_back(stage: Stage) -> None:
    organization = stage.dataverse.organization
    sanne = organization.add_user("Sanne Mulder")
    account = organization.add("account", name="Adatum")
    organization.delete("account", account, by=sanne)

    shown = await opened(stage, f"account With Id = {account} Does Not Exist")

    assert f"Row of the latest error: Account {account}: deleted by Sanne Mulder" in shown
    assert "An administrator can restore it in the admin center: environment, Settings" in shown
    page = (await stage.kim.until("In Dataverse")).plain()
    assert "Open the admin center <https://admin.powerplatform.microsoft.com/environments>" in page
    assert f"etn=account&id={account}" not in page.split("Deleted records")[0], "a page that is no more"
    await stage.kim.command(f"/syncerrors {stage.company.errors[-1].number}")
    assert "Row: Account" in without_links((await stage.kim.until("deleted by Sanne Mulder")).plain())


async def test_a_row_that_is_there_tells_its_state_and_its_owner(stage: Stage) -> None:
    organization = stage.dataverse.organization
    unit = organization.root_unit
    team = organization.add_team("BCI - kleiweg")
    account = organization.add(
        "account", name="Adatum", ownerid=Ref("team", team), owningbusinessunit=Ref("businessunit", unit)
    )
    organization.deactivate("account", account)

    shown = await opened(stage, f"account With Id = {account} Does Not Exist")

    assert "Account Adatum: it exists, but is inactive" in shown
    assert "Owner: BCI - kleiweg · team · business unit kleiweg" in shown


async def test_a_dataverse_that_refuses_is_said_in_one_sentence_and_the_card_stands(stage: Stage) -> None:
    people(stage.dataverse.organization)
    stage.dataverse.organization.revoke(_role(stage), "prvReadUser")

    shown = await opened(
        stage, missing("prvWriteAccount", "account", 1), until="Missing privilege: prvReadUser"
    )

    assert "What to do" in shown
    stage.dataverse.organization.grant(_role(stage), "prvReadUser", Depth.Global)
    await stage.kim.click("Ask Dataverse again")
    assert "still missing" in (await stage.kim.until("User: BC Integratie")).plain()


@pytest.mark.parametrize(
    ("status", "code", "retry_after", "told"),
    [
        (503, "", None, "Dataverse did not answer. Try again in a minute."),
        (429, "0x80072322", 30, "Dataverse is too busy and asked the bot to slow down."),
        (429, "0x80072322", 9, "Dataverse is too busy and asked the bot to slow down."),
        (401, "0x80041d50", None, "Dataverse does not accept the bot's application."),
        (404, "", None, "There is no Dataverse environment at the address"),
    ],
)
async def test_trouble_while_the_card_is_drawn_is_one_sentence_and_ends_when_somebody_asks_again(
    stage: Stage, status: int, code: str, retry_after: int | None, told: str
) -> None:
    people(stage.dataverse.organization)
    faults = stage.dataverse.faults
    faults.fail(status, code, times=50, retry_after=retry_after, html=not code)

    shown = await opened(stage, missing("prvWriteAccount", "account", 1), until=told)

    assert "What to do" in shown, "what the text itself gives stays"
    faults.heal()
    await stage.kim.click("Ask Dataverse again")
    assert told not in (await stage.kim.until("User: BC Integratie")).plain()


async def test_an_entra_that_is_silent_is_not_taken_for_a_dataverse_that_is(stage: Stage) -> None:
    people(stage.dataverse.organization)
    stage.company.log_error(message=missing("prvWriteAccount", "account", 1), source="Customer: 10000")
    await stage.read()
    stage.entra.faults.unreachable(times=9)
    await stage.kim.command("/syncerrors")

    await stage.kim.click("Details")
    shown = (await stage.kim.until("Microsoft Entra did not answer")).plain()

    assert "Dataverse did not answer" not in shown
    stage.entra.faults.heal()
    await stage.kim.click("Ask Dataverse again")
    await stage.kim.until("User: BC Integratie")


async def test_one_record_that_was_refused_is_asked_about_itself(stage: Stage) -> None:
    organization = stage.dataverse.organization
    own = people(organization)
    organization.grant(own, "prvWriteAccount", Depth.Basic)
    femke = organization.add_user("Femke de Boer", TEAM)
    unit = Ref("businessunit", organization.root_unit)
    account = organization.add(
        "account", name="Adatum", ownerid=Ref("systemuser", femke), owningbusinessunit=unit
    )

    shown = await opened(stage, refused_row(account))

    assert (
        "it is there for User (own rows), which does not reach the record below; needed is Business unit"
        in shown
    )
    assert "Both are in business unit kleiweg; records of other business units need more." in shown
    assert "Owner: Femke de Boer · user · business unit kleiweg" in shown
    assert "set Write to Business unit (prvWriteAccount)" in shown
    assert "rule of thumb" not in shown
    organization.grant(own, "prvWriteAccount", Depth.Local)
    await stage.kim.click("Ask Dataverse again")
    shown = (await stage.kim.until("fixed meanwhile")).plain()
    assert "fixed meanwhile: it reaches the record below now." in shown
    assert "Script for an administrator" not in shown


async def test_a_record_of_another_business_unit_needs_the_whole_organization(stage: Stage) -> None:
    organization = stage.dataverse.organization
    own = people(organization)
    organization.grant(own, "prvWriteAccount", Depth.Local)
    elsewhere = organization.add_business_unit("Export")
    femke = organization.add_user("Femke de Boer", TEAM, unit=elsewhere)
    account = organization.add(
        "account",
        name="Adatum",
        ownerid=Ref("systemuser", femke),
        owningbusinessunit=Ref("businessunit", elsewhere),
    )

    shown = await opened(stage, refused_row(account))

    assert "it is there for Business unit, which does not reach the record below" in shown
    assert "needed is Organization" in shown
    assert "Less may not reach the record's business unit Export." in shown


async def test_a_bot_that_may_not_ask_about_a_record_goes_by_the_rule(stage: Stage) -> None:
    organization = stage.dataverse.organization
    own = people(organization)
    organization.grant(own, "prvWriteAccount", Depth.Basic)
    account = organization.add(
        "account",
        name="Adatum",
        ownerid=Ref("systemuser", organization.add_user("Femke de Boer", TEAM)),
        owningbusinessunit=Ref("businessunit", organization.root_unit),
    )
    stage.dataverse.faults.fail(403, "0x80040220", times=9, path="RetrievePrincipalAccess")

    shown = await opened(stage, refused_row(account))

    assert "it is there by now, but only for User (own rows); needed is Organization" in shown
    assert "rule of thumb" in shown


async def test_roles_that_somebody_was_given_meanwhile_are_seen(stage: Stage) -> None:
    organization = stage.dataverse.organization
    organization.add_user("BC Integratie", USER, application_id=USER)
    shown = await opened(stage, f"The user with id {USER} has not been assigned any roles.")
    assert "Roles: none at all" in shown
    assert "fixed meanwhile" not in shown

    organization.assign(organization.add_role("Maatwerk"), user=USER)
    await stage.kim.click("Ask Dataverse again")
    shown = (await stage.kim.until("fixed meanwhile: there are roles now.")).plain()

    assert "Press Retry on this card" in shown
    assert shown.count("What to do") == 1


async def test_it_speaks_dutch(stage: Stage) -> None:
    people(stage.dataverse.organization)
    stage.company.log_error(message=missing("prvWriteContact", "contact", 2), source="Contact: CT1")
    await stage.read()
    await stage.sanne.command("/syncerrors")

    await stage.sanne.click("Details")
    shown = (await stage.sanne.until("In Dataverse")).plain()

    assert "op tabel Contactpersoon" in shown
    assert "Schrijven op Organisatie (prvWriteContact)" in without_links(shown)
    assert "ontbreekt nog" in shown


@pytest.mark.parametrize("roles", [{"role_fixers": "U0FIXER"}])
async def test_whoever_only_looks_sees_no_names_and_roles(stage: Stage) -> None:
    people(stage.dataverse.organization)
    stage.company.log_error(message=missing("prvWriteAccount", "account", 1), source="Customer: 10000")
    await stage.read()
    await stage.sanne.command("/syncerrors")

    shown = (await stage.sanne.click("Details")).plain()

    assert "BC Integratie" not in shown
    assert stage.dataverse.requests == []


async def test_a_thousand_looks_do_not_mean_a_thousand_calls(stage: Stage) -> None:
    people(stage.dataverse.organization)
    await opened(stage, missing("prvWriteAccount", "account", 1))
    asked = len(stage.dataverse.requests)

    for _ in range(5):
        await stage.kim.command("/syncerrors")
        await stage.kim.click("Details")

    assert len(stage.dataverse.requests) == asked


async def test_nothing_is_asked_about_an_error_whose_record_has_synchronized_since(stage: Stage) -> None:
    stage.company.log_error(message=missing("prvWriteAccount", "account", 1), source="Customer: 10000")
    await stage.read()
    view = await stage.core.ask.error(stage.scope, stage.company.errors[-1].number)

    assert stage.core.access.asks_about(view)
    assert not stage.core.access.asks_about(replace(view, is_over=True)), "there is nothing to do any more"


async def test_a_thousand_people_at_once_ask_once(stage: Stage) -> None:
    people(stage.dataverse.organization)
    stage.company.log_error(message=missing("prvWriteAccount", "account", 1), source="Customer: 10000")
    await stage.read()
    view = await stage.core.ask.error(stage.scope, stage.company.errors[-1].number)
    access = stage.core.access

    looks = await asyncio.gather(*(access.look(stage.scope, view, 60.0) for _ in range(1_000)))

    assert all(isinstance(look, Finding) and look.lack is not None for look in looks)
    assert len(stage.dataverse.requests) == len(
        {(one.path, str(one.query)) for one in stage.dataverse.requests}
    )
    assert len(stage.dataverse.requests) < 12


def _role(stage: Stage) -> str:
    rows = stage.dataverse.organization.rows("role")
    return next(str(row["roleid"]) for row in rows if row["name"] == "Sync Errors bot")
