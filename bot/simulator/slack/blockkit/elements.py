"""Shapes of block elements and composition objects (docs.slack.dev, reference/block-kit/block-elements).

Left out, and therefore refused: external selects (they need ``block_suggestion``), channel selects, e-mail,
URL, file and rich-text inputs, date-and-time and time pickers, workflow buttons. None of the bot's cards uses
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.simulator.slack import limits
from bot.simulator.slack.blockkit.rules import (
    Boolean,
    ByType,
    Extra,
    Integer,
    Items,
    Rule,
    Shape,
    String,
    Url,
    Violation,
    at_least_one_of,
    at_most_one_of,
    plain_text,
    text,
    typed,
)
from bot.simulator.slack.limits import Limit

CONFIRM: Final = Shape(
    {
        "title": plain_text(limits.CONFIRM_TITLE),
        "text": text(limits.CONFIRM_TEXT),
        "confirm": plain_text(limits.CONFIRM_CONFIRM),
        "deny": plain_text(limits.CONFIRM_DENY),
    },
    {"style": String(choices=frozenset({"primary", "danger"}))},
)

_ACTION_ID: Final = String(limits.ACTION_ID)
_CONFIRMABLE: Final[dict[str, Rule]] = {"action_id": _ACTION_ID, "confirm": CONFIRM}


def _option(*, label: Rule, extra: Mapping[str, Rule] | None = None) -> Shape:
    return Shape(
        {"text": label, "value": String(limits.OPTION_VALUE)},
        {"description": label, **(extra or {})},
    )


OPTION: Final = _option(label=plain_text(limits.OPTION_TEXT))
RICH_OPTION: Final = _option(label=text(limits.OPTION_TEXT))
OVERFLOW_OPTION: Final = _option(label=plain_text(limits.OPTION_TEXT), extra={"url": Url(limits.OPTION_URL)})
OPTION_GROUP: Final = Shape(
    {"label": plain_text(limits.OPTION_GROUP_LABEL), "options": Items(OPTION, limits.SELECT_OPTIONS)}
)


def _initial_among_options(name: str) -> Extra:
    """Slack refuses an initial option that is not among the options, word for word."""

    def check(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        options = [option for option in value.get("options") or [] if isinstance(option, dict)]
        for group in value.get("option_groups") or []:
            options += group.get("options", []) if isinstance(group, dict) else []
        initial = value.get(name)
        chosen = initial if isinstance(initial, list) else [initial] if initial is not None else []
        for option in chosen:
            if option not in options:
                yield Violation(f"{at}/{name}", "must be one of the provided options")

    return check


def _unique_values(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    options = value.get("options")
    values = (
        [option.get("value") for option in options if isinstance(option, dict)]
        if isinstance(options, list)
        else []
    )
    if len(set(map(str, values))) != len(values):
        yield Violation(f"{at}/options", "option values must be unique")


BUTTON: Final = typed(
    {"text": plain_text(limits.BUTTON_TEXT)},
    {
        **_CONFIRMABLE,
        "value": String(limits.BUTTON_VALUE),
        "url": Url(limits.BUTTON_URL),
        "style": String(choices=frozenset({"primary", "danger"})),
        "accessibility_label": String(limits.BUTTON_ACCESSIBILITY_LABEL),
    },
)

_FOCUS: Final[dict[str, Rule]] = {"focus_on_load": Boolean()}
_PLACEHOLDER: Final[dict[str, Rule]] = {"placeholder": plain_text(limits.PLACEHOLDER)}
_SELECT: Final[dict[str, Rule]] = {**_CONFIRMABLE, **_FOCUS, **_PLACEHOLDER}
_OPTIONS: Final[dict[str, Rule]] = {
    "options": Items(OPTION, limits.SELECT_OPTIONS),
    "option_groups": Items(OPTION_GROUP, limits.OPTION_GROUPS),
}
_OPTION_SOURCES: Final = (
    at_least_one_of("options", "option_groups"),
    at_most_one_of("options", "option_groups"),
)

STATIC_SELECT: Final = typed(
    {},
    {**_SELECT, **_OPTIONS, "initial_option": OPTION},
    *_OPTION_SOURCES,
    _initial_among_options("initial_option"),
)
MULTI_STATIC_SELECT: Final = typed(
    {},
    {
        **_SELECT,
        **_OPTIONS,
        "initial_options": Items(OPTION, limits.SELECT_OPTIONS),
        "max_selected_items": Integer(limits.SELECT_OPTIONS),
    },
    *_OPTION_SOURCES,
    _initial_among_options("initial_options"),
)
USERS_SELECT: Final = typed({}, {**_SELECT, "initial_user": String()})
CONVERSATIONS_SELECT: Final = typed(
    {},
    {
        **_SELECT,
        "initial_conversation": String(),
        "default_to_current_conversation": Boolean(),
        "response_url_enabled": Boolean(),
        "filter": Shape(
            {},
            {
                "include": Items(String(choices=frozenset({"im", "mpim", "private", "public"})), Limit(4)),
                "exclude_external_shared_channels": Boolean(),
                "exclude_bot_users": Boolean(),
            },
        ),
    },
)
OVERFLOW: Final = typed(
    {"options": Items(OVERFLOW_OPTION, limits.OVERFLOW_OPTIONS)}, _CONFIRMABLE, _unique_values
)
CHECKBOXES: Final = typed(
    {"options": Items(RICH_OPTION, limits.CHECKBOXES_OPTIONS)},
    {**_CONFIRMABLE, **_FOCUS, "initial_options": Items(RICH_OPTION, limits.CHECKBOXES_OPTIONS)},
    _unique_values,
    _initial_among_options("initial_options"),
)
RADIO_BUTTONS: Final = typed(
    {"options": Items(RICH_OPTION, limits.RADIO_OPTIONS)},
    {**_CONFIRMABLE, **_FOCUS, "initial_option": RICH_OPTION},
    _unique_values,
    _initial_among_options("initial_option"),
)


def _calendar_date(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    date = value.get("initial_date")
    if isinstance(date, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        yield Violation(f"{at}/initial_date", "must be in the format YYYY-MM-DD")


DATEPICKER: Final = typed({}, {**_SELECT, "initial_date": String()}, _calendar_date)


def _lengths_in_order(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Violation(f"{at}/min_length", "must not be greater than max_length")


PLAIN_TEXT_INPUT: Final = typed(
    {},
    {
        **_FOCUS,
        **_PLACEHOLDER,
        "action_id": _ACTION_ID,
        "initial_value": String(Limit(3000, 0)),
        "multiline": Boolean(),
        "min_length": Integer(limits.PLAIN_TEXT_INPUT_MIN_LENGTH),
        "max_length": Integer(limits.PLAIN_TEXT_INPUT_MAX_LENGTH),
        "dispatch_action_config": Shape(
            {},
            {
                "trigger_actions_on": Items(
                    String(choices=frozenset({"on_enter_pressed", "on_character_entered"})), Limit(2)
                )
            },
        ),
    },
    _lengths_in_order,
)
NUMBER_INPUT: Final = typed(
    {"is_decimal_allowed": Boolean()},
    {
        **_FOCUS,
        **_PLACEHOLDER,
        "action_id": _ACTION_ID,
        "initial_value": String(),
        "min_value": String(),
        "max_value": String(),
    },
)


def image(optional: Mapping[str, Rule] | None = None) -> Shape:
    """An image by address; files uploaded to Slack are left out."""
    return typed(
        {"image_url": Url(limits.IMAGE_URL), "alt_text": String(limits.IMAGE_ALT_TEXT)}, optional or {}
    )


IMAGE: Final = image()

_CHOICES: Final[dict[str, Rule]] = {
    "static_select": STATIC_SELECT,
    "users_select": USERS_SELECT,
    "conversations_select": CONVERSATIONS_SELECT,
    "datepicker": DATEPICKER,
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
}
IN_ACTIONS: Final = ByType({"button": BUTTON, "overflow": OVERFLOW, **_CHOICES})
IN_SECTION: Final = ByType({**IN_ACTIONS.shapes, "multi_static_select": MULTI_STATIC_SELECT, "image": IMAGE})
IN_INPUT: Final = ByType(
    {
        **_CHOICES,
        "multi_static_select": MULTI_STATIC_SELECT,
        "plain_text_input": PLAIN_TEXT_INPUT,
        "number_input": NUMBER_INPUT,
    }
)
IN_CONTEXT: Final = ByType({"image": IMAGE, **text(limits.CONTEXT_TEXT).shapes})
BUTTONS: Final = ByType({"button": BUTTON})
IMAGES: Final = ByType({"image": IMAGE})

INTERACTIVE: Final = frozenset({*IN_ACTIONS.shapes, *IN_INPUT.shapes})
"""Types of elements that a person can press, choose from or fill in."""
