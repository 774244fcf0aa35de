"""Why the bot cannot be shown in a browser here."""

from __future__ import annotations


class NoBrowserDemo(Exception):
    """The message is a sentence or two for the person at the shell: what is missing, and what helps."""
