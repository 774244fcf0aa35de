"""local-slack from start to end, with a stand-in for the program."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

import pytest

from bot.cli.browser.demo import APP_TOKEN, BOT_TOKEN, PEOPLE, broken_off
from bot.cli.browser.failures import NoBrowserDemo
from bot.cli.browser.server import USUAL_PORT, port_to_use, running, workspace

CONFIGURATION = workspace("Sync Errors", BOT_TOKEN, APP_TOKEN, PEOPLE)
LISTENS = """
import json, pathlib, socket, sys, time
told = dict(zip(sys.argv[1::2], sys.argv[2::2]))
pathlib.Path(__file__).with_name("told.json").write_text(json.dumps(told | {
    "configuration": json.loads(pathlib.Path(told["--config"]).read_text()),
}))
server = socket.create_server(("127.0.0.1", int(told["--port"])))
time.sleep(60)
"""


def stand_in(folder: Path, script: str) -> Path:
    program = folder / "local-slack"
    program.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    program.chmod(0o755)
    return program


def free_port() -> int:
    with socket.create_server(("", 0)) as probe:
        return int(probe.getsockname()[1])


async def test_it_runs_on_loopback_addresses_and_ends_with_the_block(tmp_path: Path) -> None:
    port = free_port()
    async with running(stand_in(tmp_path, LISTENS), CONFIGURATION, port) as slack:
        assert slack.address == f"http://127.0.0.1:{port}"
        assert slack.api_url == f"http://127.0.0.1:{port}/api/"
        told = json.loads((tmp_path / "told.json").read_text())
        assert slack.process.returncode is None
    assert slack.process.returncode is not None
    assert told["--base-host"] == "127.0.0.1"
    assert told["configuration"] == CONFIGURATION
    assert not Path(told["--config"]).parent.exists()


async def test_a_program_that_does_not_listen_to_reason_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.browser.server._STOP_SECONDS", 0.1)
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LISTENS
    async with running(stand_in(tmp_path, deaf), CONFIGURATION, free_port()) as slack:
        pass
    assert slack.process.returncode == -9


async def test_what_it_said_is_told_where_it_does_not_start(tmp_path: Path) -> None:
    program = stand_in(tmp_path, "print('Failed to start server. Is port 3400 in use?')")
    with pytest.raises(NoBrowserDemo, match=r"did not start\. It said:\nFailed to start server"):
        async with running(program, CONFIGURATION, free_port()):
            raise AssertionError("it never started")


async def test_a_program_for_another_machine_is_said(tmp_path: Path) -> None:
    program = tmp_path / "local-slack"
    program.write_bytes(b"\x7fELF nothing that runs")
    program.chmod(0o755)
    with pytest.raises(NoBrowserDemo, match="cannot run here"):
        async with running(program, CONFIGURATION, free_port()):
            raise AssertionError("it never started")


async def test_the_program_ends_when_the_run_is_cancelled(tmp_path: Path) -> None:
    started: asyncio.Future[asyncio.subprocess.Process] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        async with running(stand_in(tmp_path, LISTENS), CONFIGURATION, free_port()) as slack:
            started.set_result(slack.process)
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    process = await started
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert process.returncode is not None


async def test_a_program_that_ends_by_itself_breaks_the_demo_off(tmp_path: Path) -> None:
    async with running(stand_in(tmp_path, LISTENS), CONFIGURATION, free_port()) as slack:
        slack.process.kill()
        with pytest.raises(NoBrowserDemo, match=r"ended by itself \(exit code -9\)"):
            await broken_off(slack)


def test_a_port_that_is_taken_is_said_and_not_waited_for() -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NoBrowserDemo, match=f"Port {port} is taken.*--port"):
            port_to_use(port)


def test_without_a_wish_some_free_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("", 0)) as taken:
        monkeypatch.setattr("bot.cli.browser.server.USUAL_PORT", taken.getsockname()[1])
        assert port_to_use(None) not in {taken.getsockname()[1], USUAL_PORT, 0}


def test_everybody_and_the_bot_are_in_every_channel() -> None:
    everybody = {person.id for person in PEOPLE} | {CONFIGURATION["app"]["botUserId"]}
    assert [set(channel["members"]) for channel in CONFIGURATION["channels"]] == [everybody] * len(PEOPLE)
    assert {person.locale for person in PEOPLE} == {"en-US", "nl-NL"}
