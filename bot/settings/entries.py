"""One ``[[connection]]`` of the connections file: its keys checked, its secrets fetched."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot.dataclass import dataclass
from bot.settings import values
from bot.settings.certificates import certificate_from_pem, certificate_from_pfx
from bot.settings.connections import (
    AUDIENCE,
    AUTHORITY_HOST,
    BasicSignIn,
    Certificate,
    ConnectionSettings,
    EntraSignIn,
)
from bot.settings.roles import USUAL_ROLES, RoleSettings, several

KEYS: Final[Mapping[str, str]] = {
    "name": "What people call it, such as the customer's name",
    "tenant_id": "Directory (tenant) id in Entra",
    "client_id": "Application (client) id in Entra",
    "secret_env": "Environment variable with the client secret, or on-premises the web service access key",
    "secret_file": "File with that secret",
    "certificate_file": "PEM file with the certificate, instead of a secret",
    "private_key_file": "PEM file with its private key, where that is a file of its own",
    "pfx_file": "PFX file with certificate and private key, instead of a secret",
    "passphrase_env": "Environment variable with the passphrase of the private key or PFX file",
    "passphrase_file": "File with that passphrase",
    "secret_expires": "Last day of the client secret, so that the bot can warn; such as 2027-03-31",
    "authority_host": "Sign-in host, for sovereign clouds",
    "audience": "For whom tokens are, where that is not https://api.businesscentral.dynamics.com",
    "username": "User for basic authentication, on-premises only",
    "environment": "Name of the environment, such as Production; on-premises give base_url instead",
    "company_id": "Id of the company (a GUID)",
    "base_url": "Another API server; on-premises https://server:7048/instance",
    "server_tenant": "Tenant of a multitenant server, on-premises only",
    "error_page": "Service name of page 5339, published, where the extension cannot be installed",
    "web_url": "Web client, for links; needed on-premises only",
    "dataverse_url": "https://yourorg.crm4.dynamics.com",
    "dataverse_client_id": "Another application (client) id for Dataverse, which basic authentication needs",
    "dataverse_secret_env": "Environment variable with the client secret of that application",
    "dataverse_secret_file": "File with that secret",
    "admins": "Who does what cannot be undone: Slack ids of users or user groups, workspace-admins",
    "fixers": "Who works on errors: the same, or * for everybody",
    "viewers": "Who looks: the same",
}

_INLINE = frozenset(
    {"secret", "client_secret", "password", "passphrase", "web_service_key", "private_key", "key"}
)
_LARGEST_FILE = 64 * 1024
"""Bytes of a secret, a key or a certificate."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Complain = Callable[[str, str], None]
"""Told the key and what is wrong with it. Values are never repeated: one may be a secret in a wrong place."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where secrets come from."""

    folder: Path
    """Of the connections file: paths in it start there."""
    variables: Mapping[str, str]
    """The environment of the process."""
    roles: RoleSettings = USUAL_ROLES
    """For connections that name nobody themselves."""


def connection_of(
    entry: Mapping[str, object], around: Surroundings, complain: Complain
) -> ConnectionSettings | None:
    """The connection, or None where anything was complained about."""
    return _Entry(entry, around, complain).read()


