"""The composition root: settings become a store, clients, use cases, workflows and a Bolt app.

Everything that is opened here is closed here, in the opposite order.
"""

from bot.app.core import Core, Outside, open_core
from bot.app.slack import SlackAccess, open_slack, slack_app
from bot.app.web import http_app
from bot.app.worker import open_worker

__all__ = [
    "Core",
    "Outside",
    "SlackAccess",
    "http_app",
    "open_core",
    "open_slack",
    "open_worker",
    "slack_app",
]
