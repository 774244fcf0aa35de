"""A finished card: what goes to Slack."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import blocks, limits
from bot.cards.limits import Block, Part
from bot.cards.markup import Markup
from bot.cards.texts import Texts
from bot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """``text`` is a full sentence for notifications and screen readers; ``blocks`` is what is seen."""

    text: str
    blocks: list[Block]


def compose(summary: Markup, parts: Sequence[Part], texts: Texts) -> Card:
    """A card of ``parts``; what does not fit is left out, least important first, and the card says so."""

    def note(left_out: int) -> Block:
        return blocks.context(
            texts.ngettext(
                "{n} entry is left out here: Slack shows no more in one message.",
                "{n} entries are left out here: Slack shows no more in one message.",
                left_out,
            )
        )

    return Card(text=summary.mrkdwn(limits.TOP_LEVEL_TEXT), blocks=limits.fit(parts, note))
