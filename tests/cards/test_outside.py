"""No text from outside formats, mentions, links or deceives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.limits import length
from bot.cards.links import Address
from bot.cards.markup import Markup, bold, code, link, own, quote
from bot.cards.outside import Outside
from tests.cards.oracle import foreign_controls
from tests.cards.scene import readable


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U123> & <#C1>", "&lt;@U123&gt; &amp; &lt;#C1&gt;"),
        ("<https://evil.example|your admin>", "&lt;https∶//evil.example|your admin&gt;"),
        ("*bold* ~gone~ `code`", "∗bold∗ ∼gone∼ ˋcodeˋ"),
        ("_slanted_", "ˍslantedˍ"),
        ("msdyn_workorder", "msdyn_workorder"),
        (":warning: at 10:30", "∶warning: at 10:30"),
        ("> quoted", "› quoted"),
        ("two\nlines\r\nthree", "two lines three"),
        ("abc\u202edrowssap", "abcdrowssap"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("nul\x00and\x1b[31m", "nuland[31m"),
        ("lone \ud800 half", "lone \ufffd half"),
    ],
)
def test_a_short_value_shows_and_does_nothing_more(raw: str, written: str) -> None:
    assert Outside(raw).short(200).mrkdwn(300) == written


def test_plain_text_is_not_escaped() -> None:
    assert Outside("Fish & Chips <Ltd>").short(50).plain(75) == "Fish & Chips <Ltd>"


def test_verbatim_keeps_lines_and_signs_for_rich_text() -> None:
    assert Outside("a *b*\r\n<!here>\u202e").verbatim(100) == "a *b*\n<!here>"


def test_repr_does_not_leak_the_text() -> None:
    assert "secret" not in repr(Outside("secret"))


@given(st.text(max_size=300), st.integers(1, 200), st.integers(1, 300))
def test_whatever_comes_stays_inside(raw: str, short: int, limit: int) -> None:
    value = Outside(raw).short(short)
    for shape in (value, bold(value), code(value), link(value, Address("https://ours.example/x"))):
        written = (own("Before ") + shape + own(" after")).mrkdwn(limit)
        assert length(written) <= limit
        assert not foreign_controls(written)
        assert "\n" not in written
    bare = value.mrkdwn(2000)
    assert not set("*~`") & set(bare)


@given(st.text(alphabet="ab _*~`<>&|:\n", max_size=60))
def test_bold_and_links_close_what_they_open(raw: str) -> None:
    value = Outside(raw).short(60)
    if not value:
        return
    assert bold(value).mrkdwn(2000).count("*") == 2
    written = link(value, Address("https://ours.example/x")).mrkdwn(2000)
    assert written.count("<") == written.count(">") == 1
    assert written.count("|") == 1


@given(st.text(max_size=200))
def test_a_quotation_quotes_every_line_and_formats_nothing(raw: str) -> None:
    quoted = quote(Outside(raw).verbatim(200))
    assert all(line.startswith(">") for line in quoted.split("\n"))
    assert not [sign for sign in "*~`<" if sign in quoted]
    assert quoted.count(">") == quoted.count("\n") + 1


def test_formatting_does_not_cross_lines_and_neighbours_share_their_signs() -> None:
    assert bold(own("one\ntwo")).mrkdwn(100) == "*one*\n*two*"
    assert bold(own("one ") + own("two")).mrkdwn(100) == "*one two*"
    assert (bold(own("one ")) + own("two")).mrkdwn(100) == "*one* two"


def test_shortening_never_cuts_a_link_a_date_or_an_entity() -> None:
    text = own("See ") + link(Outside("Fish & Chips & Peas").short(50), Address("https://ours.example/x"))
    whole = text.mrkdwn(500)
    for limit in range(1, len(whole) + 1):
        written = text.mrkdwn(limit)
        assert len(written) <= limit
        assert not foreign_controls(written)
        assert "&" not in readable(written).replace(" & ", "").removesuffix("&").removesuffix("&…")
    assert text.mrkdwn(len(whole)) == whole


_REFUSED = """
from bot.cards import blocks
from bot.cards.card import compose
from bot.cards.markup import Markup, bold, link
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.operations.views import ProblemLine

def wrong(texts: Texts, line: ProblemLine, raw: Outside) -> None:
    blocks.section(line.example_record)
    blocks.section(raw)
    blocks.header(line.masked)
    blocks.context(raw)
    bold(line.example_record)
    texts.gettext("For example {record}", record=line.example_record)
    texts.gettext("For example {record}", record=raw)
    link(raw.short(10), line.example_record)
    compose(raw, [], texts)
    Markup() + line.masked
    blocks.preformatted(line.masked)
"""


def test_the_type_checker_refuses_outside_text_where_markup_is_wanted(tmp_path: Path) -> None:
    module = tmp_path / "wrong.py"
    module.write_text(_REFUSED)
    root = Path(__file__).parents[2]
    ran = subprocess.run(  # noqa: S603
        [
            sys.executable,
            "-m",
            "mypy",
            "--no-error-summary",
            "--config-file=pyproject.toml",
            str(module),
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = {
        int(found.split(":")[1])
        for found in ran.stdout.splitlines()
        if "error:" in found and "wrong.py" in found
    }
    first = _REFUSED.splitlines().index("    blocks.section(line.example_record)") + 1
    assert refused == set(range(first, first + 11)), ran.stdout + ran.stderr


def test_markup_is_made_in_few_places_only() -> None:
    cards = Path(__file__).parents[2] / "bot" / "cards"
    makers = {path.stem for path in cards.glob("*.py") if "Span(" in path.read_text()}
    assert makers <= {"markup", "outside", "texts", "dates"}
    assert isinstance(own("x"), Markup)
