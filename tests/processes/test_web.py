"""``syncerrors web`` alone, on SQLite: it says how it is, it answers, and it ends what it began."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from bot.simulator.slack.faults import RESPONSE_URL
from tests.processes.running import company

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run


async def test_it_waits_for_slack_answers_and_drains(tmp_path: Path, sqlite_url: str) -> None:
    async with company(tmp_path, sqlite_url) as outside:
        outside.slack.faults.fail("auth.test")
        process = await outside.start("web", PORT="0")
        listening = await process.said("web.listening")
        assert listening["host"] == "0.0.0.0"  # noqa: S104 # PORT is set, as hosts do
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening['port']}") as client:
            await process.said("slack.unreachable")
            alive, ready, event = await asyncio.gather(
                client.get("/healthz"), client.get("/readyz"), client.post("/slack/events")
            )
            assert alive.status_code == 200
            assert (ready.status_code, ready.json()) == (503, {"database": "ready", "slack": "signing in"})
            assert event.status_code == 503
            await process.said("web.ready")
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()) == (200, {"database": "ready", "slack": "ready"})
            assert (await client.post("/slack/events", data={"command": "/syncerrors"})).status_code == 401
            assert (await client.get("/elsewhere")).status_code == 404

            outside.slack.connect_http(client)
            kim = outside.slack.person("Kim")
            assert "Refresh" in (await kim.command("/syncerrors")).plain()
            outside.slack.faults.slow(RESPONSE_URL, 1.0)
            shown = len(kim.messages)
            await kim.send_command("/syncerrors help")
            assert await process.stop() == 0
            assert len(kim.messages) == shown + 1, "the answer under way must arrive"
            assert (await process.said("drained"))["left"] == 0
            with pytest.raises(httpx.ConnectError):
                await client.get("/healthz")
        assert outside.slack.refusals == []
