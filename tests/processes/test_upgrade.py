"""A release in the middle of a workflow: what was begun under old code ends under new code."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run


_RELEASES = """
    import asyncio, sys
    from pathlib import Path
    from bot.operations.durable import Queue
    from bot.operations.durable.client import DurableClient
    from bot.operations.durable.engine import DbosDurable

    release, address, folder, *workflows = sys.argv[1:]
    log = Path(folder, "log")
    begun = asyncio.Event()

    async def note(workflow, word):
        with log.open("a") as file:
            file.write(f"{release} {workflow} {word}\\n")
        if release == "old" and word == "close":
            begun.set()
            await asyncio.sleep(60)

    async def old_body(steps, workflow):
        await steps.run("read", note, workflow, "read")
        await steps.run("write", note, workflow, "write")
        await steps.run("close", note, workflow, "close")

    async def new_body(steps, workflow):
        await steps.run("read", note, workflow, "read")
        if await steps.changed("check before writing"):
            await steps.run("check", note, workflow, "check")
        await steps.run("write", note, workflow, "write")
        if await steps.changed("tell before closing"):
            await steps.run("tell", note, workflow, "tell")
        await steps.run("close", note, workflow, "close")

    async def main():
        engine = DbosDurable(address)
        engine.register("work", old_body if release == "old" else new_body)
        await engine.start()
        if release == "old":
            print(await engine.enqueue("work", "under way", queue=Queue.ACT, partition="p"), flush=True)
            await begun.wait()
            print(await engine.enqueue("work", "waiting", queue=Queue.ACT, partition="p"), flush=True)
            await asyncio.sleep(60)
        for workflow in workflows:
            assert (await engine.wait(workflow, timeout=30)).error == ""
        client = DurableClient(address)
        await client.start()
        fresh = await client.enqueue("work", "fresh", queue=Queue.ACT, partition="p")
        assert (await client.wait(fresh, timeout=30)).error == ""
        await client.stop()
        await engine.stop()

    asyncio.run(main())
"""


def _run(release: str, address: str, folder: Path, *workflows: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-c", textwrap.dedent(_RELEASES), release, address, str(folder), *workflows],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


async def test_old_work_ends_under_new_code(tmp_path: Path, database_url: str) -> None:
    old = _run("old", database_url, tmp_path)
    new = None
    try:
        assert old.stdout is not None
        workflows = [(await asyncio.to_thread(old.stdout.readline)).strip() for _ in range(2)]
        old.send_signal(signal.SIGKILL)
        await asyncio.to_thread(old.wait)
        new = _run("new", database_url, tmp_path, *workflows)
        assert await asyncio.to_thread(new.wait, 60) == 0
    finally:
        for process in (old, new):
            if process is not None:
                process.kill()
                process.communicate()
    whole = ["read", "check", "write", "tell", "close"]
    assert (tmp_path / "log").read_text().splitlines() == [
        "old under way read",
        "old under way write",
        "old under way close",
        "new under way tell",  # it had written without a check, but not closed yet
        "new under way close",
        *(f"new waiting {word}" for word in whole),
        *(f"new fresh {word}" for word in whole),
    ]
