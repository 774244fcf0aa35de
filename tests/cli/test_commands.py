"""The command ``syncerrors`` as a person at a shell meets it: real processes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.bench.suites import Suite
from bot.businesscentral.connection import connection_from
from bot.cli.activity import forget_somebody, tell_activity
from bot.cli.sentences import sentence_for
from bot.cli.worlds import real_world
from bot.failures import FilterUnknown, SettingsInvalid
from bot.settings import WORKSPACE, Need, Settings, load_settings, single_connection
from bot.store import Database, Pulls
from bot.store.values import Scope
from tests.store.pages_of_errors import READ_AT, error, page

GUID = "11111111-2222-4333-8444-555555555555"
GOOD = {
    "AZURE_TENANT_ID": GUID,
    "AZURE_CLIENT_ID": GUID,
    "AZURE_CLIENT_SECRET": "s3cret-value",
    "BC_ENVIRONMENT": "Production",
    "BC_COMPANY_ID": GUID,
}


def environment(**variables: str) -> dict[str, str]:
    """Only what a process needs, so that nothing of this machine decides how the test ends."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"COLUMNS": "100", "PYTHONPATH": str(Path(__file__).parents[2])} | variables


def run(
    *arguments: str, stdin: str = "", cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 # our own program
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        cwd=cwd,
        env=environment(**variables),
    )


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    for command in ("demo", "demo-browser", "ask", "pull", "classify", "socket", "web", "worker", "migrate"):
        assert command in shown


def test_help_of_the_bench_names_every_suite() -> None:
    shown = run("bench", "--help").stdout
    for suite in Suite:
        assert suite.value in shown


def test_missing_settings_are_listed_all_at_once() -> None:
    result = run("socket")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    for variable in (
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "BC_ENVIRONMENT",
        "BC_COMPANY_ID",
    ):
        assert f"{variable}: missing" in result.stderr


def test_wrong_settings_are_listed_with_the_missing_ones_and_never_repeated() -> None:
    result = run(
        "socket",
        SLACK_BOT_TOKEN="hush-not-a-token",
        BC_COMPANY_ID="CRONUS",
        BC_BASE_URL="http://example.com",
        DATABASE_URL="mysql://x",
    )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "hush-not-a-token" not in result.stderr
    assert "SLACK_BOT_TOKEN: must begin with xoxb-" in result.stderr
    assert "BC_COMPANY_ID: must be a GUID" in result.stderr
    assert "BC_BASE_URL: must begin with https://" in result.stderr
    assert "DATABASE_URL: must begin with sqlite:// or postgresql://" in result.stderr
    assert "SLACK_APP_TOKEN: missing" in result.stderr
    assert "SLACK_BOT_TOKEN: missing" not in result.stderr


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PULL_INTERVAL_MINUTES", "often", "must be a whole number"),
        ("PULL_INTERVAL_MINUTES", "0", "must be 1 or more"),
        ("PULL_INTERVAL_MINUTES", "100000", "must be 1440 or less"),
        ("BC_ENVIRONMENT", "Production\nX-Header: 1", "must be an environment's name"),
        ("BC_ENVIRONMENT", "../x", "must be an environment's name"),
        ("AZURE_CLIENT_SECRET", "a\nb", "must be one line of text"),
        ("AZURE_CLIENT_SECRET", " ", "must be one line of text"),
        ("BC_BASE_URL", "https://[", "must be an address"),
        ("BC_BASE_URL", "https://server:99999999", "must be an address"),
        ("DATAVERSE_URL", "https://yourorg crm4", "must be an address"),
        ("DATAVERSE_URL", "yourorg.crm4.dynamics.com", "must be an address"),
    ],
)
def test_a_value_that_cannot_be_is_explained_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    for name, good in (GOOD | {variable: value}).items():
        monkeypatch.setenv(name, good)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings([Need.BUSINESS_CENTRAL])
    assert [problem.split(":")[0] for problem in refused.value.problems] == [variable]
    assert words in refused.value.problems[0]
    assert value.strip() == "" or value not in refused.value.problems[0]


def test_blanks_around_a_value_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, good in GOOD.items():
        monkeypatch.setenv(name, f" {good}\n")
    settings = load_settings([Need.BUSINESS_CENTRAL])
    assert settings.bc_environment == "Production"
    assert settings.azure_client_secret is not None
    assert settings.azure_client_secret.get_secret_value() == GOOD["AZURE_CLIENT_SECRET"]


