"""What a message may contain, for every way of posting one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.simulator.slack import limits
from bot.simulator.slack.blockkit.blocks import Surface, check_blocks
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.webapi.arguments import Arguments


@dataclass(frozen=True)
class Content:
    """Checked text and blocks. The flags tell whether the app sent them at all."""

    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    has_text: bool = False
    has_blocks: bool = False


def read_content(args: Arguments) -> Content:
    """Text and blocks of a call.

    Raises invalid_blocks_format (no list), invalid_blocks (a rule of Block Kit) or msg_too_long.
    """
    text = args.text("text")
    blocks = args.json("blocks", "invalid_blocks_format")
    if blocks is not None and not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    if len(text or "") > limits.MESSAGE_TEXT.most:
        raise ApiError("msg_too_long")
    violations = check_blocks(blocks, Surface.MESSAGE) if blocks else []
    if violations:
        raise ApiError("invalid_blocks", tuple(map(str, violations)))
    return Content(text or "", blocks or [], text is not None, blocks is not None)


def read_new_content(args: Arguments) -> Content:
    """The content of a new message; raises ``no_text`` when there is neither text nor blocks."""
    content = read_content(args)
    if not content.text.strip() and not content.blocks:
        raise ApiError("no_text")
    return content


def read_metadata(args: Arguments) -> dict[str, Any] | None:
    """``{event_type, event_payload}``; raises invalid_metadata_format or invalid_metadata_schema."""
    metadata = args.json("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    fine = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if not fine or metadata.keys() - {"event_type", "event_payload"}:
        raise ApiError("invalid_metadata_schema")
    return metadata
