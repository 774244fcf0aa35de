"""Cards as local-slack draws them: it knows fewer signs than Slack.

Read in its page (``web/src/blockkit`` of parvalabs/local-slack): no ``rich_text``; date tokens stand there as
they are written; entities are escaped once more, so that ``&amp;`` reads ``&amp;``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, Final

from babel.dates import format_date, format_time

from bot.cards.card import Card
from bot.cards.plain import plain
from bot.cards.texts import Texts

_DATE: Final = re.compile(r"<!date\^(-?\d+)\^[^|>]*\|[^>]*>")
_ANGLES: Final = {"&lt;": "\u2039", "&gt;": "\u203a"}
"""Look-alikes, since the page turns entities into words and bare signs into links."""


def drawn_for_local_slack(card: Card, texts: Texts, zone: tzinfo | None = None) -> Card:
    """``card`` with what the page draws; moments in ``zone``, by default that of this machine."""
    write = partial(_written, language=texts.language, zone=zone)
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


def _written(text: str, *, language: str, zone: tzinfo | None) -> str:
    dated = _DATE.sub(lambda token: _moment(int(token[1]), language, zone), text)
    for entity, sign in _ANGLES.items():
        dated = dated.replace(entity, sign)
    return dated.replace("&amp;", "&")


def _moment(seconds: int, language: str, zone: tzinfo | None) -> str:
    """As Slack's ``{date_short_pretty} {time}``, without its "today"."""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    return f"{format_date(at, 'medium', locale=language)} {format_time(at, 'short', locale=language)}"
