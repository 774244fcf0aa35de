"""The connections file: what it takes, and what it says of everything else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.failures import SettingsInvalid
from bot.settings import (
    BasicSignIn,
    Certificate,
    ConnectionSettings,
    EntraSignIn,
    RoleSettings,
    load_settings,
)
from bot.settings.connections_file import LARGEST_FILE, read_connections
from bot.settings.entries import KEYS
from tests.certificates import KeyPair, self_signed

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
COMPANY = "99999999-8888-4777-8666-555555555555"
ONLINE: Mapping[str, str] = {
    "name": "Kleiweg",
    "tenant_id": TENANT,
    "client_id": CLIENT,
    "secret_env": "KLEIWEG_SECRET",
    "environment": "Production",
    "company_id": COMPANY,
}
ON_PREMISES: Mapping[str, str] = {
    "name": "Kelder",
    "username": "BOT",
    "secret_env": "KLEIWEG_SECRET",
    "base_url": "https://erp:7048/BC",
    "web_url": "https://erp/BC",
    "company_id": COMPANY,
}
VARIABLES = {"KLEIWEG_SECRET": "hush-hush", "EMPTY": ""}


def entry(values: Mapping[str, str]) -> str:
    return "\n".join(["[[connection]]", *(f"{key} = '{value}'" for key, value in values.items()), ""])


def without(values: Mapping[str, str], *keys: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if key not in keys}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "connections.toml"


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return self_signed("bot")


def read(file: Path, *entries: Mapping[str, str]) -> tuple[ConnectionSettings, ...]:
    file.write_text("\n".join(map(entry, entries)), encoding="utf-8")
    return read_connections(file, VARIABLES)


def refused(file: Path, content: str | bytes) -> tuple[str, ...]:
    """What is wrong with that content; nothing of it may quote a secret."""
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SettingsInvalid) as caught:
        read_connections(file, VARIABLES)
    problems = caught.value.problems
    assert problems
    assert all(str(file) in problem and "\n" not in problem for problem in problems)
    assert "hush-hush" not in "".join(problems)
    return tuple(problem.replace(str(file), "FILE") for problem in problems)


# What it takes


def test_several_connections_in_their_order(file: Path) -> None:
    online, on_premises = read(file, ONLINE | {"dataverse_url": "https://k.crm4.dynamics.com/"}, ON_PREMISES)
    assert online == ConnectionSettings(
        name="Kleiweg",
        company_id=COMPANY,
        sign_in=EntraSignIn(TENANT, CLIENT, SecretStr("hush-hush")),
        tenant=TENANT,
        environment="Production",
        base_url=None,
        web_url=None,
        dataverse_url="https://k.crm4.dynamics.com",
    )
    assert on_premises.sign_in == BasicSignIn("BOT", SecretStr("hush-hush"))
    assert (on_premises.environment, on_premises.base_url) == (None, "https://erp:7048/BC")


def test_on_premises_with_entra(file: Path) -> None:
    (found,) = read(file, without(ONLINE, "environment") | {"base_url": "https://erp:7048/BC"})
    assert isinstance(found.sign_in, EntraSignIn)
    assert found.environment is None


def test_a_secret_from_a_file_beside_it(file: Path) -> None:
    (file.parent / "kleiweg.secret").write_bytes("\ufeffhush~.hush\r\n".encode())
    (found,) = read(file, without(ONLINE, "secret_env") | {"secret_file": "kleiweg.secret"})
    assert isinstance(found.sign_in, EntraSignIn)
    assert found.sign_in.credential == SecretStr("hush~.hush")


def test_secrets_never_show(file: Path) -> None:
    assert "hush-hush" not in repr(read(file, ONLINE, ON_PREMISES))


CERTIFIED = without(ONLINE, "secret_env")


def write_pair(folder: Path, pair: KeyPair) -> None:
    (folder / "bot.pem").write_text(pair.certificate)
    (folder / "bot.key").write_text(pair.private_key)
    (folder / "locked.key").write_text(pair.locked_key("hush-hush"))
    (folder / "both.pem").write_text(pair.private_key + pair.certificate)
    (folder / "bot.pfx").write_bytes(pair.pfx("hush-hush"))
    (folder / "open.pfx").write_bytes(pair.pfx(None))


@pytest.mark.parametrize(
    "how",
    [
        {"certificate_file": "bot.pem", "private_key_file": "bot.key"},
        {"certificate_file": "bot.pem", "private_key_file": "locked.key", "passphrase_env": "KLEIWEG_SECRET"},
        {"certificate_file": "both.pem"},
        {"pfx_file": "bot.pfx", "passphrase_env": "KLEIWEG_SECRET"},
        {"pfx_file": "bot.pfx", "passphrase_file": "passphrase"},
        {"pfx_file": "open.pfx"},
    ],
)
def test_certificates(file: Path, pair: KeyPair, how: dict[str, str]) -> None:
    write_pair(file.parent, pair)
    (file.parent / "passphrase").write_text("hush-hush\n")
    (found,) = read(file, CERTIFIED | how)
    assert isinstance(found.sign_in, EntraSignIn)
    assert found.sign_in.credential == Certificate(SecretStr(pair.private_key), pair.certificate)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"certificate_file": "bot.pem", "private_key_file": "locked.key"}, "needs a passphrase"),
        (
            {
                "certificate_file": "bot.pem",
                "private_key_file": "bot.key",
                "passphrase_env": "KLEIWEG_SECRET",
            },
            "has no passphrase, but one is given",
        ),
        ({"certificate_file": "bot.pem"}, "is no private key in PEM form"),
        ({"private_key_file": "bot.key"}, "certificate_file: missing"),
        ({"certificate_file": "bot.key"}, "goes with no certificate"),
        ({"certificate_file": "bot.pem", "private_key_file": "foreign.key"}, "does not belong to the cert"),
        ({"pfx_file": "bot.pfx"}, "pfx_file: cannot be opened"),
        ({"pfx_file": "bot.pem"}, "pfx_file: cannot be opened"),
        ({"pfx_file": "bot.pfx", "certificate_file": "both.pem"}, "does not go with"),
        ({"pfx_file": "absent.pfx"}, "pfx_file: there is no such file"),
        ({"pfx_file": "."}, "pfx_file: there is no such file"),
        ({"certificate_file": "huge"}, "is larger than 64 KB"),
    ],
)
def test_certificates_that_do_not_do(file: Path, pair: KeyPair, how: dict[str, str], words: str) -> None:
    write_pair(file.parent, pair)
    (file.parent / "foreign.key").write_text(self_signed("foreign").private_key)
    (file.parent / "huge").write_bytes(b"x" * 70_000)
    (problem,) = refused(file, entry(CERTIFIED | how))
    assert words in problem


# What it says


def test_all_problems_at_once_each_with_its_line(file: Path) -> None:
    content = entry(
        {
            "name": "Kleiweg",
            "tennant_id": TENANT,
            "client_id": "no guid",
            "secret": "hush-hush",
            "environment": "Production",
        }
    ) + entry(ONLINE | {"name": "Bakker", "dataverse_url": "ftp://x", "secret_env": "EMPTY"})
    assert refused(file, content) == (
        "FILE:1: Kleiweg: company_id: missing. Id of the company (a GUID)",
        "FILE:1: Kleiweg: tenant_id: missing. Directory (tenant) id in Entra",
        (
            "FILE:1: Kleiweg: secret_env: missing. "
            "Give one of secret_env, secret_file, certificate_file, pfx_file"
        ),
        "FILE:3: Kleiweg: tennant_id: unknown key; did you mean tenant_id?",
        "FILE:4: Kleiweg: client_id: must be a GUID such as 1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10",
        (
            "FILE:5: Kleiweg: secret: secrets do not belong into this file; "
            "give secret_env or secret_file instead"
        ),
        "FILE:11: Bakker: secret_env: names an environment variable that is not set",
        "FILE:14: Bakker: dataverse_url: must be an address that begins with https://",
    )


@pytest.mark.parametrize("key", sorted(ONLINE))
def test_every_missing_key_is_named(file: Path, key: str) -> None:
    (problem,) = refused(file, entry(without(ONLINE, key)))
    assert f": {key}: missing. " in problem


@pytest.mark.parametrize("key", ["username", "secret_env", "base_url", "company_id", "name"])
def test_every_missing_key_on_premises_is_named(file: Path, key: str) -> None:
    problems = refused(file, entry(without(ON_PREMISES, key)))
    wanted = {"base_url": "environment", "username": "tenant_id"}.get(key, key)
    assert any(f": {wanted}: missing. " in problem for problem in problems)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": 'say "hi"'}, "name: must be 1 to 60 characters"),
        ({"name": "x" * 61}, "name: must be 1 to 60 characters"),
        ({"company_id": "CRONUS"}, "company_id: must be a GUID"),
        ({"tenant_id": "https://x"}, "tenant_id: must be the tenant's id"),
        ({"environment": "a/b"}, "environment: must be an environment's name"),
        ({"environment": " "}, "environment: must not be empty"),
        ({"base_url": "http://example.com"}, "base_url: must begin with https://"),
        ({"base_url": "https://example.com:x"}, "base_url: must be an address"),
        ({"base_url": "https://[::1"}, "base_url: must be an address"),
        ({"web_url": "https://u:p@example.com"}, "web_url: must be a bare address"),
        ({"authority_host": "login"}, "authority_host: must be an address"),
        ({"secret_env": "hush-hush"}, "secret_env: must be the name of an environment variable"),
        ({"secret_env": "NOT_SET"}, "secret_env: names an environment variable that is not set"),
        ({"secret_file": "absent"}, "secret_file: does not go with secret_env"),
        ({"username": "BOT"}, "basic authentication is gone online"),
    ],
)
def test_wrong_values(file: Path, changed: dict[str, str], words: str) -> None:
    problems = refused(file, entry(ONLINE | changed))
    assert any(words in problem for problem in problems)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe", "UTF-8"), (b"", "one line"), (b"a\nb", "one line"), (b"a\x00", "one line")],
)
def test_secret_files_that_hold_no_secret(file: Path, content: bytes, words: str) -> None:
    (file.parent / "secret").write_bytes(content)
    (problem,) = refused(file, entry(without(ONLINE, "secret_env") | {"secret_file": "secret"}))
    assert words in problem


def test_values_that_are_no_text(file: Path) -> None:
    problems = refused(file, entry(without(ONLINE, "company_id")) + "company_id = 12\nbase_url = ['x']\n")
    assert problems == (
        'FILE:7: Kleiweg: company_id: must be text in quotes, as in key = "value"',
        'FILE:8: Kleiweg: base_url: must be text in quotes, as in key = "value"',
    )


def test_names_and_companies_are_unique(file: Path) -> None:
    problems = refused(file, entry(ONLINE) + entry(ONLINE | {"name": "KLEIWEG", "environment": "PRODUCTION"}))
    assert problems == (
        "FILE:9: KLEIWEG: name: is used in line 2 already",
        "FILE:14: KLEIWEG: company_id: is the company of Kleiweg already",
    )


def test_the_same_company_of_another_environment_is_another(file: Path) -> None:
    assert len(read(file, ONLINE, ONLINE | {"name": "Sandbox", "environment": "Sandbox"})) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "holds no [[connection]]"),
        ("connection = []", "holds no [[connection]]"),
        ("connection = 1", "must be written with two brackets"),
        ("[connection]\nname = 'x'", "must be written with two brackets"),
        ("connection = [1]", "connection 1: connection: must be a table"),
        ("[[connections]]", "connections: unknown; did you mean [[connection]]?"),
        ("[settings]\nx = 1", "settings: unknown"),
        ("not toml at all", "is no TOML (see line 1, column 5)"),
        ("[[connection]]\nname = 'hush-hush", "is no TOML (see end of document)"),
        ("x = " + "[" * 5_000, "is no TOML"),
        ("x = " + "9" * 5_000, "is no TOML"),
        (b"name = '\xff'", "must be UTF-8 text (it is not at byte 8)"),
        (b"\x00" * 20, "is no TOML"),
        (b"#" * (LARGEST_FILE + 1), "is larger than 1,024 KB"),
    ],
)
def test_files_that_are_none(file: Path, content: str | bytes, words: str) -> None:
    assert any(words in problem for problem in refused(file, content))


def test_no_file_a_folder_and_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("absent", ".", "pipe"):
        with pytest.raises(SettingsInvalid, match="there is no such file"):
            read_connections(tmp_path / name, {})


def test_lines_are_left_out_where_they_cannot_be_known(file: Path) -> None:
    (problem,) = refused(
        file,
        f"connection = [{{ name = 'x', base_url = 'https://x', username = 'u', company_id = '{COMPANY}' }}]",
    )
    assert problem.startswith("FILE: x: secret_env: missing")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_content_is_refused_in_words(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsInvalid):
        read_connections(file, {})


VALUES = st.sampled_from(
    ["", "x", TENANT, CLIENT, "Production", "https://x", "KLEIWEG_SECRET", "\u202e", "."]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*sorted(KEYS), "secret", "nmae", '"\\u202e"']), VALUES), max_size=3
    )
)
def test_any_entries_are_read_or_refused_in_lines(
    tmp_path_factory: pytest.TempPathFactory, entries: list[dict[str, str]]
) -> None:
    """Whatever is combined: connections with all they need, or problems that name file and key."""
    file = tmp_path_factory.getbasetemp() / "entries.toml"
    file.write_text("\n".join(map(entry, entries)), encoding="utf-8")
    try:
        found = read_connections(file, VARIABLES)
    except SettingsInvalid as failure:
        for problem in failure.problems:
            assert problem.startswith(str(file))
            assert problem.isprintable()
        return
    assert len(found) == len(entries) > 0
    for connection in found:
        assert connection.environment is None or connection.tenant is not None
        assert connection.environment is not None or connection.base_url is not None


def test_roles_are_those_of_the_entry_or_else_those_of_the_environment(file: Path) -> None:
    text = entry(ONLINE) + "admins = ['<@U012ABC|kim>', 'S034DEF', 'workspace-admins']\n"
    file.write_text(text)
    (connection,) = read_connections(file, VARIABLES, RoleSettings(fixer=("U0FIXER",)))
    assert connection.roles == RoleSettings(
        admin=("U012ABC", "S034DEF", "workspace-admins"), fixer=("U0FIXER",)
    )


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("'U012ABC'", "must be a list of texts"),
        ("['U012ABC', 7]", "must be a list of texts"),
        ("[]", "must name somebody"),
        ("['kim']", "must be ids of users (U...) or user groups (S...)"),
        ("['@kim', 'U012ABC']", "must be ids of users"),
        (str([f"U0{n:05d}" for n in range(201)]), "must name at most 200"),
    ],
)
def test_who_is_nobody_is_refused(file: Path, value: str, what: str) -> None:
    file.write_text(f"{entry(ONLINE)}fixers = {value}\n")
    with pytest.raises(SettingsInvalid) as refused:
        read_connections(file, VARIABLES)
    (line,) = refused.value.problems
    assert line.startswith(f"{file}:8: Kleiweg: fixers: {what}")


def test_roles_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLE_ADMINS", " U012ABC, S034DEF ,")
    assert load_settings().roles == RoleSettings(admin=("U012ABC", "S034DEF"))
    monkeypatch.setenv("ROLE_VIEWERS", "kim")
    with pytest.raises(SettingsInvalid, match="ROLE_VIEWERS: must be ids of users"):
        load_settings()
