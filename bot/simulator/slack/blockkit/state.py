"""Ids that Slack gives where the app gave none, and the values that people have chosen.

``state.values`` has the shape ``{block_id: {action_id: {"type": ..., <chosen>: ...}}}``
(docs.slack.dev, reference/interaction-payloads/block_actions-payload).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Final

from bot.simulator.slack.blockkit.blocks import elements_of, walk

Blocks = list[dict[str, Any]]
Values = dict[str, dict[str, Any]]

CHOSEN: Final[dict[str, tuple[str, str]]] = {
    "static_select": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
}
"""By element type: the field of the state, and the field of the element that fills it at first."""
SEVERAL: Final = frozenset({"multi_static_select", "checkboxes"})
"""Elements whose state is a list."""


def identified(blocks: Blocks, new_id: Callable[[], str]) -> Blocks:
    """A copy in which every block and every interactive element has an id."""
    copied = copy.deepcopy(blocks)
    for block in walk(copied):
        block["block_id"] = block.get("block_id") or new_id()
        for element in elements_of(block):
            element["action_id"] = element.get("action_id") or new_id()
    return copied


def interactive(blocks: Blocks) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Pairs of block and interactive element, in reading order."""
    for block in walk(blocks):
        for element in elements_of(block):
            yield block, element


def initial_values(blocks: Blocks) -> Values:
    """The state before anybody touched it."""
    values: Values = {}
    for block, element in interactive(blocks):
        kind = element["type"]
        if kind in CHOSEN:
            name, initial = CHOSEN[kind]
            empty: list[Any] | None = [] if kind in SEVERAL else None
            chosen = {"type": kind, name: element.get(initial, empty)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = chosen
    return values


def kept_values(old: Values, blocks: Blocks) -> Values:
    """The state after an update: what was chosen stays where block_id, action_id and type stay."""
    values = initial_values(blocks)
    for block_id, actions in values.items():
        for action_id, fresh in actions.items():
            before = old.get(block_id, {}).get(action_id)
            if before is not None and before["type"] == fresh["type"]:
                actions[action_id] = before
    return values
