"""``:name:`` to the picture that Slack would show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rich.emoji import Emoji, NoEmoji

_NAME: Final = re.compile(r":([a-z0-9_+'-]{1,60}):")

_SLACK_ONLY: Final[Mapping[str, str]] = {
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "large_orange_circle": "🟠",
    "large_red_circle": "🔴",
    "red_circle": "🔴",
    "large_blue_circle": "🔵",
    "large_purple_circle": "🟣",
    "large_brown_circle": "🟤",
    "large_green_square": "🟩",
    "large_yellow_square": "🟨",
    "large_orange_square": "🟧",
    "large_red_square": "🟥",
    "large_blue_square": "🟦",
    "hammer_and_wrench": "🛠",
    "ladder": "🪜",
    "bust_in_silhouette": "👤",
    "male-technologist": "👨‍💻",
    "female-technologist": "👩‍💻",
    "technologist": "🧑‍💻",
    "simple_smile": "🙂",
    "slightly_smiling_face": "🙂",
    "warning": "⚠",
    "information_source": "ℹ",
    "gear": "⚙",
    "stopwatch": "⏱",
    "link": "🔗",
    "arrows_counterclockwise": "🔄",
    "hourglass_flowing_sand": "⏳",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔",
    "x": "❌",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "rotating_light": "🚨",
    "bulb": "💡",
    "lock": "🔒",
    "key": "🔑",
    "eyes": "👀",
    "tada": "🎉",
    "mag": "🔍",
    "memo": "📝",
    "clipboard": "📋",
    "bar_chart": "📊",
    "calendar": "📅",
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
}
"""Names that Rich lacks or knows under another name, and those with a variation selector, about whose width
terminals do not agree: they are drawn without it."""


def with_pictures(text: str) -> str:
    """``text`` with every known ``:name:`` replaced; unknown names stay as they are, like in Slack."""
    return _NAME.sub(lambda found: picture(found[1]) or found[0], text) if ":" in text else text


def picture(name: str) -> str | None:
    """The picture of that name (without colons), or None."""
    known = _SLACK_ONLY.get(name)
    if known is not None:
        return known
    try:
        return str(Emoji(name.replace("-", "_"))).replace("\ufe0f", "")
    except NoEmoji:
        return None
