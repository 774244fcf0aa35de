"""A dialog's blocks with what is filled in by now. Slack keeps that apart, as ``state.values``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def filled_in(
    blocks: Sequence[Mapping[str, Any]], values: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The blocks of a dialog with what is filled in now, in the place of what it began with."""
    return [_with_state(block, values.get(str(block.get("block_id")), {})) for block in blocks]


def _with_state(block: Mapping[str, Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
    element = block.get("element")
    if block.get("type") != "input" or not isinstance(element, Mapping):
        return block
    state = values.get(str(element.get("action_id")))
    if not isinstance(state, Mapping):
        return block
    shown = {key: value for key, value in element.items() if not key.startswith("initial_")}
    for key, value in state.items():
        name = f"initial_{key.removeprefix('selected_')}"
        if key != "type" and value:
            shown[name] = value
    return {**block, "element": shown}
