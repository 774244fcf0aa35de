"""Socket Mode with slack_bolt's own handler."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.simulator.slack import ApiCall, DispatchFailed, OperationTimeout, SlackSimulator
from tests.simulator.slack.conftest import MANIFEST, actions, bolt_app, button


@asynccontextmanager
async def connected(slack: SlackSimulator, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app, listening on one more socket."""
    handler = AsyncSocketModeHandler(app, slack.app_token)
    before = slack.sockets
    await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt leaves it untyped
    await slack.until(lambda: slack.sockets > before)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # bolt leaves it untyped


def opened(slack: SlackSimulator) -> list[ApiCall]:
    return [call for call in slack.calls if call.method == "apps.connections.open"]


def answering(app: AsyncApp, heard: list[str], name: str) -> None:
    """The app answers /probe with a button, and the button by replacing."""

    @app.command("/probe")
    async def show(ack: Any) -> None:
        heard.append(name)
        await ack(text="menu", blocks=[actions(button("Go", value="7"))])

    @app.action("press")
    async def press(ack: Any, action: dict[str, Any], respond: Any) -> None:
        heard.append(name)
        await ack()
        await respond(text=f"value {action['value']}", replace_original=True)


async def test_commands_and_clicks() -> None:
    async with SlackSimulator(MANIFEST) as slack:
        app = bolt_app(slack)
        answering(app, [], "only")
        async with connected(slack, app):
            kim = slack.person()
            assert (await kim.command("/probe")).ephemeral
            assert (await kim.click("Go")).plain() == "value 7"
        assert slack.refusals == []


async def test_each_payload_goes_to_exactly_one_socket() -> None:
    async with SlackSimulator(MANIFEST) as slack, AsyncExitStack() as stack:
        heard: list[str] = []
        for name in ("one", "two"):
            app = bolt_app(slack)
            answering(app, heard, name)
            await stack.enter_async_context(connected(slack, app))
        kim = slack.person()
        for _ in range(4):
            await kim.command("/probe")
        assert sorted(heard) == ["one", "one", "two", "two"]


async def test_a_late_acknowledgement_is_an_operation_timeout() -> None:
    async with SlackSimulator(MANIFEST, ack_seconds=0.1) as slack:
        app = bolt_app(slack)

        @app.command("/probe")
        async def never(ack: Any) -> None:
            """Says nothing."""

        async with connected(slack, app):
            with pytest.raises(OperationTimeout):
                await slack.person().command("/probe")


async def test_the_client_reconnects_when_slack_recycles() -> None:
    async with SlackSimulator(MANIFEST) as slack:
        app = bolt_app(slack)
        answering(app, [], "only")
        async with connected(slack, app):
            await slack.recycle_sockets()
            await slack.until(lambda: slack.sockets == 1)
            assert (await slack.person().command("/probe")).plain() == "[Go]"
        assert len(opened(slack)) == 2


async def test_each_payload_goes_to_exactly_one_while_sockets_come_and_go() -> None:
    async with SlackSimulator(MANIFEST) as slack, AsyncExitStack() as stack:
        heard: list[str] = []
        for name in ("one", "two", "three"):
            app = bolt_app(slack)
            answering(app, heard, name)
            await stack.enter_async_context(connected(slack, app))
        kim = slack.person()
        await slack.recycle_sockets()
        await slack.until(lambda: slack.sockets > 0)
        for _ in range(6):
            await kim.command("/probe")
        assert len(heard) == 6
        await slack.until(lambda: slack.sockets == 3)
        assert slack.refusals == []


async def test_a_warned_client_opens_another_socket_and_misses_nothing() -> None:
    async with SlackSimulator(MANIFEST) as slack:
        app = bolt_app(slack)
        answering(app, [], "only")
        async with connected(slack, app):
            await slack.warn_sockets()
            await slack.until(lambda: len(opened(slack)) == 2 and slack.sockets == 1)
            assert (await slack.person().command("/probe")).plain() == "[Go]"
        assert slack.refusals == []


async def test_a_socket_that_only_warns_still_takes_payloads() -> None:
    async with SlackSimulator(MANIFEST) as slack, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.app_token}"}
        async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
            socket = await session.ws_connect((await answer.json())["url"])
        assert (await socket.receive_json())["type"] == "hello"
        await slack.warn_sockets()
        assert (await socket.receive_json())["reason"] == "warning"
        asking = asyncio.create_task(slack.person().send_command("/probe"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await asking
        await slack.recycle_sockets()
        assert (await socket.receive_json())["reason"] == "refresh_requested"
        assert slack.sockets == 0
        await socket.close()


async def test_a_broken_connection_takes_nothing_more() -> None:
    async with SlackSimulator(MANIFEST, ack_seconds=0.2) as slack, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.app_token}"}
        async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
            socket = await session.ws_connect((await answer.json())["url"])
        await socket.receive_json()
        await slack.drop_sockets()
        assert slack.sockets == 0
        assert (await socket.receive()).type in {
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.ERROR,
        }
        with pytest.raises(DispatchFailed):
            await slack.person().send_command("/probe")


async def test_tickets_are_good_once_and_ten_sockets_are_the_most() -> None:
    async with SlackSimulator(MANIFEST) as slack, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.app_token}"}

        async def address() -> str:
            async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
                return str((await answer.json())["url"])

        used = await address()
        sockets = [await session.ws_connect(used)]
        assert (await sockets[0].receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(used)
        for _ in range(9):
            sockets.append(await session.ws_connect(await address()))
            await sockets[-1].receive_json()
        assert slack.sockets == 10
        eleventh = await session.ws_connect(await address())
        assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
        await sockets[0].send_str("{")
        await sockets[0].send_str('{"envelope_id": "never"}')
        await slack.until(lambda: len(slack.refusals) >= 3)
        assert [refusal.error for refusal in slack.refusals] == [
            "too_many_websockets",
            "unreadable_acknowledgement",
            "unknown_envelope_id",
        ]
        for socket in sockets:
            await socket.close()
