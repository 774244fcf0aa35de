"""What the bot knows, kept in SQLite or PostgreSQL.

``Database.open(url)`` gives transactions; the repositories speak in the frozen values of
``bot.store.values``. Every call takes a ``Scope``: nobody sees another workspace's rows.
"""

from bot.store import action_tables as action_tables  # before anybody asks METADATA for all tables
from bot.store import activity_tables as activity_tables
from bot.store import decision_tables as decision_tables
from bot.store import message_tables as message_tables
from bot.store import record_tables as record_tables
from bot.store import retry_tables as retry_tables
from bot.store import rule_tables as rule_tables
from bot.store import search_tables as search_tables
from bot.store.companies import Companies
from bot.store.database import Database
from bot.store.errors import Errors
from bot.store.preferences import Preferences
from bot.store.presence import Presence
from bot.store.problems import Problems
from bot.store.pulls import Pulls

__all__ = ["Companies", "Database", "Errors", "Preferences", "Presence", "Problems", "Pulls"]
