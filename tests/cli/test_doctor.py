"""``syncerrors doctor`` at the shell: people, scripts, exit codes; offline and the same every time."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner, Result

from bot.cli.commands import app
from bot.cli.worlds import SECRET
from bot.operations.doctor.values import Check


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


def test_a_healthy_set_up_works() -> None:
    result = run("--demo", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["works"] is True
    checks = [*told["checks"], *told["connections"][0]["checks"]]
    assert {one["verdict"] for one in checks} == {"good"}
    assert {one["check"] for one in checks} == {str(check) for check in Check}
    assert result.stdout == run("--demo", "--json").stdout, "the same every time"


def test_a_broken_one_says_who_does_what(capsys: pytest.CaptureFixture[str]) -> None:
    result = run("--demo-broken")
    assert result.exit_code == 1
    shown = " ".join(result.stdout.split())
    for words in (
        "✘ Slack scopes: The token lacks 2 scopes: files:write, usergroups:read.",
        "✘ Extension: Version 0.9.2.0 is too old",
        "(error AADSTS7000222). The client secret has expired.",
        "Business Central does not know the environment that the bot is set up for.",
        "? Not looked at because of “Sign-in for Business Central”: Environment and company, Extension,",
        "checks failed.",
    ):
        assert words in shown
    assert shown.count("Sign-in for Business Central”") == 2, "said once for all that waits for it in a group"
    assert "? Not looked at because of “Environment and company”: Restored or copied (Northgate)." in shown
    at = [shown.index(words) for words in ("Settings:", "Expiry of", "Worker:", "Last reading (Kleiweg):")]
    assert at == sorted(at)
    assert SECRET not in result.output
    assert not re.search(r"xox[bap]-|Bearer|BEGIN ", result.output)


def test_one_connection_in_dutch() -> None:
    result = run("--demo-broken", "--connection", "koren", "--locale", "nl-NL")
    assert result.exit_code == 1
    assert "Het clientgeheim is verlopen." in " ".join(result.stdout.split())
    assert "Northgate" not in result.stdout
    unknown = run("--demo", "--connection", "Korenaaar")
    assert unknown.exit_code == 2, "nothing is known to be broken"
    assert "Did you mean Korenaar?" in unknown.output


def test_settings_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BC_COMPANY_ID", "CONNECTIONS_FILE", "AZURE_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)
    result = run()
    assert result.exit_code == 2
    assert "BC_COMPANY_ID: missing" in result.output
    as_json = run("--json")
    assert as_json.exit_code == 2
    assert any("BC_COMPANY_ID" in line for line in json.loads(as_json.stdout)["settings"])
