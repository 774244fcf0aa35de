"""A strict stand-in for Slack, over real HTTP and WebSocket, driven by people.

>>> async with SlackSimulator(manifest) as slack:
...     slack.connect_http(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot"))
...     kim = slack.person("Kim", locale="nl-NL")
...     overview = await kim.command("/syncerrors")
...     details = await kim.click("Details")

What it does not imitate: other events than those of ``manifest.EVENT_SCOPES``, shortcuts, external selects,
attachments, OAuth, other methods than those in ``webapi`` (they answer ``unknown_method``), rate limits of
response_urls.
"""

from bot.simulator.slack.choosing import Choice
from bot.simulator.slack.delivery import Kind, encoded
from bot.simulator.slack.events import EventDelivery
from bot.simulator.slack.faults import RESPONSE_URL, SlackFaults
from bot.simulator.slack.mrkdwn import Link
from bot.simulator.slack.outcomes import (
    ApiCall,
    DispatchFailed,
    NothingHappened,
    OperationTimeout,
    Refusal,
    Refused,
    SimulatorError,
)
from bot.simulator.slack.people import Person
from bot.simulator.slack.screen import Element, Message, Modal, Option
from bot.simulator.slack.simulator import SlackSimulator
from bot.simulator.slack.workspace import Channel, ChannelKind, Rank, UserGroup

__all__ = [
    "RESPONSE_URL",
    "ApiCall",
    "Channel",
    "ChannelKind",
    "Choice",
    "DispatchFailed",
    "Element",
    "EventDelivery",
    "Kind",
    "Link",
    "Message",
    "Modal",
    "NothingHappened",
    "OperationTimeout",
    "Option",
    "Person",
    "Rank",
    "Refusal",
    "Refused",
    "SimulatorError",
    "SlackFaults",
    "SlackSimulator",
    "UserGroup",
    "encoded",
]
