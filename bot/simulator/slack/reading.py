"""Blocks as a person reads them, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.simulator.slack.dates import shown_date
from bot.simulator.slack.mrkdwn import Link, Reader, shown, shown_label

Json = Mapping[str, Any]


def shown_blocks(blocks: list[dict[str, Any]], reader: Reader) -> str:
    """The visible text of all blocks, a line or more for each."""
    return "\n".join(line for block in blocks for line in _lines(block, reader) if line)


def shown_text(text: Json, reader: Reader) -> str:
    """A text object."""
    raw = str(text.get("text", ""))
    return shown(raw, reader) if text.get("type") == "mrkdwn" else shown_label(raw)


def mrkdwn_sources(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Every mrkdwn string in the blocks: the places where Slack parses tokens."""
    yield from _mrkdwn_below(blocks)


def rich_text_mentions(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Whom rich text pings, by its own element types."""
    for item in _objects_below(blocks):
        if item.get("type") == "user" and "user_id" in item:
            yield item["user_id"]
        elif item.get("type") == "usergroup" and "usergroup_id" in item:
            yield item["usergroup_id"]
        elif item.get("type") == "broadcast":
            yield item["range"]


def rich_text_links(blocks: list[dict[str, Any]]) -> Iterator[Link]:
    """The links of rich text."""
    for item in _objects_below(blocks):
        if item.get("type") == "link":
            yield Link(item["url"], item.get("text", ""))


def _objects_below(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects_below(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects_below(inner)


def _mrkdwn_below(value: object) -> Iterator[str]:
    for item in _objects_below(value):
        if item.get("type") in {"mrkdwn", "markdown"} and isinstance(item.get("text"), str):
            yield item["text"]


def _lines(block: Json, reader: Reader) -> Iterator[str]:
    kind = block["type"]
    if kind in _CONTAINERS:
        yield from _container_lines(block, reader)
    elif kind == "section":
        for text in [block.get("text"), *(block.get("fields") or [])]:
            if text:
                yield shown_text(text, reader)
        if block.get("accessory"):
            yield _element(block["accessory"])
    elif kind in {"header", "alert"}:
        yield shown_text(block["text"], reader)
    elif kind == "markdown":
        yield block["text"]
    elif kind == "divider":
        yield "---"
    elif kind == "context":
        yield " ".join(
            item["alt_text"] if item["type"] == "image" else shown_text(item, reader)
            for item in block["elements"]
        )
    elif kind == "actions":
        yield " ".join(_element(item) for item in block["elements"])
    elif kind == "image":
        yield shown_label((block.get("title") or {}).get("text", "")) or block["alt_text"]
    elif kind == "input":
        yield f"{shown_text(block['label'], reader)} {_element(block['element'])}"
        if block.get("hint"):
            yield shown_text(block["hint"], reader)
    elif kind == "rich_text":
        yield rich_text(block, reader)
    elif kind in {"table", "data_table"}:
        yield shown_label(block.get("caption", ""))
        for row in block["rows"]:
            yield " | ".join(_cell(cell, reader) for cell in row)


_CONTAINERS = frozenset({"container", "card", "carousel"})


def _container_lines(block: Json, reader: Reader) -> Iterator[str]:
    if block.get("rich_text_title"):
        yield rich_text(block["rich_text_title"], reader)
    for name in ("title", "subtitle", "body", "subtext"):
        if block.get(name):
            yield shown_text(block[name], reader)
    if block.get("actions"):
        yield " ".join(_element(item) for item in block["actions"])
    for inner in block.get("child_blocks") or block.get("elements") or []:
        yield from _lines(inner, reader)


def _cell(cell: Json, reader: Reader) -> str:
    return rich_text(cell, reader) if cell["type"] == "rich_text" else shown_label(cell["text"])


def _element(element: Json) -> str:
    if element["type"] == "image":
        return str(element["alt_text"])
    text = element.get("text") or element.get("placeholder") or {}
    if element["type"] in {"checkboxes", "radio_buttons"}:
        return " ".join(f"[{shown_label(option['text']['text'])}]" for option in element["options"])
    label = f"[{shown_label(text.get('text', '')) or '…'}]"
    return f"{label} <{element['url']}>" if element.get("url") else label


def rich_text(block: Json, reader: Reader) -> str:
    """Rich text; lists as lines with a bullet or a number, quotes behind ``> ``."""
    return "\n".join(line for part in block["elements"] for line in _part(part, reader))


def _part(part: Json, reader: Reader) -> Iterator[str]:
    kind = part["type"]
    if kind == "rich_text_list":
        start = part.get("offset", 0) + 1
        for number, item in enumerate(part["elements"], start):
            mark = f"{number}." if part["style"] == "ordered" else "•"
            yield f"{'  ' * part.get('indent', 0)}{mark} {_inline(item['elements'], reader)}"
        return
    text = _inline(part["elements"], reader)
    if kind == "rich_text_quote":
        yield from (f"> {line}" for line in text.splitlines())
    else:
        yield text


def _inline(elements: list[Json], reader: Reader) -> str:
    return "".join(_inline_element(element, reader) for element in elements)


def _inline_element(element: Json, reader: Reader) -> str:
    kind = element["type"]
    if kind == "text":
        return str(element["text"])
    if kind == "link":
        return f"{element['text']} <{element['url']}>" if element.get("text") else str(element["url"])
    if kind == "user":
        return f"@{reader.name_of(element['user_id'])}"
    if kind == "usergroup":
        return f"@{element['usergroup_id']}"
    if kind == "channel":
        return f"#{reader.name_of(element['channel_id'])}"
    if kind == "broadcast":
        return f"@{element['range']}"
    if kind == "emoji":
        return f":{element['name']}:"
    if kind == "date":
        when = shown_date(
            element["timestamp"], element["format"], tz=reader.tz, locale=reader.locale, now=reader.now
        )
        return when or str(element.get("fallback", ""))
    return str(element.get("value", ""))
