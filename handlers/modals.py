"""Modals in Slack: opening one, what was filled in, and putting another one in its place.

A form is acknowledged at once with a modal that says so, since the work may take longer than the three
seconds that Slack gives; what came of it is then written over that one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.dataclass import dataclass

_TROUBLE = (SlackClientError, ClientError, TimeoutError, OSError, ValueError)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form as it was sent off."""

    view_id: str
    values: Mapping[str, Mapping[str, Any]]
    """State by block id and action id; both are the input's name on our forms."""

    def conversation(self, name: str) -> str:
        """Id of the chosen channel; empty where none was chosen."""
        return self._chosen(name, "selected_conversation")

    def text(self, name: str) -> str:
        """What was typed."""
        return self._chosen(name, "value")

    def option(self, name: str) -> str:
        """Value of the chosen option; empty where none was chosen."""
        state = self._state(name).get("selected_option")
        return str(state.get("value") or "") if isinstance(state, Mapping) else ""

    def options(self, name: str) -> tuple[str, ...]:
        """Values of the ticked options."""
        state = self._state(name).get("selected_options")
        ticked = state if isinstance(state, list) else []
        return tuple(str(one.get("value") or "") for one in ticked if isinstance(one, Mapping))

    def _chosen(self, name: str, field: str) -> str:
        value = self._state(name).get(field)
        return value if isinstance(value, str) else ""

    def _state(self, name: str) -> Mapping[str, Any]:
        state = self.values.get(name, {}).get(name)
        return state if isinstance(state, Mapping) else {}


NOT_FILLED_IN: Final = Submitted("", {})


def submitted_of(body: Mapping[str, Any]) -> Submitted:
    """What a ``view_submission`` brings; anything that is not as Slack sends it counts as not filled in."""
    view = body.get("view")
    view = view if isinstance(view, Mapping) else {}
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    values = values if isinstance(values, Mapping) else {}
    return Submitted(
        view_id=str(view.get("id") or ""),
        values={str(block): actions for block, actions in values.items() if isinstance(actions, Mapping)},
    )


async def open_view(slack: AsyncWebClient, trigger: str, view: dict[str, Any]) -> str:
    """Open a modal; returns its id, or nothing where it could not be opened (the trigger lasts 3 seconds)."""
    try:
        answer = await slack.views_open(trigger_id=trigger, view=view)
    except _TROUBLE as error:
        log.warning("modal.not_opened", reason=_reason(error))
        return ""
    opened = answer.get("view")
    return str(opened.get("id") or "") if isinstance(opened, Mapping) else ""


async def update_view(slack: AsyncWebClient, view_id: str, view: dict[str, Any]) -> bool:
    """Put something else into an open modal; False where it is closed, or Slack refused."""
    try:
        await slack.views_update(view_id=view_id, view=view)
    except _TROUBLE as error:
        log.info("modal.not_updated", reason=_reason(error))
        return False
    return True


def _reason(error: Exception) -> str:
    if isinstance(error, SlackApiError) and hasattr(error.response, "get"):
        return str(error.response.get("error", ""))[:40]
    return type(error).__name__
