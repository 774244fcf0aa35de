"""The command ``syncerrors``."""

from __future__ import annotations

from bot.starting import start_lightly


def main() -> None:
    """Entry point of the command."""
    start_lightly()
    from bot.cli.commands import main as run

    run()


__all__ = ["main"]
