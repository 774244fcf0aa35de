"""Running text: mrkdwn, rich text, dates, emoji."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from rich.console import Group

from bot.cli.terminal.dates import slack_date
from bot.cli.terminal.emoji import with_pictures
from bot.cli.terminal.mrkdwn import mrkdwn_pieces, mrkdwn_text
from bot.cli.terminal.rich_text import rich_text_pieces
from tests.cli.terminal.screens import NOW, PIPE, TERMINAL, colourless_console, drawn, terminal_console

DUTCH = replace(PIPE, locale="nl-NL")
BRITISH = replace(PIPE, locale="en-GB")


def styled(source: str) -> list[tuple[str, str]]:
    """Runs of text with their style."""
    text = mrkdwn_text(source, TERMINAL)
    return [(text.plain[span.start : span.end], str(span.style)) for span in text.spans]


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("a *bold* word", [("bold", "bold")]),
        ("_it_ and ~st~", [("it", "italic"), ("st", "strike")]),
        ("*bold _both_*", [("both", "italic"), ("bold both", "bold")]),
        ("`*code*`", [("*code*", "magenta")]),
        ("*over* <https://x.example/_a_*b*|l>*", [("over", "bold")]),
        ("snake_case_name 2*3*4", []),
        ("* spaced * and *open", []),
        ("*first\nsecond*", []),
        ("*a\n*b*", [("b", "bold")]),
    ],
)
def test_marks(source: str, runs: list[tuple[str, str]]) -> None:
    assert [run for run in styled(source) if "link" not in run[1] and "underline" not in run[1]] == runs


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("&lt;b&gt; &amp;amp; &quot;", "<b> &amp; &quot;"),
        ("<https://a.example|here> <https://a.example>", "here (https://a.example) https://a.example"),
        ("<mailto:kim@a.example|Kim> <mailto:kim@a.example>", "Kim (kim@a.example) kim@a.example"),
        ("<@U1|kim> <@U2> <#C1|general>", "@kim @U2 #general"),
        ("<!here> <!channel|channel> <!subteam^S1|@admins>", "@here @channel @admins"),
        ("1 < 2 and <> and 3 > 2", "1 < 2 and <> and 3 > 2"),
        (":warning: :tada: :no_such_name: 10:30:00", "⚠ 🎉 :no_such_name: 10:30:00"),
        ("`code` ~gone~", "`code` gone"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_what_a_pipe_reads(source: str, shown: str) -> None:
    assert drawn(Group(*mrkdwn_pieces(source, PIPE))) == shown


def test_structure_of_mrkdwn() -> None:
    source = (
        "before\n&gt; quoted *words*\n> more\n• first\n  2. second\n```let *x*\n  y &lt; 1```\nafter ``` open"
    )
    assert drawn(Group(*mrkdwn_pieces(source, PIPE))).split("\n") == [
        "before",
        "> quoted words",
        "> more",
        "• first",
        "  2. second",
        "    let *x*",
        "      y < 1",
        "after ``` open",
    ]


def test_a_quote_to_the_end() -> None:
    assert drawn(Group(*mrkdwn_pieces(">>>one\ntwo", PIPE))) == "> one\n> two"


def test_lists_hang() -> None:
    text = "1. " + "word " * 20
    assert drawn(Group(*mrkdwn_pieces(text, PIPE))).split("\n")[1].startswith("   word")


def test_links_are_clickable_on_a_terminal_only() -> None:
    pieces = Group(*mrkdwn_pieces("<https://a.example/p?q=1|here>", TERMINAL))
    seen = drawn(pieces, terminal_console())
    assert "https://a.example/p?q=1\x1b\\" in seen
    assert "here" in seen
    assert drawn(pieces, colourless_console()) == "here"


MONDAY = int(datetime.fromisoformat("2026-06-29T07:05:09+02:00").timestamp())
TODAY = int(NOW.timestamp()) - 180
YESTERDAY = TODAY - 86_400
OLD = int(datetime.fromisoformat("2024-02-03T23:30:00+01:00").timestamp())


@pytest.mark.parametrize(
    ("timestamp", "pattern", "english", "dutch"),
    [
        (MONDAY, "{date_num} {time}", "2026-06-29 7:05 AM", "2026-06-29 07:05"),
        (MONDAY, "{date_slash}", "06/29/2026", "29-06-2026"),
        (MONDAY, "{date}", "June 29th", "29 juni"),
        (OLD, "{date}", "February 3rd, 2024", "3 februari 2024"),
        (OLD, "{date_long}", "Saturday, February 3rd, 2024", "Zaterdag 3 februari 2024"),
        (OLD, "{date_long_full}", "February 3rd, 2024", "3 februari 2024"),
        (OLD, "{date_short} {time_secs}", "Feb 3, 2024 11:30:00 PM", "3 feb 2024 23:30:00"),
        (MONDAY, "{day_divider_pretty}", "Monday, June 29th", "Maandag 29 juni"),
        (OLD, "{day_divider_pretty}", "Saturday, February 3rd, 2024", "Zaterdag 3 februari 2024"),
        (TODAY, "{date_short_pretty} {time}", "Today 1:57 PM", "Vandaag 13:57"),
        (YESTERDAY, "on {date_pretty}", "on yesterday", "on gisteren"),
        (TODAY + 86_400, "{date_long_pretty}", "Tomorrow", "Morgen"),
        (TODAY, "{ago}", "3 minutes ago", "3 minuten geleden"),
        (MONDAY, "{date_of_birth}", "fallback", "fallback"),
        ("9" * 30, "{date}", "fallback", "fallback"),
        ("soon", "{date}", "fallback", "fallback"),
        (float("nan"), "{date}", "fallback", "fallback"),
        (None, "{date}", "fallback", "fallback"),
    ],
)
def test_dates(timestamp: object, pattern: str, english: str, dutch: str) -> None:
    assert slack_date(timestamp, pattern, "fallback", PIPE) == english
    assert slack_date(timestamp, pattern, "fallback", DUTCH) == dutch


def test_british_dates() -> None:
    assert slack_date(OLD, "{date_long} {time}", "", BRITISH) == "Saturday, 3 February 2024 23:30"


@pytest.mark.parametrize(
    ("day", "end"), [(1, "1st"), (2, "2nd"), (11, "11th"), (13, "13th"), (22, "22nd"), (30, "30th")]
)
def test_english_counts_its_days(day: int, end: str) -> None:
    moment = datetime.fromisoformat(f"2026-06-{day:02d}T12:00:00+02:00")
    assert slack_date(moment.timestamp(), "{date}", "", PIPE) == f"June {end}"


def test_a_date_inside_a_sentence_and_a_broken_one() -> None:
    source = f"read <!date^{TODAY}^{{ago}}|some time ago>, next <!date^x^{{time}}|later>"
    assert drawn(Group(*mrkdwn_pieces(source, PIPE))) == "read 3 minutes ago, next later"


def test_a_linked_date() -> None:
    source = f"<!date^{MONDAY}^{{date_num}}^https://a.example|f>"
    assert drawn(Group(*mrkdwn_pieces(source, PIPE))) == "2026-06-29 (https://a.example)"


def test_pictures() -> None:
    assert with_pictures(":large_red_circle: a:b :nope:") == "🔴 a:b :nope:"


def section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def test_rich_text_in_a_pipe() -> None:
    block = rich(
        section(words("Bold", bold=True), words(" *not* <!channel> "), words("x", code=True)),
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [section(words("one")), section(words("two"))],
        },
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(words("deep"))]},
        {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": [section(words("three"))]},
        {"type": "rich_text_quote", "elements": [words("said\nso")]},
        {"type": "rich_text_preformatted", "elements": [words("line 1\n  line 2 [red]\x1b[0m")]},
    )
    assert drawn(Group(*rich_text_pieces(block, PIPE))).split("\n") == [
        "Bold *not* <!channel> `x`",
        "1. one",
        "2. two",
        "   ◦ deep",
        "3. three",
        "> said",
        "> so",
        "    line 1",
        "      line 2 [red]␛[0m",
    ]


def test_rich_text_pieces_of_other_kinds() -> None:
    block = rich(
        section(
            {"type": "link", "url": "https://a.example", "text": "page"},
            words(" "),
            {"type": "emoji", "name": "whatever", "unicode": "26a0-fe0f"},
            {"type": "emoji", "name": "tada"},
            {"type": "emoji", "name": "x", "unicode": "1b"},
            words(" "),
            {"type": "user", "user_id": "U1"},
            {"type": "channel", "channel_id": "C1"},
            {"type": "broadcast", "range": "here"},
            words(" "),
            {"type": "date", "timestamp": TODAY, "format": "{ago}", "fallback": "f"},
            {"type": "color", "value": "#fff"},
        )
    )
    shown = drawn(Group(*rich_text_pieces(block, PIPE)))
    assert shown == "page (https://a.example) ⚠🎉␛ @U1#C1@here 3 minutes ago#fff"


def test_preformatted_text_has_a_frame_on_a_terminal() -> None:
    block = rich({"type": "rich_text_preformatted", "elements": [words("  one\n" + "word " * 8 + "\n日本")]})
    assert drawn(Group(*rich_text_pieces(block, TERMINAL)), colourless_console(30)).split("\n") == [
        "╭────────────────────────────╮",
        "│   one                      │",
        "│ word word word word word   │",
        "│   word word word           │",
        "│ 日本                       │",
        "╰────────────────────────────╯",
    ]


@pytest.mark.parametrize("elements", [None, "x", [None, 3], [{"type": "rich_text_section", "elements": "x"}]])
def test_malformed_rich_text_is_empty(elements: object) -> None:
    assert drawn(Group(*rich_text_pieces({"elements": elements}, PIPE))) == ""
