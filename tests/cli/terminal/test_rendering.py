"""Messages and dialogs, block by block."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.cli.terminal.buttons import ButtonNumbers
from bot.cli.terminal.rendering import draw_message, draw_modal, print_message
from bot.cli.terminal.screen import Links, Surface, open_console, screen_of
from tests.cli.terminal.screens import (
    NOW,
    PIPE,
    TERMINAL,
    FakeMessage,
    FakeModal,
    Json,
    button,
    colourless_console,
    drawn,
    mrkdwn,
    pipe_console,
    plain,
    terminal_console,
    written,
)


def piped(*blocks: Json, numbers: ButtonNumbers | None = None) -> list[str]:
    """The body of a message in a pipe, line by line."""
    message = FakeMessage(blocks=list(blocks))
    return drawn(draw_message(message, PIPE, numbers)).split("\n")[2:]


def seen(*blocks: Json, width: int = 60, numbered: bool = False) -> list[str]:
    """The body of a message on a terminal, without the bar."""
    message = FakeMessage(blocks=list(blocks), ephemeral=False, channel_name="x")
    numbers = ButtonNumbers()
    numbers.place(message.ts, message.elements() if numbered else [])
    lines = drawn(draw_message(message, TERMINAL, numbers), colourless_console(width)).split("\n")
    assert all(line.startswith("▌") for line in lines)
    return [line.removeprefix("▌").removeprefix(" ") for line in lines[2:]]


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def test_heading_of_an_ephemeral_message() -> None:
    assert drawn(draw_message(FakeMessage(text="Hi"), PIPE)).split("\n") == [
        "Sync Errors (APP)  2:00 PM · Only visible to you",
        "",
        "Hi",
    ]


def test_heading_of_a_public_message_in_dutch() -> None:
    screen = replace(PIPE, locale="nl-NL")
    assert drawn(draw_message(FakeMessage(text="Hi", ephemeral=False), screen)).startswith(
        "Sync Errors (APP)  14:00 · #general\n"
    )
    assert "Alleen zichtbaar voor jou" in drawn(draw_message(FakeMessage(text="Hi"), screen))


def test_heading_on_a_terminal() -> None:
    shown = drawn(draw_message(FakeMessage(text="Hi"), TERMINAL), colourless_console())
    assert shown.split("\n") == ["▌ Sync Errors  APP   2:00\xa0PM  ·  Only visible to you", "▌", "▌ Hi"]


def test_a_message_that_slack_gave_no_time_yet() -> None:
    assert drawn(draw_message(FakeMessage(ts="", text="Hi"), PIPE)).startswith("Sync Errors (APP)")


def test_blocks_keep_their_distance() -> None:
    blocks = [
        {"type": "header", "text": plain("Title :tada:")},
        {"type": "context", "elements": [mrkdwn("a *b*"), plain("c"), {"type": "image", "alt_text": "logo"}]},
        {"type": "divider"},
        section("One"),
        section("Two"),
        {"type": "context", "elements": [plain("small")]},
    ]
    assert piped(*blocks) == ["Title 🎉", "a b · c · ▣ logo", "---", "One", "", "Two", "small"]
    assert seen(*blocks)[2] == "─" * 58


def test_section_with_fields() -> None:
    fields = [mrkdwn("*Who*\nAdmin"), mrkdwn("*Errors*\n12"), mrkdwn("*Long*\n" + "w " * 20)]
    assert piped({"type": "section", "fields": fields})[:2] == ["Who: Admin", "Errors: 12"]
    assert seen({"type": "section", "fields": fields})[:3] == [
        "Who                            Errors",
        "Admin                          12",
        "",
    ]


def test_section_with_a_button() -> None:
    block = section("Text of *this*\nsecond line", accessory=button("Details", "show", "1"))
    assert piped(block) == ["Text of this", "second line", "  [Details]"]
    assert seen(block, numbered=True, width=40) == [
        f"{'Text of this':<27}[1] Details",
        "second line",
    ]


def test_only_the_line_with_the_button_is_narrow() -> None:
    block = section("Title\n" + "word " * 8, accessory=button("Details", "show", "1"))
    assert seen(block, numbered=True, width=42)[1] == ("word " * 8).strip()


def test_a_date_is_never_broken_on_a_terminal() -> None:
    lines = seen(section("one two three <!date^1782907200^{date_short} {time}|x>"), width=30)[1:]
    assert lines == ["one two three Jul\xa01,\xa02026", "2:00\xa0PM"]


def test_a_wide_button_goes_below() -> None:
    block = section("Text", accessory=button("A very long name of a button indeed", "show", "1"))
    assert seen(block, numbered=True, width=50) == ["Text", "  [1] A very long name of a button indeed"]


def test_section_with_a_picture_or_a_select() -> None:
    picture = {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "A cat"}
    select = {"type": "static_select", "action_id": "s", "placeholder": plain("Which?")}
    overflow = {"type": "overflow", "action_id": "o", "options": [{"text": plain("A")}, {"text": plain("B")}]}
    assert piped(section("x", accessory=picture)) == ["x", "▣ A cat"]
    assert piped(section("x", accessory=select)) == ["x", "  [Which? ▾]"]
    assert piped(section("x", accessory=overflow)) == ["x", "  [⋯ A · B]"]


def test_actions() -> None:
    block = {
        "type": "actions",
        "elements": [
            button("Refresh", "refresh", "1", style="primary"),
            button("Open", "open", url="https://a.example/page"),
            button("Purge [all]", "purge", "1", style="danger"),
        ],
    }
    message = FakeMessage(blocks=[block])
    numbers = ButtonNumbers()
    numbers.place(message.ts, message.elements())
    assert piped(block) == ["[Refresh]   [Open ↗] (https://a.example/page)   [Purge [all]]"]
    assert piped(block, numbers=numbers) == ["[1] Refresh   [2] Open ↗   [3] Purge [all]"]
    coloured = drawn(draw_message(message, TERMINAL, numbers), terminal_console())
    assert "\x1b[1;32m[1]" in coloured
    assert "\x1b[1;31m[3]" in coloured
    assert "https://a.example/page\x1b\\" in coloured


def test_chips_wrap_whole() -> None:
    block = {"type": "actions", "elements": [button(f"Button {n}", f"b{n}") for n in range(6)]}
    assert seen(block, width=42) == [
        "[Button 0]   [Button 1]   [Button 2]",
        "[Button 3]   [Button 4]   [Button 5]",
    ]


def test_image() -> None:
    block = {
        "type": "image",
        "image_url": "https://a.example/i.png",
        "alt_text": "A chart",
        "title": plain("Errors"),
    }
    assert piped(block) == ["Errors", "▣ A chart"]


def test_tables() -> None:
    rows = [
        [{"type": "raw_text", "text": "No."}, {"type": "raw_text", "text": "Record [x]"}],
        [
            {"type": "raw_number", "value": 4711},
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "C1"}]}],
            },
        ],
        [{"type": "raw_text", "text": "short row"}],
    ]
    assert piped({"type": "data_table", "caption": "All", "rows": rows}) == [
        "All",
        "No.\tRecord [x]",
        "4711\tC1",
        "short row",
    ]
    assert seen({"type": "table", "rows": rows})[0].split() == ["No.", "Record", "[x]"]
    assert piped({"type": "table", "rows": "?"}, section("x")) == ["x"]


def test_alert_markdown_container() -> None:
    child = section("Inside")
    assert piped({"type": "alert", "level": "warning", "text": plain("Careful")}) == ["▲ Careful"]
    assert piped({"type": "markdown", "text": "# Head\n- [x](y)"}) == ["# Head", "- [x](y)"]
    assert piped(
        {"type": "container", "title": plain("T"), "subtitle": plain("S"), "child_blocks": [child]}
    ) == [
        "T",
        "S",
        "Inside",
    ]


def test_unknown_blocks_lose_no_text() -> None:
    assert piped({"type": "hologram\x1b", "deep": [{"text": plain("Words \x1b[2J")}]}) == [
        "A block of type hologram␛ cannot be shown here.",
        "Words ␛[2J",
    ]


def test_modal_in_a_pipe() -> None:
    modal = FakeModal(
        title="Clean up",
        submit_label="Delete 12",
        blocks=[
            section("Sure?"),
            {
                "type": "input",
                "label": plain("Why"),
                "optional": True,
                "hint": plain("for the log"),
                "element": {"type": "plain_text_input", "placeholder": plain("a reason")},
            },
            {
                "type": "input",
                "label": plain("Which"),
                "element": {
                    "type": "radio_buttons",
                    "options": [{"text": plain("All")}, {"text": plain("Mine")}],
                },
            },
        ],
        errors={"b": "Too short"},
    )
    assert drawn(draw_modal(modal, PIPE)).split("\n") == [
        "---",
        "Clean up",
        "",
        "Sure?",
        "",
        "Why (optional)",
        "  a reason",
        "  for the log",
        "",
        "Which",
        "  ○ All",
        "  ○ Mine",
        "",
        "! Too short",
        "[Delete 12]   [Close]",
        "---",
    ]


def test_modal_on_a_terminal_is_a_panel() -> None:
    shown = drawn(draw_modal(FakeModal(title="Call [red]stack"), TERMINAL), colourless_console(40)).split(
        "\n"
    )
    assert shown[0] == "╭─  Call [red]stack  ──────────────────╮"
    assert shown[-1] == f"╰{'─' * 38}╯"


def test_quiet_texts_are_quiet_and_buttons_bold() -> None:
    blocks = [
        {"type": "context", "elements": [plain("small print")]},
        section("x", accessory=button("Go", "go")),
    ]
    coloured = drawn(draw_message(FakeMessage(blocks=blocks), TERMINAL), terminal_console())
    assert "\x1b[90msmall print\x1b[0m" in coloured
    assert "\x1b[1;36m[Go]\x1b[0m" in coloured


def test_emoji_false_keeps_its_colons() -> None:
    text = {"type": "plain_text", "text": "a :tada: b", "emoji": False}
    assert piped({"type": "section", "text": text}) == ["a :tada: b"]


def test_one_shot_output_has_neither_numbers_nor_colours() -> None:
    console = pipe_console()
    print_message(console, FakeMessage(blocks=[section("x", accessory=button("Go", "g"))]), PIPE)
    assert "[Go]" in written(console)
    assert "\x1b" not in written(console)


def test_no_color_leaves_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=60)
    shown = drawn(
        draw_message(FakeMessage(blocks=[{"type": "header", "text": plain("T")}]), TERMINAL), console
    )
    assert "\x1b[1mT" in shown
    assert not re.search(r"\x1b\[(\d+;)*(3[0-8]|9[0-7])[;m]", shown)


def test_columns_decide_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    file = io.StringIO()
    console = open_console(file)
    print_message(console, FakeMessage(text="word " * 30), screen_of(console, "en-US", NOW))
    assert max(len(line) for line in file.getvalue().split("\n")[2:]) in range(25, 34)


def test_what_a_console_can_do() -> None:
    assert screen_of(terminal_console(), "en-US", NOW).links is Links.HIDDEN
    assert screen_of(terminal_console(), "en-US", NOW).surface is Surface.TERMINAL
    assert screen_of(colourless_console(), "en-US", NOW).links is Links.WRITTEN
    assert screen_of(pipe_console(), "en-US", NOW).surface is Surface.PIPE


def test_letters_that_the_output_lacks_do_not_fail() -> None:
    raw = io.BytesIO()
    console = open_console(io.TextIOWrapper(raw, encoding="ascii"))
    print_message(console, FakeMessage(text="Müller ▌ 日本"), screen_of(console, "en-US", NOW))
    console.file.flush()
    assert b"M?ller" in raw.getvalue()


_LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=40)
_KINDS = st.sampled_from(
    [
        "header",
        "section",
        "context",
        "actions",
        "divider",
        "image",
        "rich_text",
        "markdown",
        "alert",
        "container",
        "input",
        "table",
        "data_table",
        "button",
        "overflow",
        "mrkdwn",
        "plain_text",
        "rich_text_list",
        "rich_text_preformatted",
        "text",
        "link",
        "date",
    ]
)
_KEYS = st.sampled_from(
    [
        "text",
        "elements",
        "fields",
        "accessory",
        "rows",
        "title",
        "alt_text",
        "style",
        "url",
        "options",
        "label",
        "element",
        "child_blocks",
        "caption",
        "timestamp",
        "format",
        "indent",
        "offset",
        "level",
        "image_url",
    ]
)
_NODES = st.recursive(
    _LEAF,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.builds(
            lambda kind, rest: {**rest, "type": kind}, _KINDS, st.dictionaries(_KEYS, inner, max_size=5)
        )
    ),
    max_leaves=15,
)


@given(st.lists(_NODES, max_size=4))
def test_whatever_comes_it_is_drawn(blocks: list[Any]) -> None:
    message = FakeMessage(blocks=[block for block in blocks if block])
    shown = drawn(draw_message(message, TERMINAL), colourless_console(60))
    assert all(cell_len(line) <= 60 for line in shown.split("\n"))
    assert "\x1b" not in shown
    assert "\x1b" not in drawn(draw_message(message, PIPE))
