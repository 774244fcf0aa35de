"""Running text of a message: links, mentions, dates, styles. Used by mrkdwn and by rich text alike."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from rich.style import Style
from rich.text import Text

from bot.cli.terminal.screen import Links, Screen

MENTION: Final = "bold yellow"
CODE: Final = "magenta"

_SCHEMES: Final = frozenset({"http", "https", "mailto"})


def link(label: Text, url: str, screen: Screen) -> Text:
    """``label`` leading to ``url``: clickable where the terminal can, otherwise with the address behind it.

    An address of another kind than http, https or mailto is never made clickable; it is written out.
    """
    target = safe_address(url)
    if target is None or screen.links is Links.WRITTEN:
        written = url.removeprefix("mailto:")
        return label.copy() if label.plain in {url, written} else label + Text(f" ({written})")
    linked = label.copy()
    linked.stylize(Style(link=target, underline=True, color="blue"))
    return linked


def safe_address(url: str) -> str | None:
    """The address in letters that cannot end an OSC 8 sequence; None for what is no web page and no mail."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return None
    if scheme not in _SCHEMES:
        return None
    return "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in " ;" else _percent(letter)
        for letter in url
    )


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))
