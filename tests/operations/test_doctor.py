"""The doctor: each check, what breaks it, and what a broken one keeps from being looked at."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.examining import open_doctor
from bot.app.manifest import manifest
from bot.cards.periods import period_words
from bot.cards.texts import Texts
from bot.cli.examining import _World as World
from bot.cli.worlds import CLIENT_ID, CUSTOMERS
from bot.operations.doctor.connection import numbers
from bot.operations.doctor.expiry import expiry_of
from bot.operations.doctor.past import PERIODS, ends_at
from bot.operations.doctor.values import Check, Finding, Outcome, Report, Verdict
from bot.settings import BasicSignIn, Certificate, EntraSignIn
from bot.simulator.businesscentral import PermissionSet, RetentionPolicy
from bot.simulator.dataverse.believable import OWN_ROLE
from tests.certificates import self_signed

CUSTOMER = replace(CUSTOMERS[2], errors=12)
TENANT = CUSTOMER.tenant


@dataclass
class Practice:
    """One company, healthy until a test breaks something."""

    world: World
    stack: AsyncExitStack

    async def examine(self) -> Report:
        async with open_doctor(self.world.settings, self.world.outside) as doctor:
            return await doctor.examine(list(doctor.connections))

    async def of(self, check: Check) -> Finding:
        return next(one for one in (await self.examine()).findings if one.check is check)


@pytest.fixture
async def practice() -> AsyncIterator[Practice]:
    async with AsyncExitStack() as stack:
        world = await World.opened(stack, [CUSTOMER], manifest(), {})
        await world.read()
        world.organize()
        world.work(stack)
        yield Practice(world, stack)


async def test_a_healthy_set_up_has_every_check_in_order_and_all_good(practice: Practice) -> None:
    report = await practice.examine()
    assert {one.verdict for one in report.findings} == {Verdict.GOOD}
    assert report.is_well
    assert [one.check for one in report.findings] == list(Check)


async def test_where_the_published_page_is_read_nothing_is_said_of_what_it_does_not_tell(
    practice: Practice,
) -> None:
    server, file = practice.world.companies[0].server, _file(practice.world)
    server.faults.extension_missing()
    file.write_text(file.read_text() + 'error_page = "SyncErrors"\n')
    missing = await practice.of(Check.EXTENSION)
    assert (missing.verdict, missing.facts["what"]) == (Verdict.BROKEN, "page")
    server.published_pages = frozenset({"SyncErrors"})
    found = {one.check: one for one in (await practice.examine()).findings}
    assert (found[Check.EXTENSION].verdict, found[Check.EXTENSION].outcome) == (
        Verdict.NOTE,
        Outcome.EXTENSION_INSTEAD,
    )
    for check in (Check.READ_SET, Check.SYNC_SET, Check.CONNECTION, Check.RETENTION):
        assert found[check].because is Check.EXTENSION, check
    assert {found[check].verdict for check in (Check.REPLICA, Check.NUMBERS)} == {Verdict.GOOD}


async def test_looking_changes_nothing(practice: Practice) -> None:
    server = practice.world.companies[0].server
    await practice.examine()
    assert {request.method for request in server.requests} == {"GET"}
    asked = {call.method for call in practice.world.slack.calls}
    assert asked == {"auth.test", "apps.connections.open", "conversations.info"}


BREAKAGES: list[tuple[str, Callable[[World], object], Check, Verdict, Outcome]] = [
    (
        "secret",
        lambda w: w.entra.register(TENANT, CLIENT_ID, "another"),
        Check.ENTRA,
        Verdict.BROKEN,
        Outcome.FAILURE,
    ),
    (
        "no entra",
        lambda w: w.entra.faults.unreachable(99),
        Check.ENTRA_DATAVERSE,
        Verdict.BROKEN,
        Outcome.FAILURE,
    ),
    (
        "not set up there",
        lambda w: w.companies[0].server.faults.unauthorized(),
        Check.PLACE,
        Verdict.BROKEN,
        Outcome.FAILURE,
    ),
    (
        "no extension",
        lambda w: w.companies[0].server.faults.extension_missing(),
        Check.EXTENSION,
        Verdict.BROKEN,
        Outcome.FAILURE,
    ),
    (
        "first extension",
        lambda w: w.companies[0].server.faults.extension_old(),
        Check.EXTENSION,
        Verdict.NOTE,
        Outcome.EXTENSION_UNVERSIONED,
    ),
    (
        "old extension",
        lambda w: setattr(w.companies[0].company, "extension_version", "0.9.9.9"),
        Check.EXTENSION,
        Verdict.BROKEN,
        Outcome.EXTENSION_OLD,
    ),
    (
        "old business central",
        lambda w: setattr(w.companies[0].company, "application_version", "25.4.1.0"),
        Check.EXTENSION,
        Verdict.NOTE,
        Outcome.APPLICATION_OLD,
    ),
    (
        "no set",
        lambda w: setattr(w.companies[0].server, "permission_sets", frozenset()),
        Check.READ_SET,
        Verdict.BROKEN,
        Outcome.FAILURE,
    ),
    (
        "a permission less",
        lambda w: setattr(w.companies[0].server, "withheld", frozenset({(5339, "Delete")})),
        Check.READ_SET,
        Verdict.BROKEN,
        Outcome.SET_LACKS,
    ),
    (
        "half of the other set",
        lambda w: setattr(w.companies[0].server, "withheld", frozenset({(700, "Insert")})),
        Check.SYNC_SET,
        Verdict.BROKEN,
        Outcome.SET_LACKS,
    ),
    (
        "read alone",
        lambda w: setattr(w.companies[0].server, "permission_sets", frozenset({PermissionSet.READ})),
        Check.SYNC_SET,
        Verdict.NOTE,
        Outcome.SYNC_NOT_GIVEN,
    ),
    (
        "switched off",
        lambda w: setattr(w.companies[0].company.synchronization.connections[0], "enabled", False),
        Check.CONNECTION,
        Verdict.BROKEN,
        Outcome.CONNECTION_OFF,
    ),
    (
        "another dataverse",
        lambda w: setattr(
            w.companies[0].company.synchronization.connections[0],
            "environment_url",
            "https://elsewhere.crm4.dynamics.com",
        ),
        Check.CONNECTION,
        Verdict.NOTE,
        Outcome.CONNECTION_ELSEWHERE,
    ),
    (
        "none",
        lambda w: w.companies[0].company.synchronization.connections.clear(),
        Check.CONNECTION,
        Verdict.NOTE,
        Outcome.CONNECTION_NONE,
    ),
    (
        "privilege",
        lambda w: w.companies[0].organization.revoke(_own_role(w), "prvReadTeam"),
        Check.PRIVILEGES,
        Verdict.BROKEN,
        Outcome.PRIVILEGES_MISSING,
    ),
    (
        "short retention",
        lambda w: setattr(w.companies[0].company, "retention", RetentionPolicy(period="1 Week")),
        Check.RETENTION,
        Verdict.NOTE,
        Outcome.RETENTION_SHORT,
    ),
    (
        "a retention of a formula",
        lambda w: setattr(w.companies[0].company, "retention", RetentionPolicy(period="Custom")),
        Check.RETENTION,
        Verdict.NOTE,
        Outcome.RETENTION_UNTOLD,
    ),
    (
        "a retention that never deletes",
        lambda w: setattr(w.companies[0].company, "retention", RetentionPolicy(period="Never Delete")),
        Check.RETENTION,
        Verdict.GOOD,
        Outcome.RETENTION_OFF,
    ),
    (
        "no retention",
        lambda w: setattr(w.companies[0].company, "retention", RetentionPolicy(enabled=False, period="")),
        Check.RETENTION,
        Verdict.GOOD,
        Outcome.RETENTION_OFF,
    ),
    (
        "away for long",
        lambda w: w.clock.advance(timedelta(days=40).total_seconds()),
        Check.RETENTION,
        Verdict.BROKEN,
        Outcome.RETENTION_EATS,
    ),
    (
        "late",
        lambda w: w.clock.advance(timedelta(hours=1).total_seconds()),
        Check.PULL,
        Verdict.BROKEN,
        Outcome.PULL_LATE,
    ),
    (
        "restored",
        lambda w: w.companies[0].company.restore(w.clock.now() - timedelta(days=8)),
        Check.NUMBERS,
        Verdict.NOTE,
        Outcome.NUMBERS_BELOW,
    ),
    (
        "token",
        lambda w: setattr(w.settings, "slack_bot_token", SecretStr("xoxb-another")),
        Check.SLACK_TOKEN,
        Verdict.BROKEN,
        Outcome.TOKEN_REFUSED,
    ),
    (
        "no token",
        lambda w: setattr(w.settings, "slack_bot_token", None),
        Check.SLACK_TOKEN,
        Verdict.NOTE,
        Outcome.TOKEN_NOT_SET,
    ),
    (
        "app token",
        lambda w: setattr(w.settings, "slack_app_token", SecretStr("xapp-another")),
        Check.SLACK_APP_TOKEN,
        Verdict.BROKEN,
        Outcome.APP_TOKEN_REFUSED,
    ),
    (
        "put out",
        lambda w: w.slack.general.members.clear(),
        Check.SLACK_CHANNELS,
        Verdict.BROKEN,
        Outcome.CHANNELS_LOST,
    ),
    (
        "file broken now",
        lambda w: _file(w).write_text("[[connection]]\nname = 'x'\n"),
        Check.SETTINGS,
        Verdict.BROKEN,
        Outcome.SETTINGS_BROKEN_NOW,
    ),
]


@pytest.mark.parametrize(
    ("break_it", "check", "verdict", "outcome"),
    [one[1:] for one in BREAKAGES],
    ids=[one[0] for one in BREAKAGES],
)
async def test_what_is_broken_is_found(
    practice: Practice,
    break_it: Callable[[World], object],
    check: Check,
    verdict: Verdict,
    outcome: Outcome,
) -> None:
    if outcome is Outcome.SETTINGS_BROKEN_NOW:
        async with open_doctor(practice.world.settings, practice.world.outside) as doctor:
            break_it(practice.world)
            report = await doctor.examine(list(doctor.connections))
    else:
        break_it(practice.world)
        report = await practice.examine()
    found = next(one for one in report.findings if one.check is check)
    assert (found.verdict, found.outcome) == (verdict, outcome)
    assert report.is_well is (verdict is not Verdict.BROKEN)


async def test_a_failure_says_what_it_keeps_from_being_looked_at(practice: Practice) -> None:
    practice.world.entra.expire_secret(TENANT, CLIENT_ID)
    report = await practice.examine()
    (patient,) = report.patients
    found = {one.check: one for one in patient.findings}
    assert found[Check.ENTRA].facts["code"] == "AADSTS7000222"
    for check in (Check.PLACE, Check.EXTENSION, Check.READ_SET, Check.REPLICA, Check.NUMBERS):
        assert (found[check].verdict, found[check].because) == (Verdict.UNKNOWN, Check.ENTRA)
    assert found[Check.PRIVILEGES].because is Check.ENTRA_DATAVERSE
    for check in (Check.RATE_LIMIT, Check.CREDENTIAL, Check.PULL):
        assert found[check].verdict is Verdict.GOOD


async def test_a_replica_that_catches_up_is_timed_and_one_that_does_not_is_named(practice: Practice) -> None:
    company, server = practice.world.companies[0].company, practice.world.companies[0].server
    server.faults.replica_lag(5)
    company.log_error(message="x", source="Customer: 1")
    found = await practice.of(Check.REPLICA)
    assert (found.outcome, found.facts["seconds"]) == (Outcome.REPLICA_BEHIND, 6)
    server.faults.replica_lag(3_600)
    company.log_error(message="y", source="Customer: 2")
    assert (await practice.of(Check.REPLICA)).outcome is Outcome.REPLICA_FAR_BEHIND


async def test_without_a_store_everything_else_is_looked_at(practice: Practice) -> None:
    practice.world.settings = practice.world.settings.model_copy(
        update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"}
    )
    report = await practice.examine()
    found = {one.check: one for one in report.findings}
    assert (found[Check.DATABASE].verdict, found[Check.DATABASE].facts["key"]) == (
        Verdict.BROKEN,
        "store.unavailable",
    )
    blocked = {one.check for one in report.findings if one.because is Check.DATABASE}
    assert blocked == {
        Check.MIGRATIONS,
        Check.WORKER,
        Check.SLACK_CHANNELS,
        Check.RETENTION,
        Check.PULL,
        Check.NUMBERS,
    }
    assert found[Check.PRIVILEGES].verdict is Verdict.GOOD


async def test_a_database_that_is_not_there_yet_is_not_made_by_looking(
    practice: Practice, tmp_path: Path
) -> None:
    practice.world.settings = practice.world.settings.model_copy(
        update={"database_url": f"sqlite:///{tmp_path / 'bot.db'}"}
    )
    assert (await practice.of(Check.DATABASE)).outcome is Outcome.DATABASE_NONE
    assert os.listdir(tmp_path) == []  # noqa: PTH208 # nothing was made


async def test_scopes_and_clock(practice: Practice) -> None:
    async with AsyncExitStack() as stack:
        declared = {**manifest(), "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}}}
        world = await World.opened(stack, [CUSTOMER], declared, {})
        await world.read()
        world.work(stack)
        one = Practice(world, stack)
        found = await one.of(Check.SLACK_SCOPES)
        assert found.outcome is Outcome.SCOPES_MISSING
        assert "files:write" in str(found.facts["scopes"])
    for seconds, outcome in ((90, Outcome.CLOCK_OFF), (400, Outcome.CLOCK_WRONG)):
        async with open_doctor(practice.world.settings, practice.world.outside) as doctor:
            theirs = practice.world.clock.now() - timedelta(seconds=seconds)
            assert doctor.house.slack._clock(theirs).outcome is outcome


def test_the_end_of_a_credential() -> None:
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    secret = EntraSignIn("t", "c", SecretStr("s"))
    for last, outcome in (
        (None, Outcome.SECRET_UNKNOWN),
        (date(2026, 3, 3), Outcome.SECRET_EXPIRED),
        (date(2026, 3, 4), Outcome.SECRET_ENDS),
        (date(2026, 4, 2), Outcome.SECRET_ENDS),
        (date(2026, 5, 1), Outcome.SECRET_FINE),
    ):
        assert expiry_of(replace(secret, secret_expires=last), now).outcome is outcome
    assert expiry_of(BasicSignIn("u", SecretStr("k")), now).outcome is Outcome.KEY_UNKNOWN
    pair = self_signed("bot")
    signed = replace(secret, credential=Certificate(SecretStr(pair.private_key), pair.certificate))
    begins, ends = pair.issued.not_valid_before_utc, pair.issued.not_valid_after_utc
    assert expiry_of(signed, ends).outcome is Outcome.CERTIFICATE_EXPIRED
    assert expiry_of(signed, ends - timedelta(seconds=1)).outcome is Outcome.CERTIFICATE_ENDS
    assert expiry_of(signed, begins - timedelta(seconds=1)).outcome is Outcome.CERTIFICATE_EARLY


def test_versions_and_periods() -> None:
    assert numbers("26.3.36158.0") == (26, 3, 36158, 0)
    assert numbers("1.x") == (1, 0)
    now = datetime(2026, 3, 31, tzinfo=UTC)
    assert ends_at("1 Month", now) == datetime(2026, 2, 28, tzinfo=UTC)
    assert ends_at("1 Week", now) == now - timedelta(days=7)
    assert ends_at("3 Years", now) == datetime(2023, 3, 31, tzinfo=UTC)
    assert ends_at("Never Delete", now) is None


def test_every_period_that_can_be_reckoned_has_words() -> None:
    english, dutch = Texts.for_locale("en"), Texts.for_locale("nl")
    assert all(period_words(name, english) for name in PERIODS)
    assert [str(period_words("3 Months", texts)) for texts in (english, dutch)] == ["3 months", "3 maanden"]
    assert not period_words("Custom", english)


def _own_role(world: World) -> str:
    rows = world.companies[0].organization.rows("role")
    return next(str(row["roleid"]) for row in rows if row["name"] == OWN_ROLE)


def _file(world: World) -> Path:
    assert world.settings.connections_file is not None
    return Path(world.settings.connections_file)
