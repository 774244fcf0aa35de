"""What a person sees: messages, modals and the elements in them. Snapshots; look again after a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.slack.blockkit.state import interactive
from bot.simulator.slack.mrkdwn import Link, Reader, links, mentions, shown, shown_label
from bot.simulator.slack.reading import mrkdwn_sources, rich_text_links, rich_text_mentions, shown_blocks


@dataclass(frozen=True)
class Option:
    """One choice of a select, overflow, checkbox or radio group."""

    label: str
    value: str
    url: str | None = None


@dataclass(frozen=True)
class Element:
    """Something to press, choose from or fill in.

    ``kind`` is Slack's type (``button``, ``overflow``, ``static_select``, ``plain_text_input``, ...).
    ``label`` is the button's text, the input block's label, or the placeholder. ``where`` is the ts of its
    message or the id of its view; ``raw`` the element as the app sent it.
    """

    kind: str
    label: str
    action_id: str
    block_id: str
    where: str
    value: str | None = None
    url: str | None = None
    style: str | None = None
    options: tuple[Option, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def confirm(self) -> Mapping[str, Any] | None:
        """The confirmation dialog that appears first, if any."""
        return self.raw.get("confirm")


def elements_in(blocks: list[dict[str, Any]], where: str) -> list[Element]:
    """Interactive elements in reading order."""
    return [_element(block, raw, where) for block, raw in interactive(blocks)]


def _element(block: Mapping[str, Any], raw: Mapping[str, Any], where: str) -> Element:
    label = raw.get("text") or block.get("label") or raw.get("placeholder") or {}
    groups = [group["options"] for group in raw.get("option_groups") or []]
    options = [*(raw.get("options") or []), *(option for group in groups for option in group)]
    return Element(
        kind=raw["type"],
        label=shown_label(label.get("text", "")) if isinstance(label, dict) else "",
        action_id=raw["action_id"],
        block_id=block["block_id"],
        where=where,
        value=raw.get("value"),
        url=raw.get("url"),
        style=raw.get("style"),
        options=tuple(
            Option(shown_label(option["text"]["text"]), option["value"], option.get("url"))
            for option in options
        ),
        raw=raw,
    )


@dataclass(frozen=True)
class Message:
    """A message on the person's screen.

    ``text`` is the fallback (what a notification or a screen reader says), ``updates`` how often it was
    rewritten, ``edited`` whether people see the mark "(edited)", ``deleted`` whether it has just gone.
    """

    ts: str
    channel: str
    author: str
    ephemeral: bool
    text: str
    blocks: list[dict[str, Any]]
    reader: Reader = field(repr=False, compare=False)
    thread_ts: str | None = None
    edited: bool = False
    updates: int = 0
    deleted: bool = False
    files: tuple[str, ...] = ()
    metadata: Mapping[str, Any] | None = field(default=None, repr=False)
    channel_name: str = ""
    """As people call the channel; empty for a direct message."""

    def plain(self) -> str:
        """The whole visible text; links as ``label <url>``, elements as ``[label]``, one block a line."""
        return shown_blocks(self.blocks, self.reader) if self.blocks else shown(self.text, self.reader)

    def elements(self) -> list[Element]:
        """What can be pressed or chosen, in order."""
        return elements_in(self.blocks, self.ts)

    def mentions(self) -> list[str]:
        """Whom it pings: ``channel``, ``here``, ``everyone``, or ids. The fallback text counts too."""
        found = [who for text in (self.text, *mrkdwn_sources(self.blocks)) for who in mentions(text)]
        return [*found, *rich_text_mentions(self.blocks)]

    def links(self) -> list[Link]:
        """Links in texts, the fallback included; links of buttons are in ``elements``."""
        found = [link for text in (self.text, *mrkdwn_sources(self.blocks)) for link in links(text)]
        return [*found, *rich_text_links(self.blocks)]


@dataclass(frozen=True)
class Modal:
    """The modal (or home tab) on the person's screen. ``errors`` stand under inputs, by block_id."""

    view_id: str
    title: str
    submit_label: str | None
    callback_id: str
    private_metadata: str
    blocks: list[dict[str, Any]]
    reader: Reader = field(repr=False, compare=False)
    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> str:
        """Title and body as a person reads them."""
        body = shown_blocks(self.blocks, self.reader)
        return f"{self.title}\n{body}" if self.title else body

    def elements(self) -> list[Element]:
        """What can be pressed, chosen or filled in, in order."""
        return elements_in(self.blocks, self.view_id)
