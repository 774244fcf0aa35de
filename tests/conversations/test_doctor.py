"""``/syncerrors doctor``: answers per connection, what to do next, and nothing secret."""

from __future__ import annotations

import pytest

from bot.operations.rights import Act
from tests.conversations.conftest import CLIENT, TENANT, Stage
from tests.conversations.several import CLIENT as CLIENT_OF_MANY
from tests.conversations.several import Several


async def test_it_says_what_is_fine_and_what_is_not(stage: Stage) -> None:
    await stage.read()
    stage.source.withheld = frozenset({(5339, "Delete")})
    shown = (await stage.kim.command("/syncerrors doctor")).plain()
    assert "Integration Synch. Job Errors (5339): Delete" in shown
    assert "An administrator of Business Central: Open the page Microsoft Entra Applications" in shown
    assert "✅ Sign-in for Business Central: Microsoft Entra gives a token." in shown
    assert "No Slack token" not in shown, "the very Slack that shows this is looked at"
    assert "✅ Slack token: Slack knows the bot as" in shown
    told = ("Settings:", "Clock:", "Database:", "Extension:", "Request limit:", "Worker", "Last reading:")
    assert [shown.index(words) for words in told] == sorted(shown.index(words) for words in told)
    assert not any("Checking everything" in message.plain() for message in stage.kim.messages)


async def test_who_has_to_wait_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.doctor.SILENT_SECONDS", 0.0)
    assert "Checking everything" in (await stage.kim.command("/syncerrors doctor")).plain()
    await stage.kim.until("Check again")


async def test_check_again_replaces_the_answer(stage: Stage) -> None:
    await stage.read()
    stage.entra.expire_secret(TENANT, CLIENT)
    first = await stage.kim.command("/syncerrors doctor")
    assert "The client secret has expired" in first.plain()
    assert "Not looked at because of “Sign-in for Business Central”" in first.plain()
    stage.entra.renew_secret(TENANT, CLIENT)
    again = await stage.kim.click("Check again", message=first)
    assert "expired" not in again.plain()
    assert again.ts == first.ts


async def test_in_dutch(stage: Stage) -> None:
    shown = (await stage.sanne.command("/syncerrors dokter")).plain()
    assert "Aanmelding voor Business Central" in shown
    assert "Business Central is nog niet gelezen." in shown


@pytest.mark.parametrize("roles", [{"role_fixers": "U0NOBODY"}])
async def test_who_may_not_fix_may_not_examine(stage: Stage) -> None:
    assert Act.DOCTOR == "doctor"
    shown = (await stage.sanne.command("/syncerrors doctor")).plain()
    assert "de inrichting controleren" in shown
    assert "Replica" not in shown


async def test_all_connections_at_once(several: Several) -> None:
    practice = several.practice
    practice.entra.expire_secret(practice.customers["Zwart"].tenant, CLIENT_OF_MANY)
    one = (await several.kim.command("/syncerrors doctor connection:Bakker")).plain()
    assert "Zwart" not in one
    every = (await several.kim.command("/syncerrors doctor all")).plain()
    assert [name in every for name in ("Bakker", "Van Dijk", "Zwart")] == [True] * 3
    assert "AADSTS7000222" in every
    assert "✅ Fine: Sign-in for Business Central" in every, "of many companies in short"