@pytest.mark.parametrize("command", [["pull"], ["ask", "/syncerrors"]])
def test_commands_that_read_need_no_slack(command: list[str]) -> None:
    result = run(*command)
    assert result.returncode == 2
    assert "AZURE_TENANT_ID: missing" in result.stderr
    assert "SLACK" not in result.stderr


def test_pull_says_in_a_sentence_that_nobody_answers(tmp_path: Path) -> None:
    result = run("pull", cwd=tmp_path, **GOOD, AZURE_AUTHORITY_HOST="https://127.0.0.1:9")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "s3cret-value" not in result.stderr + result.stdout


def test_ask_answers_from_an_empty_store(tmp_path: Path) -> None:
    result = run("ask", "/syncerrors", cwd=tmp_path, **GOOD)
    assert result.returncode == 0, result.stderr
    assert "Refresh" in result.stdout


def test_ask_prints_the_exact_payload(tmp_path: Path) -> None:
    result = run("ask", "/syncerrors", "--demo", "--json", cwd=tmp_path)
    payload = json.loads(result.stdout)
    assert payload["response_type"] == "ephemeral"
    assert payload["text"]
    assert payload["blocks"][0]["type"] in {"header", "section"}


def test_ask_knows_one_command_only(tmp_path: Path) -> None:
    result = run("ask", "/deploy now", cwd=tmp_path, **GOOD)
    assert (result.returncode, result.stderr) == (2, "/deploy is not a valid command\n")


def test_ask_speaks_dutch(tmp_path: Path) -> None:
    result = run("ask", "help", "--locale", "nl-NL", cwd=tmp_path, **GOOD)
    assert "/syncerrors 4711" in result.stdout
    assert "Alleen u" in result.stdout or "Alleen jij" in result.stdout


