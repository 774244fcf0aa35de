"""Tables, rows, what became of them, and rows by their values."""

from __future__ import annotations

import pytest

from bot.dataverse import Comparing, Condition, Principal, PrincipalKind, Standing
from bot.failures import DataverseGarbled, DataverseMissing
from bot.simulator.dataverse import Depth, Option, Ref
from tests.dataverse.world import World

NOWHERE = "00000000-1111-4222-8333-444444444444"


async def test_a_table_is_known_by_its_name_and_by_its_code(world: World) -> None:
    named, coded = await world.client.table("Account"), await world.client.table_of_code(1)

    assert named is not None
    assert named == coded
    assert (named.entity_set, named.primary_name, named.called(1043)) == ("accounts", "name", "Account")
    assert named.privileges["prvwriteaccount"].name == "prvWriteAccount"
    currency = await world.client.table("transactioncurrency")
    assert currency is not None
    assert (currency.called(1043), currency.called(1033), currency.called(1036)) == (
        "Valuta",
        "Currency",
        "Currency",
    )


@pytest.mark.parametrize("name", ["nosuchtable", "ac'count", "account)/x", "", "a" * 200])
async def test_what_is_no_table_is_none(world: World, name: str) -> None:
    assert await world.client.table(name) is None
    assert await world.client.row(name, NOWHERE) is None
    assert await world.client.table_of_code(99_999) is None


async def test_a_row_has_its_values_as_they_are_and_as_they_are_shown(world: World) -> None:
    organization = world.organization
    femke = organization.add_user("Femke de Boer")
    team = organization.add_team("BCI - kleiweg")
    account = organization.add(
        "account",
        name="Adatum",
        accountnumber="D10010",
        modifiedby=Ref("systemuser", femke),
        ownerid=Ref("team", team),
        owningbusinessunit=Ref("businessunit", organization.root_unit),
    )

    row = await world.client.row("account", f"{{{account.upper()}}}", ["accountnumber", "nosuchcolumn"])

    assert row is not None
    assert (row.name, row.cells["accountnumber"].value, row.is_active) == ("Adatum", "D10010", True)
    assert (row.modified_by, row.modified_at) == ("Femke de Boer", world.clock.now())
    assert row.owner is not None
    assert row.owner.business_unit is not None
    assert (row.owner.name, row.owner.principal.kind, row.owner.business_unit.name) == (
        "BCI - kleiweg",
        "team",
        "kleiweg",
    )


async def test_what_became_of_a_row(world: World) -> None:
    organization = world.organization
    sanne = organization.add_user("Sanne Mulder")
    organization.grant(world.bot_role, "prvReadAuditSummary", Depth.Global)
    there, inactive, gone = (organization.add("account", name=name) for name in ("A", "B", "C"))
    organization.deactivate("account", inactive)
    organization.delete("account", gone, by=sanne)

    async def standing(row_id: str) -> Standing:
        world.client.ask_anew()
        return (await world.client.standing("account", row_id)).standing

    assert await standing(there) is Standing.ACTIVE
    assert await standing(inactive) is Standing.INACTIVE
    assert await standing(gone) is Standing.IN_BIN
    organization.keeps_deleted = False
    assert await standing(gone) is Standing.DELETED
    told = await world.client.standing("account", gone)
    assert (told.deleted_by, told.deleted_at) == ("Sanne Mulder", world.clock.now())
    organization.revoke(world.bot_role, "prvReadAuditSummary")
    assert await standing(gone) is Standing.ABSENT
    assert await standing(NOWHERE) is Standing.ABSENT
    with pytest.raises(DataverseMissing):
        await world.client.standing("nosuchtable", gone)


@pytest.mark.parametrize(("state", "is_active"), [(0, True), (1, False), (2, True), (3, True)])
async def test_a_draft_of_a_product_is_alive_and_a_retired_one_is_not(
    world: World, state: int, is_active: bool
) -> None:
    made = world.organization.add("product", name="Stoel", statecode=Option(state, "State"))
    row = await world.client.row("product", made)
    assert row is not None
    assert row.is_active is is_active


async def test_a_disabled_user_is_inactive(world: World) -> None:
    made = world.organization.add_user("Weg")
    world.organization.change("systemuser", made, isdisabled=True)
    assert (await world.client.standing("systemuser", made)).standing is Standing.INACTIVE


async def test_rows_are_found_by_any_of_several_values_the_active_ones_first(world: World) -> None:
    organization = world.organization
    organization.add("account", name="Café 'De Zwaan' & Zonen", accountnumber="D1")
    asleep = organization.add("account", name="Aardvark", emailaddress1="info@aardvark.example")
    organization.add("account", name="Another", accountnumber="D3")
    organization.deactivate("account", asleep)

    found = await world.client.find(
        "account",
        [
            Condition("name", "café 'de zwaan' & zonen"),
            Condition("emailaddress1", "INFO@aardvark", Comparing.STARTS_WITH),
            Condition("creditlimit", "no number"),
            Condition("nosuchcolumn", "x"),
        ],
        ["accountnumber"],
    )

    assert [row.name for row in found] == ["Café 'De Zwaan' & Zonen", "Aardvark"]
    assert found[0].cells["accountnumber"].value == "D1"


async def test_without_a_condition_that_can_be_met_nobody_is_asked(world: World) -> None:
    assert await world.client.find("account", [Condition("nosuchcolumn", "x")]) == ()
    assert await world.client.find("account", []) == ()
    assert [path for path in world.paths if path == "accounts"] == []


async def test_pages_are_followed_and_relative_links_work(world: World) -> None:
    femke = world.organization.add_user("Femke")
    for number in range(1_203):
        role = world.organization.add_role(f"Role {number}")
        world.organization.assign(role, user=femke)
    world.server.faults.relative_next_links = True
    roles = await world.client.roles(Principal(PrincipalKind.USER, femke))

    assert len({role.id for role in roles}) == 1_203


async def test_a_link_to_another_host_is_not_followed(world: World) -> None:
    femke = world.organization.add_user("Femke")
    for number in range(501):
        world.organization.assign(world.organization.add_role(f"Role {number}"), user=femke)
    world.server.faults.foreign_next_link = "evil.example"
    with pytest.raises(DataverseGarbled):
        await world.client.roles(Principal(PrincipalKind.USER, femke))
