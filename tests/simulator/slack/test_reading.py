"""What people read: tokens, dates, rich text, tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.slack.mrkdwn import Link, Reader, links, mentions, shown
from bot.simulator.slack.reading import shown_blocks
from bot.simulator.slack.screen import Message
from tests.simulator.slack.conftest import actions, button, section
from tests.simulator.slack.test_limits import Payload, plain

NAMES = {"U1": "Kim", "C1": "general"}
READER = Reader(
    "Europe/Amsterdam", "en-US", datetime(2026, 10, 30, 9, tzinfo=UTC), lambda item: NAMES.get(item, item)
)
DUTCH = Reader("Europe/Amsterdam", "nl-NL", READER.now, READER.name_of)
NOON = int(datetime(2026, 10, 30, 11, 5, tzinfo=UTC).timestamp())
EARLIER = int(datetime(2026, 9, 1, 11, 5, 9, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("*bold* _italic_ ~gone~ `code`", "bold italic gone code"),
        ("*_both_*", "both"),
        ("2 * 3 * 4, a_b_c, x*y", "2 * 3 * 4, a_b_c, x*y"),
        ("`*not bold* <https://x/_a_>`", "*not bold* https://x/_a_"),
        ("```\nline\n```", "\nline\n"),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;"),
        ("<@U1> <@U9> <@U2|lee> <#C1> <!here>", "@Kim @U9 @lee #general @here"),
        ("<!subteam^S1|@admins> <!subteam^S2>", "@@admins @S2"),
        ("*<https://x/_a_/?b=1&amp;c=2|a page>*", "a page <https://x/_a_/?b=1&c=2>"),
        ("<https://x>", "https://x"),
        ("<not closed", "<not closed"),
        ("<!date^never^{date}|then>", "then"),
        ("<!date^1^{fancy}|then>", "then"),
    ],
)
def test_mrkdwn(text: str, visible: str) -> None:
    assert shown(text, READER) == visible


@pytest.mark.parametrize(
    ("pattern", "english", "dutch"),
    [
        ("{date_num} {time}", "2026-09-01 1:05 PM", "2026-09-01 13:05"),
        ("{date_short}", "Sep 1, 2026", "1 sep 2026"),
        ("{date_long}", "Tuesday, September 1, 2026", "dinsdag 1 september 2026"),
        ("{time_secs}", "1:05:09 PM", "13:05:09"),
        ("{ago}", "2 months ago", "2 maanden geleden"),
    ],
)
def test_dates(pattern: str, english: str, dutch: str) -> None:
    token = f"<!date^{EARLIER}^{pattern}|fallback>"
    assert shown(token, READER).replace("\u202f", " ") == english
    assert shown(token, DUTCH) == dutch


def test_near_days_have_names() -> None:
    token = "on <!date^{}^{{date_short_pretty}}^https://x|fallback>"
    assert shown(token.format(NOON), READER) == "on today <https://x>"
    assert shown(token.format(NOON - 86_400), DUTCH) == "on gisteren <https://x>"
    assert shown(token.format(NOON + 86_400), READER) == "on tomorrow <https://x>"
    assert shown(token.format(EARLIER), READER) == "on Sep 1, 2026 <https://x>"


def test_what_a_text_pings_and_links() -> None:
    text = "<!channel> <@U1|kim> <!subteam^S1> &lt;!everyone&gt; <https://x|y> <!date^1^{date}|z> <#C1>"
    assert list(mentions(text)) == ["channel", "U1", "S1"]
    assert list(links(text)) == [Link("https://x", "y")]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(st.text(alphabet="*_~`<>|!@#&;^ab \n"))
def test_escaped_text_holds_no_token(text: str) -> None:
    assert list(mentions(escaped(text))) == []
    assert list(links(escaped(text))) == []
    assert shown(escaped(text), READER).count("<") == text.count("<")


@given(st.text(alphabet="<>|!@#&;^ab \n\ue000"))
def test_escaped_text_without_marks_is_read_as_it_was(text: str) -> None:
    assert shown(escaped(text), READER) == text.replace("\ue000", "\ufffd")


def rich(*parts: Payload) -> Payload:
    return {"type": "rich_text", "elements": list(parts)}


def part(kind: str, *elements: Payload, **more: object) -> Payload:
    return {"type": f"rich_text_{kind}", "elements": list(elements), **more}


def words(text: str) -> Payload:
    return {"type": "text", "text": text}


def test_rich_text_is_never_parsed() -> None:
    block = rich(
        part("section", words("<!channel> *x* "), {"type": "link", "url": "https://x", "text": "page"}),
        part("list", part("section", words("a")), part("section", words("b")), style="ordered", offset=1),
        part("list", part("section", words("c")), style="bullet", indent=1),
        part("preformatted", words("line 1\nline 2")),
        part("quote", words("q1\nq2")),
        part(
            "section",
            {"type": "user", "user_id": "U1"},
            {"type": "date", "timestamp": EARLIER, "format": "{date_short}", "fallback": "then"},
            {"type": "broadcast", "range": "here"},
            {"type": "emoji", "name": "wave"},
        ),
    )
    assert shown_blocks([block], READER).splitlines() == [
        "<!channel> *x* page <https://x>",
        "2. a",
        "3. b",
        "  • c",
        "line 1",
        "line 2",
        "> q1",
        "> q2",
        "@KimSep 1, 2026@here:wave:",
    ]
    message = Message("1.0", "C1", "U1", False, "<!everyone> <https://y|z>", [block], READER)
    assert message.mentions() == ["everyone", "U1", "here"]
    assert message.links() == [Link("https://y", "z"), Link("https://x", "page")]


def test_every_block_can_be_read() -> None:
    raw = {"type": "raw_text", "text": "cell"}
    picture = {"type": "image", "image_url": "https://x/y.png", "alt_text": "chart"}
    blocks: list[Payload] = [
        {"type": "header", "text": plain(3)},
        {"type": "divider"},
        section("text")
        | {"fields": [plain(1), {"type": "mrkdwn", "text": "*f*"}], "accessory": button("Act")},
        {"type": "context", "elements": [picture, plain(2)]},
        picture,
        picture | {"title": plain(4)},
        actions(
            button("Open", url="https://x"), {"type": "static_select", "placeholder": plain(2), "options": []}
        ),
        {"type": "input", "label": plain(5), "hint": plain(6), "element": {"type": "plain_text_input"}},
        {"type": "markdown", "text": "**md**"},
        {"type": "table", "rows": [[raw, rich(part("section", words("rich")))]]},
        {"type": "data_table", "caption": "caption", "rows": [[raw], [raw]]},
        {"type": "card", "title": plain(1), "body": plain(2), "actions": [button("Go")]},
        {"type": "carousel", "elements": [{"type": "card", "title": plain(7)}]},
        {"type": "container", "title": plain(8), "child_blocks": [section("inside")]},
        {"type": "alert", "text": plain(9)},
    ]
    assert shown_blocks(blocks, READER).splitlines() == [
        "xxx",
        "---",
        "text",
        "x",
        "f",
        "[Act]",
        "chart xx",
        "chart",
        "xxxx",
        "[Open] <https://x> [xx]",
        "xxxxx […]",
        "xxxxxx",
        "**md**",
        "cell | rich",
        "caption",
        "cell",
        "cell",
        "x",
        "xx",
        "[Go]",
        "xxxxxxx",
        "xxxxxxxx",
        "inside",
        "xxxxxxxxx",
    ]
