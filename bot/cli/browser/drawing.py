"""Cards as local-slack draws them: it knows fewer signs than Slack.

Read in its page (``web/src/blockkit`` of parvalabs/local-slack): no ``rich_text``; date tokens stand there as
they are written; entities are escaped once more, so that ``&amp;`` reads ``&amp;``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from typing import Any, Final

from bot.cards.card import Card
from bot.cards.plain import plain
from bot.cards.texts import Texts
from bot.cli.terminal.dates import slack_date
from bot.cli.terminal.screen import Links, Screen, Surface
from bot.clock import Clock
from bot.dataclass import dataclass

_DATE: Final = re.compile(r"<!date\^(-?\d+)\^([^|>]*)\|([^>]*)>")
_ANGLES: Final = {"&lt;": "\u2039", "&gt;": "\u203a"}
"""Look-alikes, since the page shows an entity as it is written and takes a bare sign for a link's."""


@dataclass(frozen=True, slots=True)
class LocalSlackDrawing:
    """Draws cards for the page. Moments are told in ``zone``: None is that of this machine."""

    clock: Clock
    zone: tzinfo | None = None

    def __call__(self, card: Card, texts: Texts) -> Card:
        screen = Screen(Surface.PIPE, Links.WRITTEN, texts.language, self.zone, self.clock.now())

        def date(token: re.Match[str]) -> str:
            # The blank keeps "today" small: our moments stand inside sentences.
            return slack_date(token[1], f" {token[2]}", token[3], screen).lstrip()

        def write(text: str) -> str:
            return _without_entities(_DATE.sub(date, text))

        simple = plain(card)
        return Card(text=write(simple.text), blocks=[_rewritten(block, write) for block in simple.blocks])


def _rewritten(node: Any, write: Callable[[str], str]) -> Any:
    """``node`` with each of its mrkdwn texts written anew."""
    if isinstance(node, list):
        return [_rewritten(item, write) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "mrkdwn":
        return {**node, "text": write(node["text"])}
    return {key: _rewritten(value, write) for key, value in node.items()}


def _without_entities(text: str) -> str:
    for entity, sign in _ANGLES.items():
        text = text.replace(entity, sign)
    return text.replace("&amp;", "&")
