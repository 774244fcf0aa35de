"""Where a missing privilege belongs, how far it must reach, and the script that grants it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.dataverse import Depth, Environment, Principal, PrincipalKind, Privilege, Role, Team
from bot.dataverse.asking import WAIT_SECONDS
from bot.dataverse.values import BusinessUnit
from bot.operations.access import Holding, Lack, Place, PrincipalFacts, Reason, Spot
from bot.operations.access.access import PATIENCE
from bot.operations.access.advice import depth_needed, holding_of, is_ones_own, place_for
from bot.operations.access.script import quoted, script_for
from bot.settings import EntraSignIn

GUID = "1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10"
EVERY = frozenset(Depth)
ROLE = Role("r", "Maatwerk", "unit", "root", None, is_managed=False, is_customizable=True)
STANDARD = replace(ROLE, name="Business Central Dataverse Integration", root_id="standard")
TEAM = Team("t", "Verkoop", BusinessUnit("unit", "kleiweg"), is_default=False)
WHO = PrincipalFacts(Principal(PrincipalKind.USER, GUID), "BC Integratie", "kleiweg", is_application=True)
ENVIRONMENT = Environment(
    "https://kleiweg.crm4.dynamics.com", EntraSignIn("kleiweg.example", GUID, SecretStr("never shown"))
)


def lack(place: Place, *, name: str = "prvWriteAccount", needed: Depth = Depth.GLOBAL) -> Lack:
    privilege = Privilege(GUID, name, EVERY)
    return Lack(privilege, None, Holding.MISSING, None, needed, Reason.SYNCHRONIZES, place)


@pytest.mark.parametrize(
    ("depths", "owns", "wanted"),
    [
        (EVERY, False, (Depth.GLOBAL, Reason.SYNCHRONIZES)),
        (EVERY, True, (Depth.BASIC, Reason.OWNS)),
        ({Depth.GLOBAL}, True, (Depth.GLOBAL, Reason.ONLY_ONE)),
        ({Depth.LOCAL, Depth.GLOBAL}, True, (Depth.LOCAL, Reason.OWNS)),
        ({Depth.BASIC, Depth.LOCAL}, False, (Depth.LOCAL, Reason.SYNCHRONIZES)),
        (set(), False, (Depth.GLOBAL, Reason.ONLY_ONE)),
    ],
)
def test_a_privilege_reaches_as_far_as_it_must_and_as_it_can(
    depths: set[Depth], owns: bool, wanted: tuple[Depth, Reason]
) -> None:
    assert depth_needed(Privilege(GUID, "prv", frozenset(depths)), owns=owns) == wanted


def test_a_privilege_that_reaches_too_short_is_not_there() -> None:
    assert holding_of(None, Depth.BASIC) is Holding.MISSING
    assert holding_of(Depth.BASIC, Depth.GLOBAL) is Holding.TOO_SHORT
    assert holding_of(Depth.BASIC, Depth.BASIC) is Holding.HELD
    assert holding_of(Depth.GLOBAL, Depth.LOCAL) is Holding.HELD


@pytest.mark.parametrize(
    "changes",
    [
        {"is_managed": True},
        {"is_customizable": False},
        {"name": " business central dataverse INTEGRATION "},
        {"name": "System Administrator"},
        {"template_id": "a2b18661-9ff5-e911-a812-000d3a0b9028", "name": "Renamed"},
    ],
)
def test_a_role_that_is_set_back_is_never_the_place(changes: dict[str, object]) -> None:
    role = replace(ROLE, **changes)  # type: ignore[arg-type] # names and types fit
    assert not is_ones_own(role)
    assert place_for(replace(WHO, roles=(role,)), [role]).spot is Spot.NEW_ROLE


def test_the_principals_own_role_goes_before_others_and_a_teams_role_is_left_alone() -> None:
    granting = replace(ROLE, name="Verkoop plus", root_id="plus")
    through = replace(ROLE, through=TEAM)
    assert place_for(replace(WHO, roles=(STANDARD, ROLE)), [granting]).name == "Maatwerk"
    assert place_for(replace(WHO, roles=(STANDARD, through)), [granting]) == Place(
        Spot.OTHER_ROLE, "Verkoop plus", "plus"
    )
    assert place_for(replace(WHO, roles=(through,)), []).spot is Spot.NEW_ROLE


@given(st.text())
def test_no_name_gets_out_of_its_quotes(name: str) -> None:
    written = quoted(name)
    inside = written[1:-1]
    assert (written[0], written[-1]) == ("'", "'")
    assert not re.search("[\\x00-\\x1f\\x7f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", inside)
    # PowerShell ends such a text at a quote that is not doubled.
    alone = re.sub("(['\u2018\u2019\u201a\u201b])\\1", "", inside)
    assert not re.search("['\u2018\u2019\u201a\u201b]", alone)


@given(st.text(min_size=1), st.sampled_from(Spot), st.sampled_from(PrincipalKind))
def test_a_script_differs_in_its_values_alone(name: str, spot: Spot, kind: PrincipalKind) -> None:
    who = replace(WHO, principal=Principal(kind, GUID), name=name)
    hostile = script_for(ENVIRONMENT, who, lack(Place(spot, name, GUID))).text
    tame = script_for(ENVIRONMENT, replace(who, name="x"), lack(Place(spot, "x", GUID))).text

    def others(text: str) -> list[str]:
        return [
            line for line in text.split("\r\n") if not line.startswith(("$principalName = ", "$roleName = "))
        ]

    assert others(hostile) == others(tame)
    assert "never shown" not in hostile


@pytest.mark.parametrize("spot", Spot)
@pytest.mark.parametrize("kind", PrincipalKind)
def test_a_script_asks_before_it_changes_anything_and_checks_in_the_end(
    spot: Spot, kind: PrincipalKind
) -> None:
    who = replace(WHO, principal=Principal(kind, GUID))
    script = script_for(ENVIRONMENT, who, lack(Place(spot, "Maatwerk", GUID)))
    lines = script.text.split("\r\n")

    assert script.name == "grant-prvWriteAccount.ps1"
    posts = [number for number, line in enumerate(lines) if "Invoke-Dataverse 'POST'" in line]
    asked = [number for number, line in enumerate(lines) if "ShouldProcess(" in line]
    assert len(posts) == len(asked) == {Spot.HELD_ROLE: 1, Spot.OTHER_ROLE: 2, Spot.NEW_ROLE: 3}[spot]
    assert all(any(0 < post - ask <= 2 for ask in asked) for post in posts)
    assert "AddPrivilegesRole" in script.text
    assert f"{kind}roles_association" in script.text
    for ask in asked:
        following = next(line for line in lines[ask + 1 :] if line.lstrip().startswith("elseif"))
        assert "(-not $WhatIfPreference) { Write-Host $stopped; return }" in following
    assert lines.index("if ($WhatIfPreference) { return }") > posts[-1], "only showing shows every change"
    check = "RetrieveTeamPrivileges" if kind is PrincipalKind.TEAM else "RetrieveUserPrivilegeByPrivilegeName"
    assert check in script.text.split("AddPrivilegesRole")[1]
    assert "$depth = 'Global'" in lines
    assert script.text.count("{") == script.text.count("}")
    assert script.text.count("(") == script.text.count(")")


def test_a_script_says_how_it_is_run_and_sends_nothing_that_powershell_refuses() -> None:
    script = script_for(ENVIRONMENT, WHO, lack(Place(Spot.NEW_ROLE, "Maatwerk", None)))
    assert f"Unblock-File ./{script.name}" in script.text
    assert f"./{script.name} -WhatIf" in script.text
    assert "ModuleVersion = '3.0.0' }\r\n" in script.text
    # Invoke-RestMethod throws at If-None-Match: null, which .NET takes for no entity tag.
    assert "If-None-Match" not in script.text
    assert "(Get-Reach $_.Depth) -ge (Get-Reach $depth)" in script.text, "too short a reach is not enough"


def test_who_is_asked_to_slow_down_hears_of_it_while_somebody_still_looks() -> None:
    assert WAIT_SECONDS < PATIENCE, "else the card says that there was no answer in time"


def test_a_sovereign_cloud_is_signed_in_to_at_its_own_door() -> None:
    sign_in = replace(ENVIRONMENT.sign_in, authority_host="https://login.microsoftonline.us")
    there = Environment("https://kleiweg.crm.microsoftdynamics.us", sign_in)
    text = script_for(there, WHO, lack(Place(Spot.HELD_ROLE, "Maatwerk", GUID))).text
    assert "$cloud = 'AzureUSGovernment'" in text
