"""Inputs of forms: a line or a paragraph to type, a menu to choose from, a box to tick.

Limits: docs.slack.dev/reference/block-kit. Each input's name is its block id and its action id, so that a
form that is drawn again keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bot.cards.limits import OPTION_TEXT, PLACEHOLDER, Block
from bot.cards.markup import EMPTY, Markup
from bot.cards.outside import Outside
from bot.dataclass import dataclass

_LABEL: Final = 2000
_HINT: Final = 2000
_GROUP: Final = 75


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu, with the value that the form sends."""

    label: Markup
    value: str


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Lines of a menu under a heading."""

    label: Markup
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """What every input has."""

    name: str
    label: Markup
    hint: Markup = EMPTY
    is_optional: bool = False


def line_input(field: Field, typed: str, most: int) -> Block:
    """A line of at most ``most`` characters."""
    return _input(field, _text_element(field, typed, most))


def paragraph_input(field: Field, typed: str, most: int) -> Block:
    """Several lines."""
    return _input(field, _text_element(field, typed, most) | {"multiline": True})


def menu_input(field: Field, placeholder: Markup, groups: Sequence[ChoiceGroup], chosen: str) -> Block:
    """A menu with headings; ``chosen`` is the value of one of its lines, or empty."""
    drawn: list[dict[str, Any]] = [
        {"label": _plain(group.label, _GROUP), "options": _options(group.choices)} for group in groups
    ]
    element: dict[str, Any] = {
        "type": "static_select",
        "action_id": field.name,
        "placeholder": _plain(placeholder, PLACEHOLDER),
        "option_groups": drawn,
    }
    options = [option for group in drawn for option in group["options"]]
    return _input(field, element | _initial(options, chosen))


def tick_input(field: Field, choice: Choice, ticked: Sequence[str]) -> Block:
    """One box to tick."""
    element: dict[str, Any] = {
        "type": "checkboxes",
        "action_id": field.name,
        "options": _options((choice,)),
    }
    if choice.value in ticked:
        element["initial_options"] = _options((choice,))
    return _input(field, element)


def ticks_input(field: Field, choices: Sequence[Choice], ticked: Sequence[str]) -> Block:
    """Up to ten boxes to tick."""
    options = _options(choices)
    element: dict[str, Any] = {"type": "checkboxes", "action_id": field.name, "options": options}
    if initial := [option for option in options if option["value"] in ticked]:
        element["initial_options"] = initial
    return _input(field, element)


def choices_input(field: Field, placeholder: Markup, choices: Sequence[Choice]) -> Block:
    """A menu of at most 100 lines from which several can be chosen."""
    element: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": field.name,
        "placeholder": _plain(placeholder, PLACEHOLDER),
        "options": _options(choices),
    }
    return _input(field, element)


def radio_input(field: Field, choices: Sequence[Choice], chosen: str) -> Block:
    """Up to ten buttons of which one is chosen."""
    options = _options(choices)
    element: dict[str, Any] = {"type": "radio_buttons", "action_id": field.name, "options": options}
    return _input(field, element | _initial(options, chosen))


def _text_element(field: Field, typed: str, most: int) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": field.name, "max_length": most}
    if shown := Outside(typed).verbatim(most):
        element["initial_value"] = shown
    return element


def _input(field: Field, element: dict[str, Any]) -> Block:
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, _LABEL),
        "element": element,
        "optional": field.is_optional,
    }
    if field.hint:
        block["hint"] = _plain(field.hint, _HINT)
    return block


def _options(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    return [{"text": _plain(choice.label, OPTION_TEXT), "value": choice.value} for choice in choices]


def _initial(options: Sequence[dict[str, Any]], chosen: str) -> dict[str, Any]:
    found = [option for option in options if option["value"] == chosen]
    return {"initial_option": found[0]} if found else {}


def _plain(text: Markup, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text.plain(limit) or "–", "emoji": False}
