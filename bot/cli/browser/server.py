"""local-slack as a process of its own, from start to end."""

from __future__ import annotations

import asyncio
import json
import socket
import tempfile
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from bot.cli.browser.failures import NoBrowserDemo
from bot.dataclass import dataclass

LOOPBACK: Final = "127.0.0.1"
USUAL_PORT: Final = 3400

_START_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.05
_TOLD: Final = 500
"""Characters of what it said."""
_BOT_USER: Final = "U0SYNCERRORS"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom the page lets one act as."""

    id: str
    name: str
    locale: str
    """As Slack writes it."""
    channel: str
    """Name of the channel to talk in: the page shows what is for one person's eyes to everybody there."""


@dataclass(frozen=True, slots=True)
class LocalSlack:
    """The running program."""

    port: int
    process: Process

    @property
    def address(self) -> str:
        """Of the web page."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api_url(self) -> str:
        """Of its Web API."""
        return f"{self.address}/api/"


def workspace(name: str, bot_token: str, app_token: str, people: Sequence[Colleague]) -> dict[str, Any]:
    """local-slack's configuration (``server/src/config/schema.ts``): one app; a channel for each person."""
    members = [*(person.id for person in people), _BOT_USER]
    return {
        "workspace": {"name": "Sync errors demo", "domain": "sync-errors-demo", "teamId": "T0DEMO"},
        "app": {
            "appId": "A0SYNCERRORS",
            "botUserId": _BOT_USER,
            "botName": name,
            "botToken": bot_token,
            "appToken": app_token,
            "mode": "socket",
        },
        "users": [
            {"id": person.id, "name": person.name.lower(), "real_name": person.name} for person in people
        ],
        "channels": [
            {"id": f"C{person.id}", "name": person.channel, "members": members} for person in people
        ],
    }


def port_to_use(wanted: int | None) -> int:
    """``wanted``, or the usual one where it is free, or any free one.

    Raises NoBrowserDemo where ``wanted`` is taken.
    """
    if wanted is not None:
        if not _is_free(wanted):
            raise NoBrowserDemo(f"Port {wanted} is taken on this machine. Choose another with --port.")
        return wanted
    if _is_free(USUAL_PORT):
        return USUAL_PORT
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    """On every interface, since local-slack takes them all."""
    with socket.socket() as probe:
        # As servers do: a connection that has just ended does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


@asynccontextmanager
async def running(program: Path, configuration: dict[str, Any], port: int) -> AsyncIterator[LocalSlack]:
    """The program, ready to be talked to; it ends with the block, and what it keeps goes too.

    Raises NoBrowserDemo where it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="local-slack-") as name:
        folder = Path(name)
        (folder / "workspace.json").write_text(json.dumps(configuration), encoding="utf-8")
        files = folder / "files"
        files.mkdir()
        with (folder / "output.txt").open("wb") as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    program,
                    *("--config", folder / "workspace.json", "--port", str(port)),
                    *("--base-host", LOOPBACK, "--files-dir", files),
                    stdin=DEVNULL,
                    stdout=output,
                    stderr=STDOUT,
                    # Ctrl-C is for the bot, which leaves first: else it would look for its lost Slack.
                    start_new_session=True,
                )
            except OSError as error:
                raise NoBrowserDemo(f"local-slack cannot run here: {error.strerror}.") from error
        try:
            await _ready(process, port, folder / "output.txt")
            yield LocalSlack(port, process)
        finally:
            await _end(process)


async def _ready(process: Process, port: int, output: Path) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_START_SECONDS):
            while process.returncode is None:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection(LOOPBACK, port)
                    writer.close()
                    return
                await asyncio.sleep(_LOOK_SECONDS)
    raise NoBrowserDemo(f"local-slack did not start. It said:\n{_end_of(output)}")


def _end_of(output: Path) -> str:
    said = output.read_text(encoding="utf-8", errors="replace").strip()
    return said[-_TOLD:] or "(nothing)"


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
