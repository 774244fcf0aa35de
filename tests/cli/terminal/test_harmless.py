"""Nothing that a terminal would obey comes through."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from bot.cli.terminal.harmless import harmless, harmless_line
from bot.cli.terminal.inline import safe_address
from bot.cli.terminal.mrkdwn import mrkdwn_pieces
from bot.cli.terminal.rich_text import inline_text
from tests.cli.terminal.screens import (
    PIPE,
    TERMINAL,
    colourless_console,
    drawn,
    pipe_console,
    terminal_console,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]text[/red] :warning: *x*", "plain [red]text[/red] :warning: *x*"),
        ("a\tb", "a    b"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("\x00\x7f\x9b5m", "␀␡\\x9b5m"),
        ("invoice\u202egnp.exe\u2066", "invoice\\u202egnp.exe\\u2066"),
        ("zero\u200bwidth\ufeff \u00adsoft", "zerowidth soft"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("Müller & Søn 日本 👩\u200d💻", "Müller & Søn 日本 👩\u200d💻"),
        ("z" + "\u0300" * 50, "z" + "\u0300" * 4),
    ],
)
def test_each_kind_of_letter(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_one_line_stays_one_line() -> None:
    assert harmless_line("a\nb\r\nc\x85d") == "a b c d"


@given(st.text())
def test_no_control_and_no_reordering_character_survives(text: str) -> None:
    shown = harmless(text)
    left = {letter for letter in shown if unicodedata.category(letter) in {"Cc", "Cf", "Cs"}}
    assert left <= {"\n", "\u200c", "\u200d"}
    shown.encode("utf-8")


@given(st.text())
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@given(st.text())
def test_mrkdwn_never_writes_an_escape_sequence_of_its_own_accord(text: str) -> None:
    assert "\x1b" not in drawn(Group(*mrkdwn_pieces(text, PIPE)))


@given(st.text())
def test_rich_text_shows_what_was_said_and_parses_none_of_it(text: str) -> None:
    section = {"elements": [{"type": "text", "text": text}]}
    assert inline_text(section, PIPE).plain == harmless(text)


HOSTILE = "[bold]x[/] <!channel> \x1b]8;;https://evil.example\x07click\x1b]8;;\x07 \x1b[2J *a* :x:"


def test_a_terminal_sees_only_the_sequences_that_rich_wrote() -> None:
    assert "\x1b" not in drawn(Text(harmless(HOSTILE)), terminal_console())


@given(st.text(min_size=1))
def test_an_address_cannot_leave_its_hyperlink(rest: str) -> None:
    address = safe_address(f"https://host.example/{rest}")
    if address is not None:
        assert address.isascii()
        assert address.isprintable()
        assert ";" not in address


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "//host", "", "http://[broken"])
def test_other_schemes_are_never_clickable(url: str) -> None:
    assert safe_address(url) is None
    rendered = drawn(Group(*mrkdwn_pieces(f"<{url or 'x'}|label>", TERMINAL)), terminal_console())
    assert "\x1b]8" not in rendered


@given(st.text(), st.integers(min_value=40, max_value=120))
def test_no_line_is_wider_than_the_terminal(text: str, width: int) -> None:
    lines = drawn(Group(*mrkdwn_pieces(text, TERMINAL)), colourless_console(width)).split("\n")
    assert all(cell_len(line) <= width for line in lines)


def test_a_pipe_never_breaks_a_word() -> None:
    address = "https://host.example/" + "a" * 120
    assert drawn(Group(*mrkdwn_pieces(f"See <{address}|page>\nnow", PIPE)), pipe_console(40)).split("\n") == [
        "See page",
        f"({address})",
        "now",
    ]
