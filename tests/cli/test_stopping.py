"""Ending on request, and where a web process listens."""

from __future__ import annotations

import asyncio
import socket

import pytest

from bot.cli.stopping import first_of
from bot.cli.web import EVERYWHERE, listening, place_of
from bot.failures import SettingsInvalid, WorkTakenOver
from bot.settings import Settings


async def test_the_first_to_end_ends_the_others() -> None:
    abandoned = asyncio.Event()

    async def patient() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            abandoned.set()

    await first_of(patient(), asyncio.sleep(0))
    assert abandoned.is_set()


async def test_what_the_first_raises_is_raised() -> None:
    async def loser() -> None:
        raise WorkTakenOver(executor="worker-1")

    with pytest.raises(WorkTakenOver):
        await first_of(asyncio.Event().wait(), loser())


@pytest.mark.parametrize(
    ("host", "port", "variable", "place"),
    [
        (None, None, None, ("127.0.0.1", 3000)),
        (None, None, 8080, (EVERYWHERE, 8080)),
        (None, 9000, None, ("127.0.0.1", 9000)),
        ("127.0.0.1", None, 8080, ("127.0.0.1", 8080)),
        ("::1", 0, 8080, ("::1", 0)),
    ],
)
def test_where_it_listens(
    host: str | None, port: int | None, variable: int | None, place: tuple[str, int]
) -> None:
    assert place_of(Settings.model_construct(port=variable), host, port) == place


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsInvalid, match=f"cannot listen on 127.0.0.1 port {port}"):
            listening("127.0.0.1", port).__enter__()
