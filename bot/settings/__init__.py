"""What the installation is told: environment variables, and a file of connections where there are several."""

from bot.settings.connections import BasicSignIn, Certificate, ConnectionSettings, EntraSignIn
from bot.settings.environment import WORKSPACE, Need, Settings, load_settings, sqlite_path
from bot.settings.roles import RoleSettings
from bot.settings.several import connections_of, single_connection

__all__ = [
    "WORKSPACE",
    "BasicSignIn",
    "Certificate",
    "ConnectionSettings",
    "EntraSignIn",
    "Need",
    "RoleSettings",
    "Settings",
    "connections_of",
    "load_settings",
    "single_connection",
    "sqlite_path",
]
