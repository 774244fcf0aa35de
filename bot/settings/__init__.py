"""What the installation is told: environment variables, and a file of connections where there are several."""

from bot.settings.environment import WORKSPACE, Need, Settings, load_settings, sqlite_path

__all__ = ["WORKSPACE", "Need", "Settings", "load_settings", "sqlite_path"]
