"""The command ``syncerrors``."""

from __future__ import annotations

from bot.cli.commands import main

__all__ = ["main"]
