"""One Dataverse environment, as addresses.

Forms: MicrosoftDocs/powerapps-docs,
``developer/data-platform/webapi/compose-http-requests-handle-errors.md``.
Sovereign clouds differ by host alone, so the scope follows the address.
"""

from __future__ import annotations

from bot.dataclass import dataclass
from bot.settings import ConnectionSettings, EntraSignIn

VERSION = "v9.2"


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment, and the application that the bot is there."""

    url: str
    """``https://org.crm4.dynamics.com``, without a slash at the end."""
    sign_in: EntraSignIn

    @property
    def scope(self) -> str:
        """What a token is asked for: this environment and nothing else."""
        return f"{self.url}/.default"

    @property
    def api(self) -> str:
        """Root of the Web API, with a slash at the end."""
        return f"{self.url}/api/data/{VERSION}/"


def environment_of(settings: ConnectionSettings) -> Environment | None:
    """The environment that a company synchronizes with; None where the settings do not tell enough."""
    if settings.dataverse_url is None or settings.dataverse_sign_in is None:
        return None
    return Environment(settings.dataverse_url, settings.dataverse_sign_in)
