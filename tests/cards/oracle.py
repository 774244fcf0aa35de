"""Judges of a finished card: slackblocks as an independent oracle, and our own rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    Message,
    Option,
    RichTextBlock,
    SectionBlock,
    StaticSelectMenu,
    Text,
    TextType,
)
from slackblocks.rich_text import RichText, RichTextCodeBlock

from bot.cards.card import Card
from bot.cards.limits import MESSAGE_TEXT, TOP_LEVEL_TEXT, length, texts_of

_CONTROL = re.compile(r"<([^>]*)>")
_OURS = re.compile(r"!date\^-?\d+\^\{date_short_pretty\}( \{time\})?\|[^<>|]*|https://[^\s<>|]+\|[^<>|]*")


def check(card: Card) -> None:
    """Everything that holds for any card, whatever is on it."""
    assert card.text.strip()
    assert length(card.text) <= TOP_LEVEL_TEXT
    Message(channel="C1", text=card.text, blocks=[accepted(block) for block in card.blocks]).to_dict()
    assert sum(length(text) for block in card.blocks for text in texts_of(block)) <= MESSAGE_TEXT
    for block in card.blocks:
        ids = [element["action_id"] for element in block.get("elements", []) if "action_id" in element]
        assert len(ids) == len(set(ids))
    for text in [card.text, *mrkdwn_texts(card)]:
        assert not foreign_controls(text), text


def foreign_controls(mrkdwn: str) -> list[str]:
    """Mentions, links and dates in ``mrkdwn`` that are not of a shape that we make."""
    return [control for control in _CONTROL.findall(mrkdwn) if not _OURS.fullmatch(control)]


def mrkdwn_texts(card: Card) -> Iterator[str]:
    """What Slack parses on a card."""
    for block in card.blocks:
        yield from _mrkdwn(block)


def _mrkdwn(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            assert node["verbatim"] is True
            yield node["text"]
        for value in node.values():
            yield from _mrkdwn(value)
    elif isinstance(node, list):
        for item in node:
            yield from _mrkdwn(item)


def accepted(block: dict[str, Any]) -> Block:
    """The block as slackblocks builds it; raises where it breaks one of Slack's limits."""
    match block["type"]:
        case "header":
            return HeaderBlock(_text(block["text"]))
        case "section":
            accessory = block.get("accessory")
            return SectionBlock(_text(block["text"]), accessory=_button(accessory) if accessory else None)
        case "context":
            return ContextBlock([_text(element) for element in block["elements"]])
        case "actions":
            return ActionsBlock([_element(element) for element in block["elements"]])
        case "divider":
            return DividerBlock()
        case "rich_text":
            return RichTextBlock(
                [
                    RichTextCodeBlock([RichText(part["text"]) for part in element["elements"]])
                    for element in block["elements"]
                ]
            )
        case other:
            raise AssertionError(f"no card draws {other}")


def _text(node: dict[str, Any]) -> Text:
    if node["type"] == "plain_text":
        assert node["emoji"] is False
        assert "\n" not in node["text"]
        return Text(node["text"], TextType.PLAINTEXT, emoji=False)
    return Text(node["text"], TextType.MARKDOWN, verbatim=True)


def _element(node: dict[str, Any]) -> Button | StaticSelectMenu:
    return _menu(node) if node["type"] == "static_select" else _button(node)


def _menu(node: dict[str, Any]) -> StaticSelectMenu:
    assert node.get("initial_option", node["options"][0]) in node["options"]
    return StaticSelectMenu(
        placeholder=_text(node["placeholder"]),
        action_id=node["action_id"],
        options=[_option(option) for option in node["options"]],
        initial_option=_option(node["initial_option"]) if "initial_option" in node else None,
    )


def _option(node: dict[str, Any]) -> Option:
    return Option(_text(node["text"]), value=node["value"])


def _button(node: dict[str, Any]) -> Button:
    assert "url" not in node
    return Button(
        _text(node["text"]),
        action_id=node["action_id"],
        value=node["value"],
        accessibility_label=node.get("accessibility_label"),
    )
