"""Users, teams, roles and privileges, by the client against the simulated Dataverse."""

from __future__ import annotations

import pytest

from bot.dataverse import Depth, Principal, PrincipalKind, Privilege
from bot.simulator.dataverse import Depth as Simulated
from bot.simulator.dataverse import Ref
from tests.dataverse.world import APPLICATION, World

NOBODY = "00000000-1111-4222-8333-444444444444"


def user(user_id: str) -> Principal:
    return Principal(PrincipalKind.USER, user_id)


def team(team_id: str) -> Principal:
    return Principal(PrincipalKind.TEAM, team_id)


async def privilege(world: World, name: str) -> Privilege:
    found = await world.client.privilege(name)
    assert found is not None
    return found


async def test_the_bot_knows_who_it_is(world: World) -> None:
    identity = await world.client.who_am_i()

    assert (identity.user_id, identity.business_unit_id) == (world.bot_user, world.organization.root_unit)
    assert identity.organization_id == world.organization.id


async def test_a_user_has_a_name_a_business_unit_and_is_an_application_or_not(world: World) -> None:
    femke = world.organization.add_user("Femke de Boer", email="femke@kleiweg.example")

    person, bot = await world.client.user(femke), await world.client.user(world.bot_user)

    assert person is not None
    assert bot is not None
    assert (person.name, person.business_unit.name, person.email) == (
        "Femke de Boer",
        "kleiweg",
        "femke@kleiweg.example",
    )
    assert (person.is_application, bot.application_id, person.is_disabled) == (False, APPLICATION, False)
    assert await world.client.user(NOBODY) is None


async def test_a_team_has_a_name_and_a_business_unit(world: World) -> None:
    unit = world.organization.add_business_unit("Export")
    made = world.organization.add_team("BCI - kleiweg", unit=unit)

    found = await world.client.team(made)

    assert found is not None
    assert (found.name, found.business_unit.name, found.is_default) == ("BCI - kleiweg", "Export", False)
    assert await world.client.team(NOBODY) is None


async def test_a_user_has_its_own_roles_first_and_those_of_its_teams_then(world: World) -> None:
    organization = world.organization
    femke = organization.add_user("Femke de Boer")
    sales = organization.add_team("Verkoop", members=[femke])
    for name, managed in (("Zeta", True), ("Alpha", False), ("Beta", False)):
        role = organization.add_role(name, managed=managed)
        organization.assign(role, **({"team": sales} if name == "Beta" else {"user": femke}))

    roles = await world.client.roles(user(femke))

    assert [(role.name, role.is_managed, role.through and role.through.name) for role in roles] == [
        ("Alpha", False, None),
        ("Zeta", True, None),
        ("Beta", False, "Verkoop"),
    ]
    assert [role.name for role in await world.client.roles(team(sales))] == ["Beta"]
    assert await world.client.roles(user(NOBODY)) == ()


async def test_a_copy_of_a_role_names_its_root(world: World) -> None:
    organization = world.organization
    unit = organization.add_business_unit("Export")
    root = organization.add_role("Verkoper", template="d7dbad50-c0f6-4b30-81cf-d2158f1e7c06")
    femke = organization.add_user("Femke de Boer", unit=unit)
    copy = organization.copy_role(root, unit)
    organization.assign(copy, user=femke)

    (role,) = await world.client.roles(user(femke))

    assert (role.id, role.root_id, role.business_unit_id) == (copy, root, unit)
    assert role.template_id == "d7dbad50-c0f6-4b30-81cf-d2158f1e7c06"


async def test_a_privilege_tells_how_far_it_can_reach(world: World) -> None:
    account = await privilege(world, "prvWriteAccount")
    product = await privilege(world, "prvcreateproduct")

    assert (account.name, account.depths) == ("prvWriteAccount", frozenset(Depth))
    assert (product.name, product.depths) == ("prvCreateProduct", frozenset({Depth.GLOBAL}))
    assert await world.client.privilege("prvReadO'Neill") is None


async def test_what_a_user_holds_is_the_farthest_of_all_its_roles_and_teams(world: World) -> None:
    organization = world.organization
    femke = organization.add_user("Femke de Boer")
    sales = organization.add_team("Verkoop", members=[femke])
    write = await privilege(world, "prvWriteAccount")
    near = organization.add_role("Near", grants={"prvWriteAccount": Simulated.Basic})
    far = organization.add_role("Far", grants={"prvWriteAccount": Simulated.Deep})

    assert await world.client.held(user(femke), write) is None
    organization.assign(near, user=femke)
    organization.assign(far, team=sales)
    world.client.ask_anew()

    assert await world.client.held(user(femke), write) is Depth.DEEP
    assert await world.client.held(team(sales), write) is Depth.DEEP


async def test_a_role_tells_what_it_grants_and_a_privilege_who_has_it(world: World) -> None:
    organization = world.organization
    role = organization.add_role("Verkoper", grants={"prvWriteAccount": Simulated.Local})
    organization.copy_role(role, organization.add_business_unit("Export"))
    write = await privilege(world, "prvWriteAccount")

    assert await world.client.granted_by(role) == {write.id: Depth.LOCAL}
    assert [found.root_id for found in await world.client.roles_with(write.id)] == [role, role]


@pytest.mark.parametrize(
    ("depth", "own", "rights"),
    [
        (Simulated.Basic, True, {"WriteAccess"}),
        (Simulated.Basic, False, set()),
        (Simulated.Global, False, {"WriteAccess"}),
    ],
)
async def test_access_to_one_row_depends_on_depth_and_owner(
    world: World, depth: Simulated, own: bool, rights: set[str]
) -> None:
    organization = world.organization
    femke, daan = organization.add_user("Femke"), organization.add_user("Daan")
    organization.assign(organization.add_role("Role", grants={"prvWriteAccount": depth}), user=femke)
    unit = organization.root_unit
    account = organization.add(
        "account",
        name="Adatum",
        ownerid=Ref("systemuser", femke if own else daan),
        owningbusinessunit=Ref("businessunit", unit),
    )

    assert await world.client.access(user(femke), "accounts", account) == rights
    assert await world.client.access(user(femke), "accounts", NOBODY) is None
