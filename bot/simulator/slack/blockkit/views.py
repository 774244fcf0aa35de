"""Shapes of modals and of the App Home (docs.slack.dev, reference/views)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.simulator.slack import limits
from bot.simulator.slack.blockkit.blocks import Surface, check_blocks
from bot.simulator.slack.blockkit.rules import Boolean, ByType, Rule, String, Violation, plain_text, typed


class _Blocks:
    """Blocks of one surface, as a rule."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface

    def check(self, value: object, at: str) -> Iterator[Violation]:
        yield from check_blocks(value, self._surface, at)


def _input_needs_submit(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    blocks = value.get("blocks")
    if not isinstance(blocks, list) or value.get("submit"):
        return
    if any(isinstance(block, dict) and block.get("type") == "input" for block in blocks):
        yield Violation(f"{at}/submit", "a modal with an input block needs `submit`")


_COMMON: Final[dict[str, Rule]] = {
    "private_metadata": String(limits.PRIVATE_METADATA),
    "callback_id": String(limits.CALLBACK_ID),
    "external_id": String(limits.EXTERNAL_ID),
}
_MODAL: Final = typed(
    {"title": plain_text(limits.VIEW_TITLE), "blocks": _Blocks(Surface.MODAL)},
    {
        **_COMMON,
        "submit": plain_text(limits.VIEW_SUBMIT),
        "close": plain_text(limits.VIEW_CLOSE),
        "clear_on_close": Boolean(),
        "notify_on_close": Boolean(),
        "submit_disabled": Boolean(),
    },
    _input_needs_submit,
)
_HOME: Final = typed({"blocks": _Blocks(Surface.HOME)}, _COMMON)
_VIEWS: Final[dict[Surface, ByType]] = {
    Surface.MODAL: ByType({"modal": _MODAL}),
    Surface.HOME: ByType({"home": _HOME}),
}


def check_view(view: object, surface: Surface, at: str = "/view") -> list[Violation]:
    """Everything Slack would refuse about ``view`` on ``surface``; empty when it is fine."""
    return list(_VIEWS[surface].check(view, at))


def is_too_large(view: object) -> bool:
    """More than 250 KB of JSON (``view_too_large``)."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > limits.VIEW_BYTES.most
