"""Settings from the environment: one readable list of everything that is missing or wrong.

Names follow convention: ``SLACK_*`` as Bolt reads them, ``AZURE_*`` as azure-identity reads them
(``AZURE_AUTHORITY_HOST`` selects a sovereign cloud), ``DATABASE_URL`` as most hosts set it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.failures import SettingsInvalid
from bot.settings.connections_file import read_connections
from bot.settings.roles import USUAL_ROLES, RoleSettings, grantees
from bot.settings.values import (
    address,
    audience,
    dataverse_address,
    day,
    environment_name,
    guid,
    secret,
    server_tenant,
    service_name,
    tenant,
)

WORKSPACE = "main"
"""Key of the one workspace of an installation that is configured by environment variables."""


def _database(value: str) -> str:
    if not re.match(r"(sqlite|postgres|postgresql)(\+[a-z0-9]+)?://", value.strip()):
        raise ValueError("must begin with sqlite:// or postgresql://")
    return value.strip()


def _secret(prefix: str = "") -> Any:
    def check(value: SecretStr) -> SecretStr:
        bare = secret(value.get_secret_value())
        if not bare.startswith(prefix):
            raise ValueError(f"must begin with {prefix}")
        return SecretStr(bare)

    return AfterValidator(check)


Guid = Annotated[str, AfterValidator(guid)]
Tenant = Annotated[str, AfterValidator(tenant)]
Address = Annotated[str, AfterValidator(address)]
DataverseAddress = Annotated[str, AfterValidator(dataverse_address)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
Environment = Annotated[str, AfterValidator(environment_name)]
Audience = Annotated[str, AfterValidator(audience)]
ServerTenant = Annotated[str, AfterValidator(server_tenant)]
ServiceName = Annotated[str, AfterValidator(service_name)]
Day = Annotated[date, BeforeValidator(lambda value: day(value) if isinstance(value, str) else value)]
Secret = Annotated[SecretStr, _secret()]
Grantees = Annotated[str, AfterValidator(lambda value: ",".join(grantees(value)))]
BotToken = Annotated[SecretStr, _secret("xoxb-")]
AppToken = Annotated[SecretStr, _secret("xapp-")]

_IN_PLAIN_WORDS = {
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
"""For pydantic's own checks, by their type."""


class Need(StrEnum):
    """What a command cannot do without."""

    SOCKET = "socket"
    WEB = "web"
    BUSINESS_CENTRAL = "business central"