class _Entry:
    def __init__(self, entry: Mapping[str, object], around: Surroundings, complain: Complain) -> None:
        self._entry = entry
        self._around = around
        self._complain = complain
        self._wrong = False

    def read(self) -> ConnectionSettings | None:
        for key in self._entry:
            self._refuse_unknown(key)
        name = self._needed("name", values.connection_name)
        company_id = self._needed("company_id", values.guid)
        environment = self._text("environment", values.environment_name)
        base_url = self._text("base_url", values.address)
        if "environment" not in self._entry and "base_url" not in self._entry:
            self._missing("environment")
        tenant = self._text("tenant_id", values.tenant)
        sign_in = self._basic() if "username" in self._entry else self._entra(tenant)
        web_url = self._text("web_url", values.address)
        dataverse_url = self._text("dataverse_url", values.dataverse_address)
        application = self._dataverse_application(tenant)
        server_tenant = self._on_premises_only("server_tenant", values.server_tenant)
        error_page = self._text("error_page", values.service_name)
        roles = self._roles()
        if self._wrong or name is None or company_id is None or sign_in is None:
            return None
        return ConnectionSettings(
            name=name,
            company_id=company_id,
            sign_in=sign_in,
            tenant=tenant,
            environment=environment,
            base_url=base_url,
            web_url=web_url,
            dataverse_url=dataverse_url,
            server_tenant=server_tenant,
            error_page=error_page,
            roles=roles,
            dataverse_application=application,
        )

    def _roles(self) -> RoleSettings:
        usual = self._around.roles
        return RoleSettings(
            admin=self._grantees("admins", usual.admin),
            fixer=self._grantees("fixers", usual.fixer),
            viewer=self._grantees("viewers", usual.viewer),
        )

    def _grantees(self, key: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        value = self._entry.get(key)
        if value is None:
            return usual
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._wrong_at(key, f'must be a list of texts, as in {key} = ["U012ABCDEF", "workspace-admins"]')
            return usual
        try:
            return several(value)
        except ValueError as error:
            self._wrong_at(key, str(error))
            return usual

    # Ways to sign in

    def _basic(self) -> BasicSignIn | None:
        username = self._needed("username")
        if "environment" in self._entry:
            self._wrong_at(
                "username", "basic authentication is gone online; leave out environment or username"
            )
        for key in _OF_ENTRA:
            if key in self._entry:
                self._wrong_at(key, "does not go with username, which is basic authentication")
        secret = self._secret_or("secret")
        if secret is None and not ({"secret_env", "secret_file"} & self._entry.keys()):
            self._missing("secret_env")
        return BasicSignIn(username, secret) if username is not None and secret is not None else None

    def _entra(self, tenant: str | None) -> EntraSignIn | None:
        if "tenant_id" not in self._entry:
            self._missing("tenant_id")
        client_id = self._needed("client_id", values.guid)
        host = self._text("authority_host", values.address) or AUTHORITY_HOST
        audience = self._text("audience", values.audience) or AUDIENCE
        expires = self._day("secret_expires")
        credential = self._credential()
        if tenant is None or client_id is None or credential is None:
            return None
        return EntraSignIn(tenant, client_id, credential, host, audience, expires)

    def _day(self, key: str) -> date | None:
        """A day, written as text or as TOML's own date."""
        value = self._entry.get(key)
        if value is not None and not ({"secret_env", "secret_file"} & self._entry.keys()):
            self._wrong_at(key, "goes with secret_env or secret_file; a certificate tells by itself")
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        text = self._text(key, lambda given: values.day(given).isoformat())
        return date.fromisoformat(text) if text else None

    def _dataverse_application(self, tenant: str | None) -> EntraSignIn | None:
        """An application of its own for Dataverse; None where nobody gave one."""
        given = [key for key in _DATAVERSE if key in self._entry]
        if not given:
            return None
        if "dataverse_url" not in self._entry:
            self._wrong_at(given[0], "is of no use without dataverse_url")
        if "tenant_id" not in self._entry:
            self._missing("tenant_id")
        client_id = self._needed("dataverse_client_id", values.guid)
        secret = self._secret_or("dataverse_secret")
        if secret is None and not ({"dataverse_secret_env", "dataverse_secret_file"} & self._entry.keys()):
            self._missing("dataverse_secret_env")
        host = self._text("authority_host", values.address) or AUTHORITY_HOST
        if tenant is None or client_id is None or secret is None:
            return None
        return EntraSignIn(tenant, client_id, secret, host)

    def _credential(self) -> SecretStr | Certificate | None:
        ways = [way for way, keys in _WAYS.items() if any(key in self._entry for key in keys)]
        if not ways:
            self._wrong_at(
                "secret_env", "missing. Give one of secret_env, secret_file, certificate_file, pfx_file"
            )
            return None
        if len(ways) > 1:
            self._wrong_at(ways[1], f"does not go with {ways[0]}; give one of them")
            return None
        if ways == ["secret_env"]:
            return self._secret_or("secret")
        return self._certificate()

    def _certificate(self) -> Certificate | None:
        passphrase = self._secret_or("passphrase")
        if "pfx_file" in self._entry:
            content = self._content("pfx_file")
            if content is None or self._wrong:
                return None
            return self._tried("pfx_file", lambda: certificate_from_pfx(content, passphrase))
        if "certificate_file" not in self._entry:
            self._missing("certificate_file")
            return None
        certificate = self._content("certificate_file")
        at = "private_key_file" if "private_key_file" in self._entry else "certificate_file"
        private_key = certificate if at == "certificate_file" else self._content(at)
        if certificate is None or private_key is None or self._wrong:
            return None
        return self._tried(at, lambda: certificate_from_pem(private_key, certificate, passphrase))

    def _tried(self, key: str, read: Callable[[], Certificate]) -> Certificate | None:
        try:
            return read()
        except ValueError as error:
            self._wrong_at(key, str(error))
            return None

    # Secrets and files

    def _secret_or(self, what: str) -> SecretStr | None:
        """The secret or passphrase that ``<what>_env`` or ``<what>_file`` leads to; None where neither is."""
        variable, file = f"{what}_env", f"{what}_file"
        if variable in self._entry and file in self._entry:
            self._wrong_at(file, f"does not go with {variable}; give one of them")
            return None
        if variable in self._entry:
            return self._from_variable(variable)
        if file in self._entry:
            return self._from_file(file)
        return None

    def _from_variable(self, key: str) -> SecretStr | None:
        name = self._text(key)
        if name is None:
            return None
        if not _VARIABLE.fullmatch(name):
            self._wrong_at(key, "must be the name of an environment variable, not the secret itself")
            return None
        secret = self._around.variables.get(name, "")
        if not secret:
            self._wrong_at(key, "names an environment variable that is not set")
            return None
        return SecretStr(secret)

    def _from_file(self, key: str) -> SecretStr | None:
        content = self._content(key)
        if content is None:
            return None
        try:
            secret = content.decode("utf-8-sig").strip("\r\n")
        except UnicodeDecodeError:
            self._wrong_at(key, "the file must be UTF-8 text")
            return None
        if not secret.strip() or "\n" in secret or "\x00" in secret:
            self._wrong_at(key, "the file must hold the secret, on one line, and nothing else")
            return None
        return SecretStr(secret)

    def _content(self, key: str) -> bytes | None:
        """A file, named absolutely or from the folder of the connections file."""
        name = self._text(key)
        if name is None:
            return None
        try:
            return content_of(self._around.folder / Path(name).expanduser(), _LARGEST_FILE)
        except (ValueError, RuntimeError) as error:
            self._wrong_at(key, str(error))
            return None

    # Single keys

    def _needed(self, key: str, check: Callable[[str], str] = str) -> str | None:
        if key not in self._entry:
            self._missing(key)
            return None
        return self._text(key, check)

    def _on_premises_only(self, key: str, check: Callable[[str], str]) -> str | None:
        if key in self._entry and "environment" in self._entry:
            self._wrong_at(key, "does not go with environment, which is online")
        return self._text(key, check)

    def _text(self, key: str, check: Callable[[str], str] = str) -> str | None:
        value = self._entry.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self._wrong_at(key, 'must be text in quotes, as in key = "value"')
            return None
        if not value.strip() or "\x00" in value:
            self._wrong_at(key, "must not be empty")
            return None
        try:
            return check(value)
        except ValueError as error:
            self._wrong_at(key, str(error))
            return None

    def _missing(self, key: str) -> None:
        self._wrong_at(key, f"missing. {KEYS[key]}")

    def _refuse_unknown(self, key: str) -> None:
        if key in KEYS:
            return
        if key.lower() in _INLINE:
            where = _ELSEWHERE.get(key.lower(), "secret_env or secret_file")
            self._wrong_at(key, f"secrets do not belong into this file; give {where} instead")
            return
        near = difflib.get_close_matches(key.lower()[:60], KEYS, n=1, cutoff=0.5)
        self._wrong_at(key, f"unknown key; did you mean {near[0]}?" if near else "unknown key")

    def _wrong_at(self, key: str, what: str) -> None:
        self._wrong = True
        self._complain(key, what)


_OF_ENTRA: Final = (
    *("client_id", "certificate_file", "private_key_file", "pfx_file"),
    *("authority_host", "audience", "secret_expires"),
)
"""Keys that say nothing where there is basic authentication."""

_DATAVERSE: Final = ("dataverse_client_id", "dataverse_secret_env", "dataverse_secret_file")

_WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "secret_env": ("secret_env", "secret_file"),
    "certificate_file": ("certificate_file", "private_key_file"),
    "pfx_file": ("pfx_file",),
}
"""Ways to sign in, each under the key that stands for it."""

_ELSEWHERE: Final[Mapping[str, str]] = {
    "passphrase": "passphrase_env or passphrase_file",
    "private_key": "private_key_file",
}


def content_of(path: Path, most: int) -> bytes:
    """What is in a file. Raises ValueError, in words for a setting, where that is not to be had."""
    try:
        if not path.is_file():
            raise ValueError("there is no such file")
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror or os.strerror(error.errno or 0)})") from None
    if len(content) > most:
        raise ValueError(f"is larger than {most // 1024:,} KB, so it cannot be the right file")
    return content
