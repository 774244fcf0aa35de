"""The demo's Business Central takes its time to delete, and for nothing else."""

from __future__ import annotations

import httpx
import pytest

from bot.cli.unhurried import SECONDS, Unhurried
from bot.clock import ManualClock
from tests.conversations.conftest import NOW


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("/companies(1)/maintenance(2)/Microsoft.NAV.deleteErrors", SECONDS),
        ("/v1.0/$batch", SECONDS),
        ("/companies(1)/syncErrors", 0.0),
        ("/companies(1)/tableMappings(3)/Microsoft.NAV.releaseAll", 0.0),
    ],
)
async def test_only_deleting_takes_time(path: str, seconds: float) -> None:
    clock = ManualClock(NOW)
    there = httpx.MockTransport(lambda request: httpx.Response(204))
    async with httpx.AsyncClient(transport=Unhurried(there, clock)) as client:
        assert (await client.post(f"https://bc.example{path}")).status_code == 204
    assert (clock.now() - NOW).total_seconds() == seconds
