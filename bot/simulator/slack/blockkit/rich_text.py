"""Shapes of rich text (docs.slack.dev, reference/block-kit/blocks/rich-text-block)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.simulator.slack import limits
from bot.simulator.slack.blockkit.rules import (
    Boolean,
    ByType,
    Integer,
    Items,
    Rule,
    Shape,
    String,
    Url,
    Violation,
    typed,
)
from bot.simulator.slack.limits import Limit

_NOT_EMPTY: Final = Limit(100_000)
_STYLE: Final = Shape(
    {}, {name: Boolean() for name in ("bold", "italic", "strike", "code", "underline", "highlight", "unlink")}
)
_STYLED: Final[dict[str, Rule]] = {"style": _STYLE}
_BORDER: Final = Integer(Limit(1, 0))


def _known_style(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    if value.get("type") == "rich_text_list" and value.get("style") not in {"bullet", "ordered"}:
        yield Violation(f"{at}/style", "must be a valid enum value")


_TEXT: Final = typed({"text": String(_NOT_EMPTY)}, _STYLED)
_LINK: Final = typed({"url": Url(limits.BUTTON_URL)}, {**_STYLED, "text": String(), "unsafe": Boolean()})
_INLINE: Final = ByType(
    {
        "text": _TEXT,
        "link": _LINK,
        "user": typed({"user_id": String(_NOT_EMPTY)}, _STYLED),
        "usergroup": typed({"usergroup_id": String(_NOT_EMPTY)}, _STYLED),
        "channel": typed({"channel_id": String(_NOT_EMPTY)}, _STYLED),
        "emoji": typed(
            {"name": String(_NOT_EMPTY)}, {**_STYLED, "skin_tone": Integer(), "unicode": String()}
        ),
        "broadcast": typed({"range": String(choices=frozenset({"here", "channel", "everyone"}))}, _STYLED),
        "color": typed({"value": String(_NOT_EMPTY)}, _STYLED),
        "date": typed(
            {"timestamp": Integer(), "format": String(_NOT_EMPTY)},
            {**_STYLED, "url": Url(limits.BUTTON_URL), "fallback": String()},
        ),
    }
)
_SECTION: Final = typed({"elements": Items(_INLINE)})

_PARTS: Final = ByType(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": typed(
            {"elements": Items(ByType({"rich_text_section": _SECTION}), _NOT_EMPTY), "style": String()},
            {
                "indent": Integer(limits.RICH_TEXT_LIST_INDENT),
                "offset": Integer(Limit(1_000_000, 0)),
                "border": _BORDER,
            },
            _known_style,
        ),
        "rich_text_preformatted": typed(
            {"elements": Items(ByType({"text": _TEXT, "link": _LINK}), _NOT_EMPTY)},
            {"border": _BORDER, "language": String()},
        ),
        "rich_text_quote": typed({"elements": Items(_INLINE, _NOT_EMPTY)}, {"border": _BORDER}),
    }
)

RICH_TEXT: Final = typed({"elements": Items(_PARTS, _NOT_EMPTY)}, {"block_id": String(limits.BLOCK_ID)})
RICH_TEXT_CELL: Final = typed({"elements": Items(_PARTS, _NOT_EMPTY)})
