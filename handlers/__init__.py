"""Slack listeners: read the payload, call an operation, render a card, send it. One module a feature."""

from handlers.dependencies import Dependencies
from handlers.registration import register_all

__all__ = ["Dependencies", "register_all"]
