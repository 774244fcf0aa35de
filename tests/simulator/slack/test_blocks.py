"""Rules of Block Kit that are no numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slackblocks._surfaces import _BLOCK_TYPES_BY_SURFACE

from bot.simulator.slack.blockkit.blocks import BLOCKS, Surface, check_blocks
from bot.simulator.slack.blockkit.views import check_view
from tests.simulator.slack.conftest import actions, button, modal, section
from tests.simulator.slack.test_limits import (
    IN_A_MESSAGE,
    Payload,
    container,
    data_table,
    options,
    plain,
    select,
)

NOT_IMITATED = {"file", "video", "plan", "task_card", "context_actions", "data_visualization"}


def objections(*blocks: Any, surface: Surface = Surface.MESSAGE) -> list[str]:
    return [str(violation) for violation in check_blocks(list(blocks), surface)]


@pytest.mark.parametrize(
    ("block", "objection"),
    [
        ({"type": "sektion"}, "unsupported type: sektion [json-pointer:/blocks/0/type]"),
        ({"text": plain(1)}, "unsupported type: None [json-pointer:/blocks/0/type]"),
        ("divider", "must be an object [json-pointer:/blocks/0]"),
        (
            {"type": "divider", "colour": "red"},
            "invalid additional property: colour [json-pointer:/blocks/0]",
        ),
        ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
        ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            {"type": "section", "text": {"type": "plain_text", "text": "x", "verbatim": True}},
            "invalid additional property: verbatim [json-pointer:/blocks/0/text]",
        ),
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": 7}},
            "must provide a string [json-pointer:/blocks/0/text/text]",
        ),
        (
            {"type": "section", "text": {"type": "plain_text", "text": "x", "emoji": "no"}},
            "must be a boolean [json-pointer:/blocks/0/text/emoji]",
        ),
        ({"type": "actions", "elements": {}}, "must be an array [json-pointer:/blocks/0/elements]"),
        (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            actions(button("x", style="link")),
            "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
        ),
        (actions(button("x", url="page")), "must be a valid URL [json-pointer:/blocks/0/elements/0/url]"),
        (
            actions({"type": "plain_text_input"}),
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            {"type": "input", "label": plain(1), "element": button("x")},
            "unsupported type: button [json-pointer:/blocks/0/element/type]",
        ),
        (
            select(option_groups=[{"label": plain(1), "options": options(1)}]),
            "only one of `options`, `option_groups` allowed [json-pointer:/blocks/0/elements/0]",
        ),
        (
            select(initial_option={"text": plain(2), "value": "z"}),
            "must be one of the provided options [json-pointer:/blocks/0/elements/0/initial_option]",
        ),
        (
            actions({"type": "overflow", "options": [*options(1), *options(1)]}),
            "option values must be unique [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            actions({"type": "datepicker", "initial_date": "1.2.2026"}),
            "must be in the format YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]",
        ),
        (
            container(default_collapsed=True),
            "`default_collapsed` requires `is_collapsible` [json-pointer:/blocks/0]",
        ),
        (
            container(has_header_divider=True, is_collapsible=True),
            "`has_header_divider` excludes `is_collapsible` [json-pointer:/blocks/0]",
        ),
        (
            container(child_blocks=[{"type": "card", "title": plain(1)}]),
            "unsupported type: card [json-pointer:/blocks/0/child_blocks/0/type]",
        ),
        (
            data_table() | {"rows": [[{"type": "raw_text", "text": "x"}], []]},
            "all rows must have the same number of cells [json-pointer:/blocks/0/rows]",
        ),
        (
            data_table(row_header_column_index=1),
            "must be the index of a column [json-pointer:/blocks/0/row_header_column_index]",
        ),
        (data_table(page_size=True), "must be an integer [json-pointer:/blocks/0/page_size]"),
        (
            data_table() | {"rows": [[{"type": "raw_number", "text": "1", "value": "1"}]] * 2},
            "must be a number [json-pointer:/blocks/0/rows/0/0/value]",
        ),
        (
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text"}]}],
            },
            "missing required field: text [json-pointer:/blocks/0/elements/0/elements/0]",
        ),
        (
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "style": "dash",
                        "elements": [{"type": "rich_text_section", "elements": []}],
                    }
                ],
            },
            "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
        ),
    ],
)
def test_refused(block: Any, objection: str) -> None:
    assert objection in objections(block)


def test_ids_must_be_unique() -> None:
    twice = [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]
    assert objections(*twice) == ["`block_id` must be unique: a [json-pointer:/blocks]"]
    nested = container(child_blocks=[{"type": "divider", "block_id": "a"}])
    assert objections(twice[0], nested) == ["`block_id` must be unique: a [json-pointer:/blocks]"]
    same = actions(button("x", "go"), button("y", "go"))
    assert objections(same) == ["`action_id` must be unique within a block: go [json-pointer:/blocks]"]
    assert objections(actions(button("x", "go")), actions(button("y", "go"))) == []


def test_sums_over_a_message() -> None:
    table = IN_A_MESSAGE["TABLE_ROWS"](1)
    assert objections(table) == []
    assert objections(table, table) == ["only_one_table_allowed [json-pointer:/blocks]"]
    half = {"type": "markdown", "text": "x" * 6000}
    assert objections(half, half) == []
    assert objections(half, half, {"type": "markdown", "text": "x"}) != []
    big = IN_A_MESSAGE["DATA_TABLE_CHARACTERS"](15_000)
    assert objections(big, big) != []


@pytest.mark.parametrize("surface", list(Surface))
def test_blocks_stand_where_slackblocks_lets_them(surface: Surface) -> None:
    allowed = {
        kind
        for kind in BLOCKS
        if not any("unsupported type" in line for line in objections({"type": kind}, surface=surface))
    }
    assert allowed == _BLOCK_TYPES_BY_SURFACE[surface.value] - NOT_IMITATED


def test_views() -> None:
    fine = modal(section("x"))
    assert check_view(fine, Surface.MODAL) == []
    assert [str(found) for found in check_view([], Surface.MODAL)] == [
        "must be an object [json-pointer:/view]"
    ]
    assert check_view({"type": "home", "blocks": []}, Surface.HOME) == []
    assert check_view(fine | {"type": "home"}, Surface.HOME) != []
    assert check_view({"type": "modal", "blocks": []}, Surface.MODAL) != []
    assert check_view(modal({"type": "divider", "x": 1}), Surface.MODAL) != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "rows", "options", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(sorted(BLOCKS))


@given(
    kind=KINDS,
    rest=st.dictionaries(
        st.sampled_from(
            ["text", "elements", "rows", "fields", "title", "child_blocks", "element", "label", "accessory"]
        ),
        JSON,
    ),
)
def test_no_json_breaks_the_checker(kind: str, rest: Payload) -> None:
    for surface in Surface:
        assert isinstance(check_blocks([{"type": kind, **rest}], surface), list)


@given(anything=JSON)
def test_nothing_but_lists_of_blocks_passes(anything: object) -> None:
    found = check_blocks(anything, Surface.MESSAGE)
    if not found:
        assert isinstance(anything, list)
        assert all(isinstance(block, dict) and block["type"] in BLOCKS for block in anything)