class Settings(BaseSettings):
    """Everything that the environment says. Only ``DATABASE_URL`` has a default that stores anything."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", case_sensitive=False)

    slack_bot_token: BotToken | None = Field(default=None, description="Bot User OAuth Token (xoxb-...)")
    slack_app_token: AppToken | None = Field(
        default=None, description="App-Level Token with connections:write (xapp-...)"
    )
    slack_signing_secret: Secret | None = Field(default=None, description="Signing Secret of the app")
    slack_api_url: Address | None = Field(default=None, description="Another server than Slack's own")
    port: int | None = Field(
        default=None, ge=0, le=65535, description="Port of the web process, as hosts set it"
    )
    database_url: DatabaseUrl = Field(
        default="sqlite:///syncerrors.db", description="Where the bot keeps what it read"
    )
    azure_tenant_id: Tenant | None = Field(default=None, description="Directory (tenant) id in Entra")
    azure_client_id: Guid | None = Field(default=None, description="Application (client) id in Entra")
    azure_client_secret: Secret | None = Field(default=None, description="Client secret of that application")
    azure_authority_host: Address = Field(
        default="https://login.microsoftonline.com", description="Sign-in host, for sovereign clouds"
    )
    azure_client_secret_expires: Day | None = Field(
        default=None, description="Last day of the client secret, so that the bot can warn"
    )
    bc_audience: Audience | None = Field(
        default=None,
        description="For whom tokens are, where that is not https://api.businesscentral.dynamics.com",
    )
    bc_environment: Environment | None = Field(
        default=None, description="Name of the environment, such as Production; leave out on-premises"
    )
    bc_company_id: Guid | None = Field(default=None, description="Id of the company (a GUID)")
    bc_base_url: Address | None = Field(
        default=None, description="Another API server; on-premises https://server:7048/instance"
    )
    bc_server_tenant: ServerTenant | None = Field(
        default=None, description="Tenant of a multitenant server, on-premises only"
    )
    bc_error_page: ServiceName | None = Field(
        default=None,
        description="Service name of page 5339, published, where the extension cannot be installed",
    )
    bc_web_url: Address | None = Field(
        default=None, description="Web client, for links; needed on-premises only"
    )
    bc_username: str | None = Field(
        default=None, description="User for basic authentication, on-premises only"
    )
    bc_web_service_key: Secret | None = Field(default=None, description="Its web service access key")
    dataverse_url: DataverseAddress | None = Field(
        default=None, description="https://yourorg.crm4.dynamics.com"
    )
    dataverse_client_id: Guid | None = Field(
        default=None, description="Another application (client) id for Dataverse than for Business Central"
    )
    dataverse_client_secret: Secret | None = Field(
        default=None, description="Client secret of that application"
    )
    connections_file: Path | None = Field(
        default=None, description="TOML file with several connections, instead of BC_COMPANY_ID and the like"
    )
    role_admins: Grantees | None = Field(
        default=None, description="Who does what cannot be undone: U..., S..., workspace-admins; with commas"
    )
    role_fixers: Grantees | None = Field(default=None, description="Who works on errors; * is everybody")
    role_viewers: Grantees | None = Field(default=None, description="Who looks at errors; * is everybody")
    pull_interval_minutes: int = Field(
        default=5, ge=1, le=1440, description="How often Business Central is read, in minutes"
    )
    retention_days: int = Field(
        default=31,
        ge=1,
        le=3650,
        description="Days that the bot keeps what Business Central no longer has; a month as there",
    )
    activity_days: int = Field(
        default=366, ge=30, le=36500, description="Days that the list of who did what is kept"
    )
    reconcile_hour: int = Field(
        default=3,
        ge=0,
        le=23,
        description="Hour (UTC) from which what is stored is compared with Business Central, once a night",
    )

    @property
    def roles(self) -> RoleSettings:
        """Who has which role, where the connections file does not say otherwise."""
        usual = USUAL_ROLES
        return RoleSettings(
            admin=grantees(self.role_admins) if self.role_admins else usual.admin,
            fixer=grantees(self.role_fixers) if self.role_fixers else usual.fixer,
            viewer=grantees(self.role_viewers) if self.role_viewers else usual.viewer,
        )

    @property
    def uses_basic_authentication(self) -> bool:
        """On-premises with a user and a web service access key; gone online since October 2022."""
        return self.bc_username is not None or self.bc_web_service_key is not None


def load_settings(needs: Iterable[Need] = ()) -> Settings:
    """Read the environment.

    Raises SettingsInvalid with one line for each variable that is missing or wrong, all of them at once, and
    for what is wrong in the connections file where one is needed.
    """
    problems: list[str] = []
    try:
        settings = Settings()
    except ValidationError as error:
        problems.extend(_explain(error))
        settings = Settings.model_construct(**_well_formed(error))
    needed = frozenset(needs)
    problems.extend(_missing(settings, needed, frozenset(line.split(":")[0] for line in problems)))
    in_file = _problems_in_file(settings) if Need.BUSINESS_CENTRAL in needed else ()
    if problems or in_file:
        raise SettingsInvalid((*sorted(problems), *in_file))
    return settings


def _explain(error: ValidationError) -> list[str]:
    """One line a variable. Values are left out: they may be secrets."""
    lines = []
    for detail in error.errors(include_url=False, include_input=False):
        variable = str(detail["loc"][0]).upper()
        plain = _IN_PLAIN_WORDS.get(detail["type"])
        what = plain.format(**detail.get("ctx", {})) if plain else detail["msg"].removeprefix("Value error, ")
        lines.append(f"{variable}: {what[:1].lower()}{what[1:]}")
    return lines


def _well_formed(error: ValidationError) -> Mapping[str, Any]:
    """Raw values of the variables that are present and not complained about, to see what else is missing."""
    wrong = {str(detail["loc"][0]) for detail in error.errors()}
    present = {name: os.environ.get(name.upper()) for name in Settings.model_fields}
    return {name: value for name, value in present.items() if value and name not in wrong}


def _missing(settings: Settings, needs: frozenset[Need], already_named: frozenset[str]) -> list[str]:
    needed: list[str] = []
    if Need.SOCKET in needs:
        needed += ["slack_bot_token", "slack_app_token"]
    if Need.WEB in needs:
        needed += ["slack_bot_token", "slack_signing_secret"]
    if Need.BUSINESS_CENTRAL in needs and settings.connections_file is None:
        needed.append("bc_company_id")
        if settings.uses_basic_authentication:
            needed += ["bc_base_url", "bc_username", "bc_web_service_key"]
        else:
            needed += ["azure_tenant_id", "azure_client_id", "azure_client_secret"]
        if settings.bc_base_url is None:
            needed.append("bc_environment")
    return [
        f"{name.upper()}: missing. {Settings.model_fields[name].description}"
        for name in needed
        if getattr(settings, name, None) is None and name.upper() not in already_named
    ]


def _problems_in_file(settings: Settings) -> tuple[str, ...]:
    """What is wrong in the connections file, where there is one."""
    if settings.connections_file is None:
        return ()
    problems: tuple[str, ...] = ()
    if settings.bc_company_id is not None:
        problems = ("BC_COMPANY_ID: does not go with CONNECTIONS_FILE; write that company into the file",)
    try:
        read_connections(Path(settings.connections_file), os.environ)
    except SettingsInvalid as failure:
        problems += failure.problems
    return problems


def sqlite_path(database_url: str) -> Path | None:
    """The file of a SQLite address; None for another database or one in memory."""
    match = re.match(r"sqlite(\+[a-z0-9]+)?:///(?P<path>[^?]+)", database_url)
    if match is None or match["path"] == ":memory:":
        return None
    return Path(match["path"])
