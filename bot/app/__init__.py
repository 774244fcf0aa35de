"""The composition root: settings become a store, clients, use cases, workflows and a Bolt app.

Everything that is opened here is closed here, in the opposite order. What speaks with Slack is loaded when it
is asked for: a worker does not need it, and it takes 20 MB.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from bot.app.core import Core, open_core
from bot.app.migrate import migrate
from bot.app.outside import Outside
from bot.app.settling import settle, share_memory
from bot.app.worker import open_durable, open_worker

if TYPE_CHECKING:
    from bot.app.slack import SlackAccess, open_slack, slack_app
    from bot.app.web import Site, http_app

__all__ = [
    "Core",
    "Outside",
    "Site",
    "SlackAccess",
    "http_app",
    "migrate",
    "open_core",
    "open_durable",
    "open_slack",
    "open_worker",
    "settle",
    "share_memory",
    "slack_app",
]

_LATER = {
    "SlackAccess": "bot.app.slack",
    "open_slack": "bot.app.slack",
    "slack_app": "bot.app.slack",
    "Site": "bot.app.web",
    "http_app": "bot.app.web",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
