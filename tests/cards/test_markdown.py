"""Whatever stands in a text: it is words in the document, and never more."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.cards import markdown

HOSTILE = (
    "```", "~~~", "`", "``", "# ", "\n# x\n", "\n---\n", "- ", "1. ", "1) ", "> ", "[x](https://evil.example)",
    "![x](https://evil.example/p.png)", "<script>alert(1)</script>", "<https://evil.example>", "&lt;", "\\",
    "https://evil.example", "www.evil.example", "mail@evil.example", "*x*", "_x_", "~~x~~", "| a | b |",
    "\n\n", "\n```\n", "\n````\n", "\r", "\r\n", "\t", "\u202e", "\u2066", "\u200b", "\x00", "\x1b[31m",
    "\ud800", "\u2028", "==", "\n==\n", "    ", "$x$", "@kim", "👩\u200d👧", "[x]: https://evil.example\n",
)  # fmt: skip
anything = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(HOSTILE), max_size=9).map("".join))
PARSER = MarkdownIt("gfm-like", {"linkify": False})
PLAIN = {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence"}
PLAIN |= {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}
quickly = settings(max_examples=150, deadline=None)


def kinds(text: str) -> list[str]:
    return [token.type for token in PARSER.parse(text)]


def inside(text: str) -> list[str]:
    return [child.type for token in PARSER.parse(text) for child in token.children or ()]


@quickly
@given(anything)
def test_words_stay_words(text: str) -> None:
    written = markdown.document([markdown.heading(1, "Title"), markdown.escaped(text), "End"])
    assert set(kinds(written)) <= PLAIN - {"fence", "bullet_list_open"}
    assert kinds(written).count("heading_open") == 1
    assert set(inside(written)) <= {"text", "text_special", "softbreak"}
    assert "http://" not in written
    assert "https://" not in written


@quickly
@given(anything)
def test_a_value_is_one_span_of_code_that_shows_it(text: str) -> None:
    written = markdown.document([markdown.points([f"**Value:** {markdown.code(text)}", "end"])])
    assert kinds(written).count("list_item_open") == 2
    spans = [c for token in PARSER.parse(written) for c in token.children or () if c.type == "code_inline"]
    shown = " ".join(markdown.visible(text).split("\n")).strip()
    assert [span.content.strip() for span in spans] == ([shown] if shown else [])


@quickly
@given(anything, anything)
def test_nothing_leaves_its_fence(first: str, second: str) -> None:
    written = markdown.document([markdown.fenced(first), "between", markdown.fenced(second)])
    tokens = PARSER.parse(written)
    assert kinds(written) == ["fence", "paragraph_open", "inline", "paragraph_close", "fence"]
    assert tokens[0].content.strip("\n") == markdown.visible(first).strip("\n")
    assert tokens[-1].content.strip("\n") == markdown.visible(second).strip("\n")


@quickly
@given(anything)
def test_everything_can_be_seen(text: str) -> None:
    shown = markdown.visible(text)
    shown.encode()
    assert not [sign for sign in shown if unicodedata.category(sign) in {"Cc", "Cf"} and sign not in "\n\t"]


def test_what_has_no_form_is_spelled_out() -> None:
    assert markdown.visible("a\u202eb\x00") == "a[U+202E]b[U+0000]"
