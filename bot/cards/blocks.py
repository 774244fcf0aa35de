"""The blocks that the cards are made of, each fitting its limits.

Shapes: docs.slack.dev/reference/block-kit. ``plain_text`` objects never turn ``:words:`` into emoji here,
and ``mrkdwn`` objects are ``verbatim``, so that nothing becomes a link that we did not make one.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, Final

from bot.cards import limits
from bot.cards.actions import Action, ButtonValue
from bot.cards.limits import Block
from bot.cards.markup import Markup, fits_mrkdwn, lines
from bot.cards.outside import Outside
from bot.dataclass import dataclass

_NOTHING: Final = "–"
"""Slack refuses an empty text; a value that turns out empty is drawn as a dash."""


class Weight(Enum):
    """How a button looks. Red is for what destroys, and stands in forms only."""

    ORDINARY = ""
    RED = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, what it does, and what a screen reader says where the label alone is not
    enough."""

    label: Markup
    action: Action
    value: ButtonValue
    spoken: Markup | None = None
    weight: Weight = Weight.ORDINARY


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu."""

    label: Markup
    value: ButtonValue


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of at most 100 options; ``chosen`` is one of them."""

    placeholder: Markup
    action: Action
    options: tuple[Option, ...]
    chosen: Option | None = None


def header(text: Markup) -> Block:
    """A heading, plain."""
    return {"type": "header", "text": _plain(text, limits.HEADER_TEXT)}


def section(text: Markup, accessory: Button | None = None) -> Block:
    """A paragraph, with at most one button at its side."""
    block: Block = {"type": "section", "text": _mrkdwn(text, limits.SECTION_TEXT)}
    if accessory is not None:
        block["accessory"] = _button(accessory)
    return block


def paragraphs(texts: Iterable[Markup]) -> tuple[Block, ...]:
    """Lines as sections, as many whole lines in each as fit: a list is not cut where one section is full."""
    drawn: list[Markup] = []
    for line in texts:
        if drawn and fits_mrkdwn(lines((drawn[-1], line)), limits.SECTION_TEXT):
            drawn[-1] = lines((drawn[-1], line))
        elif line:
            drawn.append(line)
    return tuple(section(text) for text in drawn)


def context(*texts: Markup) -> Block:
    """Small print."""
    kept = [text for text in texts if text][: limits.CONTEXT_ELEMENTS]
    return {"type": "context", "elements": [_mrkdwn(text, limits.CONTEXT_TEXT) for text in kept]}


def actions(*elements: Button | Menu) -> Block:
    """A row of buttons and menus; each action once, since Slack wants ids unique in a block."""
    names = [element.action for element in elements]
    if len(set(names)) != len(names) or not 1 <= len(names) <= limits.ACTIONS_ELEMENTS:
        raise ValueError(f"these cannot share a row: {names}")
    drawn = [_button(element) if isinstance(element, Button) else _menu(element) for element in elements]
    return {"type": "actions", "elements": drawn}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def preformatted(text: Outside, limit: int = limits.PREFORMATTED_TEXT) -> Block:
    """Text from outside in the typewriter face, with its line breaks. ``rich_text`` parses nothing in it."""
    return {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "text", "text": text.verbatim(limit) or _NOTHING}],
            }
        ],
    }


def _button(button: Button) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "type": "button",
        "text": _plain(button.label, limits.BUTTON_TEXT),
        "action_id": str(button.action),
        "value": button.value.encoded(),
    }
    if button.weight is not Weight.ORDINARY:
        drawn["style"] = button.weight.value
    if button.spoken:
        drawn["accessibility_label"] = button.spoken.plain(limits.ACCESSIBILITY_LABEL)
    return drawn


def _menu(menu: Menu) -> dict[str, Any]:
    if not 1 <= len(menu.options) <= limits.SELECT_OPTIONS:
        raise ValueError(f"a menu cannot hold {len(menu.options)} options")
    drawn: dict[str, Any] = {
        "type": "static_select",
        "placeholder": _plain(menu.placeholder, limits.PLACEHOLDER),
        "action_id": str(menu.action),
        "options": [_option(option) for option in menu.options],
    }
    if menu.chosen is not None:
        drawn["initial_option"] = _option(menu.chosen)
    return drawn


def _option(option: Option) -> dict[str, Any]:
    return {"text": _plain(option.label, limits.OPTION_TEXT), "value": option.value.encoded()}


def _plain(text: Markup, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text.plain(limit) or _NOTHING, "emoji": False}


def _mrkdwn(text: Markup, limit: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text.mrkdwn(limit).strip() or _NOTHING, "verbatim": True}