def test_the_demo_works_in_a_pipe(tmp_path: Path) -> None:
    result = run("demo", stdin="/syncerrors\n1\nback to overview\nkorenaar\n/quit\n", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Bakkerij De Korenaar B.V." in result.stdout
    assert "sync errors" in result.stdout
    assert "What to do" in result.stdout
    assert "\x1b" not in result.stdout


def test_classify_answers_line_by_line_in_order() -> None:
    lines = [
        json.dumps("Currency Code EUR must be coupled to a record in Dataverse."),
        json.dumps({"text": "Principal user is missing prvReadAccount privilege."}),
        "{broken",
        json.dumps({"no": "text"}),
        json.dumps("\ud800 lone surrogate"),
        json.dumps("Hello"),
    ]
    result = run("classify", stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(lines)
    assert answers[0]["class"] == "coupling.dependency_not_coupled"
    assert answers[0]["params"]["value"] == "EUR"
    assert answers[1]["params"]["privilege"] == "prvReadAccount"
    assert "error" in answers[2]
    assert "error" in answers[3]
    assert answers[5]["class"] == "unknown"
    assert set(answers[0]) == {"class", "fixer", "language", "params", "rule"}
    assert result.returncode == 1


def test_classify_reads_a_file_and_names_one_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('"Hello"\n', encoding="utf-8")
    assert json.loads(run("classify", str(file)).stdout)["class"] == "unknown"
    missing = run("classify", str(tmp_path / "absent.jsonl"))
    assert missing.returncode == 2
    assert "Cannot read" in missing.stderr


def test_classify_stops_quietly_when_nobody_reads_on(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('"Hello"\n' * 20_000, encoding="utf-8")
    with subprocess.Popen(  # noqa: S603 # our own program
        [sys.executable, "-m", "bot", "classify", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


FILE = """
[[connection]]
name = "Kleiweg"
tenant_id = "11111111-2222-4333-8444-555555555555"
client_id = "11111111-2222-4333-8444-555555555555"
secret_env = "KLEIWEG_SECRET"
environment = "Production"
company_id = "11111111-2222-4333-8444-555555555555"

[[connection]]
name = "Bakker"
tennant_id = "x"
secret = "s3cret-value"
"""


def test_a_connections_file_is_complained_about_all_at_once(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.write_text(FILE)
    result = run("pull", cwd=tmp_path, CONNECTIONS_FILE=str(file), BC_COMPANY_ID=GUID, DATABASE_URL="x://")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "s3cret-value" not in result.stderr
    for line in (
        "DATABASE_URL: must begin with",
        "BC_COMPANY_ID: does not go with CONNECTIONS_FILE",
        f"{file}:6: Kleiweg: secret_env: names an environment variable that is not set",
        f"{file}:12: Bakker: tennant_id: unknown key; did you mean tenant_id?",
        f"{file}:10: Bakker: company_id: missing.",
    ):
        assert line in result.stderr


def test_a_connections_file_that_is_not_there(tmp_path: Path) -> None:
    result = run("ask", "help", cwd=tmp_path, CONNECTIONS_FILE="absent.toml")
    assert result.returncode == 2
    assert "CONNECTIONS_FILE: absent.toml: there is no such file" in result.stderr


def test_pull_reads_the_named_connection_only(tmp_path: Path) -> None:
    one = run("pull", "korenaar", "--demo", cwd=tmp_path)
    assert one.returncode == 0, one.stderr
    assert "Reading Korenaar" in one.stderr
    assert "Kleiweg" not in one.stderr
    typo = run("pull", "Kornaar", "--demo", cwd=tmp_path)
    assert typo.returncode == 1
    assert "Did you mean Korenaar?" in typo.stderr


def test_ask_about_a_named_connection(tmp_path: Path) -> None:
    result = run("ask", "/syncerrors", "--connection", "northgate", "--demo", cwd=tmp_path)
    assert "Northgate Marine Supplies Ltd." in result.stdout
    assert "All connections" in result.stdout


def test_the_operator_has_the_activity_and_can_remove_somebodys_data(tmp_path: Path) -> None:
    settings = operating(tmp_path)
    nothing = run("forget", "Customer: 10000", "--yes", cwd=tmp_path, **settings)
    assert (nothing.returncode, "nothing" in nothing.stdout) == (0, True), nothing.stderr
    asyncio.run(_store_one(settings["DATABASE_URL"]))
    done = run("forget", "Customer: 10001", "--yes", cwd=tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    assert "1 error, with its records" in done.stdout
    listed = run("activity", "by:ops", cwd=tmp_path, **settings)
    assert "ops at the shell · remove somebody's data (1) · done" in listed.stdout
    file = run("activity", "--csv", cwd=tmp_path, **settings).stdout
    assert '"shell","ops","","remove somebody\'s data","forget","","","done",1' in file
    assert "10001" not in listed.stdout + file


def test_nothing_is_removed_that_was_not_confirmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: each one more takes a second or two, and on a busy machine many times that."""
    settings = operating(tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def forgets(whom: str, *, confirmed: bool) -> tuple[int, str]:
        console = Console(file=StringIO(), width=100)
        code = asyncio.run(forget_somebody(real_world(), None, whom, console, confirmed))
        return code, cast("StringIO", console.file).getvalue()

    code, said = forgets("Customer: 10000", confirmed=True)
    assert (code, "nothing" in said) == (0, True)
    asyncio.run(_store_one(settings["DATABASE_URL"]))
    for _ in range(2):
        code, said = forgets("'Customer: 10001'", confirmed=False)
        assert code == 1
        assert "1 error, with its records" in said
        assert "Give --yes to remove this for good." in said
    with pytest.raises(FilterUnknown) as typo:
        asyncio.run(tell_activity(real_world(), None, "bye:ops", Console(file=StringIO()), as_csv=False))
    said = sentence_for(typo.value.key, typo.value.facts)
    assert "There is no filter “bye”. Did you mean by:?" in said


def operating(tmp_path: Path) -> dict[str, str]:
    """What an operator called ops has set."""
    return {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}", "USER": "ops", "LOGNAME": "ops"}


async def _store_one(address: str) -> None:
    """An error of the connection that ``GOOD`` describes."""
    connection = connection_from(
        single_connection(
            Settings.model_construct(
                **{name.lower(): value for name, value in GOOD.items() if "SECRET" not in name},
                azure_client_secret=SecretStr("s3cret-value"),
            )
        )
    )
    database = Database.open(address)
    scope = Scope(WORKSPACE, connection.key)
    await Pulls(database).store_page(scope, page([error(1), error(2)]), READ_AT)
    await database.close()
