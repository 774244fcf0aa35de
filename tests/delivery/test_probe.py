"""What the doctor asks Slack itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.delivery.probe import Probe
from bot.operations.doctor.slack import Membership
from bot.simulator.serving import loopback, served


@pytest.mark.parametrize(
    ("told", "membership"),
    [
        ({"name": "ops", "is_member": True}, Membership.MEMBER),
        ({"name": "ops", "is_member": False}, Membership.OUTSIDE),
        ({"name": "ops", "is_member": True, "is_archived": True}, Membership.ARCHIVED),
        ({"name": "mpdm-kim--sanne-1", "is_mpim": True}, Membership.MEMBER),
    ],
)
async def test_what_the_bot_is_in_a_channel(told: Mapping[str, Any], membership: Membership) -> None:
    async def info(request: Request) -> JSONResponse:
        return JSONResponse({"ok": True, "channel": dict(told)})

    app = Starlette(routes=[Route("/conversations.info", info, methods=["POST"])])
    with loopback() as listener:
        async with served(app, listener):
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            found = await Probe("xoxb-1", None, address).channel("C1")

    assert found == (f"#{told['name']}", membership)
