"""What Slack's client makes of a press or a choice: the action's fields, and the value that stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.simulator.slack.blockkit.state import CHOSEN, SEVERAL, Values
from bot.simulator.slack.outcomes import Refused
from bot.simulator.slack.payloads import Press
from bot.simulator.slack.screen import Element

Choice = str | Sequence[str] | None
WITH_OPTIONS: Final = frozenset(
    {"static_select", "multi_static_select", "overflow", "checkboxes", "radio_buttons"}
)
INPUTS: Final = frozenset({"plain_text_input", "number_input"})


def press_of(element: Element, choice: Choice = None) -> Press:
    """The action that a press of this element causes; raises Refused for a choice that is not offered."""
    if element.kind == "button":
        names = ("text", "value", "style", "url")
        fields = {name: element.raw[name] for name in names if name in element.raw}
    elif element.kind == "overflow":
        fields = {"selected_option": _option(element, choice)}
    elif element.kind in CHOSEN:
        fields = {CHOSEN[element.kind][0]: value_of(element, choice)}
    else:
        raise Refused(f"a {element.kind} cannot be pressed")
    return Press(element.kind, element.action_id, element.block_id, fields)


def remember(values: Values, element: Element, choice: Choice) -> None:
    """Keep the choice in the state of the message or view."""
    if element.kind in CHOSEN:
        name = CHOSEN[element.kind][0]
        chosen = {"type": element.kind, name: value_of(element, choice)}
        values.setdefault(element.block_id, {})[element.action_id] = chosen


def value_of(element: Element, choice: Choice) -> Any:
    """The state value of a choice: an option, a list of options, an id, a date or a text."""
    if element.kind in SEVERAL:
        return [_option(element, one) for one in ([choice] if isinstance(choice, str) else choice or [])]
    if element.kind in WITH_OPTIONS:
        return _option(element, choice)
    if choice is None or choice == "":
        return None
    if not isinstance(choice, str):
        raise Refused(f"{element.label!r} takes one value")
    if element.kind == "datepicker":
        date.fromisoformat(choice)
    if element.kind in INPUTS:
        _check_length(element.raw, choice)
    return choice


def missing_inputs(blocks: Sequence[Mapping[str, Any]], values: Values) -> list[str]:
    """Labels of inputs that must be filled in and are not."""
    missing = []
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        state = values[block["block_id"]][block["element"]["action_id"]]
        if not state[CHOSEN[state["type"]][0]]:
            missing.append(block["label"]["text"])
    return missing


def _option(element: Element, choice: Choice) -> dict[str, Any]:
    groups = [group["options"] for group in element.raw.get("option_groups") or []]
    options = [*(element.raw.get("options") or []), *(option for group in groups for option in group)]
    for option in options:
        if choice in (option["text"]["text"], option["value"]):
            return dict(option)
    offered = ", ".join(option["text"]["text"] for option in options)
    raise Refused(f"{choice!r} is not offered; there is: {offered}")


def _check_length(raw: Mapping[str, Any], text: str) -> None:
    least, most = raw.get("min_length", 0), raw.get("max_length", 3000)
    if not least <= len(text) <= most:
        raise Refused(f"the input takes {least} to {most} characters, not {len(text)}")
