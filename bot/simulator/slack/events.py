"""Events: what Slack tells an app without anybody asking, and tells again when it was not heard.

Source: docs.slack.dev, apis/events-api: a delivery counts as heard with a 2xx within three seconds; otherwise
it is repeated at once, after a minute and after five, with ``x-slack-retry-num`` and
``x-slack-retry-reason``, unless the app answered ``x-slack-no-retry: 1``. Over Socket Mode the same two stand
in the envelope as ``retry_attempt`` and ``retry_reason`` (slackapi/bolt-python #1498).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.simulator.slack import payloads
from bot.simulator.slack.backend import Backend
from bot.simulator.slack.delivery import Delivery
from bot.simulator.slack.outcomes import Refused
from bot.simulator.slack.workspace import Channel, User

RETRY_AFTER_SECONDS: Final = (0.0, 60.0, 300.0)


@dataclass(frozen=True)
class EventDelivery:
    """How an event was told.

    ``failures`` holds Slack's word (``http_error``, ``http_timeout``, ``connection_failed``) for each time
    that it was not heard; ``heard`` whether it was in the end.
    """

    event_id: str
    kind: str
    failures: tuple[str, ...]
    heard: bool


class Events:
    """Tells the app what it subscribed to."""

    def __init__(self, backend: Backend, delivery: Delivery) -> None:
        self._backend = backend
        self._delivery = delivery
        self.told: list[EventDelivery] = []

    async def tell(self, event: Mapping[str, Any], user: User, channel: Channel) -> EventDelivery:
        """Deliver one event, with up to three repetitions, by the injected clock.

        Raises Refused when the manifest does not subscribe to it: Slack would say nothing.
        """
        kind = str(event["type"])
        if kind not in self._backend.manifest.events:
            raise Refused(f"the manifest does not subscribe to {kind}")
        payload = payloads.event(self._backend, user, channel, event)
        failures: list[str] = []
        heard = False
        for attempt, pause in enumerate((0.0, *RETRY_AFTER_SECONDS)):
            if pause:
                await self._backend.clock.sleep(pause)
            outcome = await self._delivery.tell(payload, attempt, failures[-1] if failures else None)
            heard = outcome.failure is None
            if outcome.failure is not None:
                failures.append(outcome.failure)
            if heard or outcome.never_again:
                break
        told = EventDelivery(payload["event_id"], kind, tuple(failures), heard)
        self.told.append(told)
        self._backend.workspace.changes.mark()
        return told
