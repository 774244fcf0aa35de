"""What a failure means, for a person at a shell."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards.failure import failure_words
from bot.cards.texts import Texts


def sentence_for(key: str, facts: Mapping[str, str | int]) -> str:
    """The same words as in Slack, as plain text."""
    words = failure_words(key, facts, Texts.for_locale("en-US"))
    return f"{words.what.plain(500)} {words.next_step.plain(500)}"
