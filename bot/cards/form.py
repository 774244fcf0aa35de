"""Modals: forms that people fill in, and what stands in their place afterwards.

Limits: docs.slack.dev/reference/views. A form carries the versioned value of the button that opened it, so
that it knows what it is about without any state in the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from bot.cards import blocks
from bot.cards.actions import ButtonValue
from bot.cards.limits import Block
from bot.cards.markup import Markup, own
from bot.cards.texts import Texts
from bot.dataclass import dataclass

APP_NAME: Final = own("Sync Errors")
TITLE: Final = 24
BUTTON: Final = 24
LABEL: Final = 2000
HINT: Final = 2000


class Form(StrEnum):
    """Every ``callback_id`` that a modal may carry; each has exactly one listener in ``handlers``."""

    SHARE = "share.form"
    TEACH = "teach.form"
    PURGE = "purge.form"
    RETRY = "retry.form"
    CONFLICT_CHOOSE = "conflict.choose.form"
    CONFLICT = "conflict.form"
    MATCH = "match.form"
    MATCH_CONFIRM = "match.confirm.form"
    UNCOUPLE = "uncouple.form"
    LOST_CREATE = "lost.create.form"
    DECISION_UNDO = "decision.undo.form"
    RULE_UNDO = "rule.undo.form"
    SUPPORT = "support.form"


@dataclass(frozen=True, slots=True)
class Submit:
    """What is sent where, and what the button says."""

    form: Form
    label: Markup
    value: ButtonValue


@dataclass(frozen=True, slots=True)
class Modal:
    """A finished modal; without ``submit`` it can only be closed."""

    title: Markup
    blocks: Sequence[Block]
    submit: Submit | None = None

    def view(self, texts: Texts) -> dict[str, Any]:
        """As ``views.open`` and ``views.update`` take it."""
        submit = self.submit
        drawn: dict[str, Any] = {
            "type": "modal",
            "title": _plain(self.title, TITLE),
            "close": _plain(texts.gettext("Close") if submit is None else texts.gettext("Cancel"), BUTTON),
            "blocks": list(self.blocks),
        }
        if submit is not None:
            drawn["submit"] = _plain(submit.label, BUTTON)
            drawn["callback_id"] = str(submit.form)
            drawn["private_metadata"] = submit.value.encoded()
        return drawn


def waiting_modal(title: Markup, texts: Texts) -> Modal:
    """While the work takes its moment."""
    return Modal(title, (blocks.section(texts.gettext("One moment…")),))


def conversation_input(name: str, label: Markup, hint: Markup, chosen: str = "") -> Block:
    """A choice of one channel, or a group's direct messages; ``chosen`` before anybody chooses, else the one
    that the person is in.

    ``name`` is the id under which the form answers it.
    """
    picker: dict[str, Any] = {
        "type": "conversations_select",
        "action_id": name,
        "filter": {"include": ["public", "private", "mpim"], "exclude_bot_users": True},
    }
    picker |= {"initial_conversation": chosen} if chosen else {"default_to_current_conversation": True}
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label, LABEL),
        "element": picker,
        "hint": _plain(hint, HINT),
    }


def _plain(text: Markup, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text.plain(limit), "emoji": False}
