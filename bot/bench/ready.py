"""A bot in a process of its own, up to the moment at which it could answer; or only its libraries.

At the top nothing is imported but the standard library and one small module: what is imported is measured.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from bot.starting import start_lightly

_OURS = ("bot", "handlers")


async def get_ready(database_url: str, slack: str) -> None:
    """Everything that a web process does before its first request, on a database that is migrated."""
    start_lightly()  # as the command does
    from bot.app import Outside, http_app, open_core, open_durable, open_slack, slack_app
    from bot.bench.place import settings_for

    settings = settings_for(database_url)
    async with (
        open_core(settings, Outside()) as core,
        open_durable(settings, core) as durable,
        open_slack("xoxb-bench", "bench", slack, core.clock) as access,
    ):
        http_app(slack_app(core, durable, access), access, core.clock)
        say("ready", *libraries())


def say(*words: str) -> None:
    """One line to whoever measures."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def libraries() -> list[str]:
    """Every module of an installed package that is imported now, in the order of importing."""
    places = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    return [
        name
        for name, module in list(sys.modules.items())
        if not name.startswith(_OURS) and _is_in(places, getattr(module, "__file__", None))
    ]


def _is_in(places: Iterable[Path], file: str | None) -> bool:
    return file is not None and any(Path(file).is_relative_to(place) for place in places)


def main() -> None:
    """Entry point: get ready, or import the libraries named on standard input; then say so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--slack")
    wanted = parser.parse_args()
    if wanted.database is None:
        for name in sys.stdin.read().split():
            importlib.import_module(name)
        say("ready")
        return
    import asyncio

    asyncio.run(get_ready(wanted.database, wanted.slack))


if __name__ == "__main__":
    main()
