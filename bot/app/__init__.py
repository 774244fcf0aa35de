"""The composition root: settings become a store, clients, use cases, workflows and a Bolt app.

Everything that is opened here is closed here, in the opposite order.
"""

from bot.app.core import Core, Outside, open_core
from bot.app.migrate import migrate
from bot.app.slack import SlackAccess, open_slack, slack_app
from bot.app.web import Site, http_app
from bot.app.worker import open_durable, open_worker

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
    "slack_app",
]
