"""Every number in ``limits``: just right passes, one more or one less is refused; slackblocks agrees."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import slackblocks
from slackblocks import _limits as theirs
from slackblocks.errors import InvalidUsageError

from bot.clock import ManualClock
from bot.simulator.slack import limits
from bot.simulator.slack.blockkit.blocks import Surface, check_blocks
from bot.simulator.slack.blockkit.views import check_view, is_too_large
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.view_stacks import ViewStacks
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.content import read_content
from bot.simulator.slack.workspace import Workspace
from tests.simulator.slack.conftest import actions, button, modal, section

Payload = dict[str, Any]


def plain(size: int) -> Payload:
    return {"type": "plain_text", "text": "x" * size}


def options(count: int) -> list[Payload]:
    return [{"text": plain(1), "value": str(number)} for number in range(count)]


def option(**more: Any) -> Payload:
    return {"text": plain(1), "value": "v", **more}


def url(size: int) -> str:
    return "https://x/"[:size].ljust(size, "u")


def confirm(**more: Any) -> Payload:
    parts = {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1), **more}
    return actions(button("x", confirm=parts))


def overflow(*choices: Payload) -> Payload:
    return actions({"type": "overflow", "options": list(choices)})


def select(**more: Any) -> Payload:
    return actions({"type": "static_select", **({"options": options(1)} | more)})


def form(**more: Any) -> Payload:
    return {"type": "input", "label": plain(1), "element": {"type": "plain_text_input"}, **more}


def typing(**more: Any) -> Payload:
    return form(element={"type": "plain_text_input", **more})


def rich_list(indent: int) -> Payload:
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]
    part = {"type": "rich_text_list", "style": "bullet", "elements": items, "indent": indent}
    return {"type": "rich_text", "elements": [part]}


def container(**more: Any) -> Payload:
    return {"type": "container", "title": plain(1), "child_blocks": [section("x")], **more}


def card(**more: Any) -> Payload:
    return {"type": "card", "title": plain(1), **more}


def cell(size: int = 1) -> Payload:
    return {"type": "raw_text", "text": "x" * size}


def table(rows: int = 1, cells: int = 1, **more: Any) -> Payload:
    return {"type": "table", "rows": [[cell()] * cells] * rows, **more}


def data_table(rows: int = 2, cells: int = 1, **more: Any) -> Payload:
    return {"type": "data_table", "caption": "x", "rows": [[cell()] * cells] * rows, **more}


def characters(size: int) -> list[list[Payload]]:
    return [[cell()], [cell(size - 1)]]


def image(**more: Any) -> Payload:
    return {"type": "image", "image_url": "https://x/y", "alt_text": "x", **more}


IN_A_MESSAGE: dict[str, Callable[[int], Payload]] = {
    "BLOCK_ID": lambda n: {"type": "divider", "block_id": "x" * n},
    "ACTION_ID": lambda n: actions(button("x", "x" * n)),
    "SECTION_TEXT": lambda n: section("x" * n),
    "SECTION_FIELDS": lambda n: {"type": "section", "text": plain(1), "fields": [plain(1)] * n},
    "SECTION_FIELD_TEXT": lambda n: {"type": "section", "fields": [plain(n)]},
    "HEADER_TEXT": lambda n: {"type": "header", "text": plain(n)},
    "CONTEXT_ELEMENTS": lambda n: {"type": "context", "elements": [plain(1)] * n},
    "CONTEXT_TEXT": lambda n: {"type": "context", "elements": [plain(n)]},
    "MARKDOWN_TEXT": lambda n: {"type": "markdown", "text": "x" * n},
    "IMAGE_URL": lambda n: image(image_url=url(n)),
    "IMAGE_ALT_TEXT": lambda n: image(alt_text="x" * n),
    "IMAGE_TITLE": lambda n: image(title=plain(n)),
    "RICH_TEXT_LIST_INDENT": rich_list,
    "ACTIONS_ELEMENTS": lambda n: actions(*(button("x", str(number)) for number in range(n))),
    "BUTTON_TEXT": lambda n: actions(button("x" * n)),
    "BUTTON_VALUE": lambda n: actions(button("x", value="x" * n)),
    "BUTTON_URL": lambda n: actions(button("x", url=url(n))),
    "BUTTON_ACCESSIBILITY_LABEL": lambda n: actions(button("x", accessibility_label="x" * n)),
    "CONFIRM_TITLE": lambda n: confirm(title=plain(n)),
    "CONFIRM_TEXT": lambda n: confirm(text=plain(n)),
    "CONFIRM_CONFIRM": lambda n: confirm(confirm=plain(n)),
    "CONFIRM_DENY": lambda n: confirm(deny=plain(n)),
    "OPTION_TEXT": lambda n: select(options=[option(text=plain(n))]),
    "OPTION_VALUE": lambda n: select(options=[option(value="x" * n)]),
    "OPTION_DESCRIPTION": lambda n: select(options=[option(description=plain(n))]),
    "OPTION_URL": lambda n: overflow(option(url=url(n))),
    "OPTION_GROUP_LABEL": lambda n: select(
        options=None, option_groups=[{"label": plain(n), "options": options(1)}]
    ),
    "OPTION_GROUPS": lambda n: select(
        options=None, option_groups=[{"label": plain(1), "options": options(1)}] * n
    ),
    "SELECT_OPTIONS": lambda n: select(options=options(n)),
    "OVERFLOW_OPTIONS": lambda n: overflow(*options(n)),
    "CHECKBOXES_OPTIONS": lambda n: actions({"type": "checkboxes", "options": options(n)}),
    "RADIO_OPTIONS": lambda n: actions({"type": "radio_buttons", "options": options(n)}),
    "PLACEHOLDER": lambda n: select(placeholder=plain(n)),
    "INPUT_LABEL": lambda n: form(label=plain(n)),
    "INPUT_HINT": lambda n: form(hint=plain(n)),
    "PLAIN_TEXT_INPUT_MIN_LENGTH": lambda n: typing(min_length=n),
    "PLAIN_TEXT_INPUT_MAX_LENGTH": lambda n: typing(max_length=n),
    "CONTAINER_TITLE": lambda n: container(title=plain(n)),
    "CONTAINER_SUBTITLE": lambda n: container(subtitle=plain(n)),
    "CONTAINER_CHILDREN": lambda n: container(child_blocks=[section("x")] * n),
    "CARD_TITLE": lambda n: card(title=plain(n)),
    "CARD_SUBTITLE": lambda n: card(subtitle=plain(n)),
    "CARD_BODY": lambda n: card(body=plain(n)),
    "CARD_SUBTEXT": lambda n: card(subtext=plain(n)),
    "CARD_ACTIONS": lambda n: card(actions=[button("x", str(number)) for number in range(n)]),
    "CAROUSEL_CARDS": lambda n: {"type": "carousel", "elements": [card()] * n},
    "TABLE_ROWS": lambda n: table(rows=n),
    "TABLE_CELLS": lambda n: table(cells=n),
    "TABLE_COLUMN_SETTINGS": lambda n: table(column_settings=[{"align": "right"}] * n),
    "TABLE_CHARACTERS": lambda n: table() | {"rows": characters(n)},
    "DATA_TABLE_ROWS": lambda n: data_table(rows=n),
    "DATA_TABLE_CELLS": lambda n: data_table(cells=n),
    "DATA_TABLE_PAGE_SIZE": lambda n: data_table(page_size=n),
    "DATA_TABLE_CHARACTERS": lambda n: data_table() | {"rows": characters(n)},
}
AS_A_VIEW: dict[str, Callable[[int], Payload]] = {
    "VIEW_BLOCKS": lambda n: modal(*[section("x")] * n),
    "VIEW_TITLE": lambda n: modal(section("x")) | {"title": plain(n)},
    "VIEW_SUBMIT": lambda n: modal(section("x"), submit=plain(n)),
    "VIEW_CLOSE": lambda n: modal(section("x"), close=plain(n)),
    "CALLBACK_ID": lambda n: modal(section("x"), callback_id="x" * n),
    "EXTERNAL_ID": lambda n: modal(section("x"), external_id="x" * n),
    "PRIVATE_METADATA": lambda n: modal(section("x"), private_metadata="x" * n),
    "ALERT_TEXT": lambda n: modal({"type": "alert", "text": plain(n)}),
}


def _view_of(size: int) -> Payload:
    empty = modal(section("x"), private_metadata="")
    return modal(section("x"), private_metadata="x" * (size - len(json.dumps(empty).encode())))


def _answers(code: str, call: Callable[[], object]) -> bool:
    """Whether the call passes; when refused, it must be with that code."""
    try:
        call()
    except ApiError as error:
        if error.code != code:
            raise
        return False
    return True


def _text_fits(size: int) -> bool:
    return _answers("msg_too_long", lambda: read_content(Arguments({"text": "x" * size})))


def _stack_fits(size: int) -> bool:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    views = ViewStacks(Workspace(team_id="T", app_name="x", clock=clock))

    def stack() -> None:
        views.open("U", modal())
        for _ in range(size - 1):
            views.push("U", modal())

    return _answers("push_limit_reached", stack)


def _message_fits(make: Callable[[int], Payload]) -> Callable[[int], bool]:
    return lambda size: not check_blocks([make(size)], Surface.MESSAGE)


def _view_fits(make: Callable[[int], Payload]) -> Callable[[int], bool]:
    return lambda size: not check_view(make(size), Surface.MODAL)


FITS: dict[str, Callable[[int], bool]] = {
    **{name: _message_fits(make) for name, make in IN_A_MESSAGE.items()},
    **{name: _view_fits(make) for name, make in AS_A_VIEW.items()},
    "MESSAGE_BLOCKS": lambda n: not check_blocks([section("x")] * n, Surface.MESSAGE),
    "MESSAGE_TEXT": _text_fits,
    "VIEW_BYTES": lambda n: not is_too_large(_view_of(n)),
    "VIEW_STACK": _stack_fits,
}
"""By name of the limit: whether Slack takes a payload of that size."""


def test_every_limit_has_its_case() -> None:
    assert FITS.keys() == limits.BY_NAME.keys()


@pytest.mark.parametrize("name", sorted(FITS))
def test_at_the_limit(name: str) -> None:
    assert FITS[name](limits.BY_NAME[name].most)


@pytest.mark.parametrize("name", sorted(FITS))
def test_over_the_limit(name: str) -> None:
    assert not FITS[name](limits.BY_NAME[name].most + 1)


HAVE_A_LEAST = sorted(name for name, limit in limits.BY_NAME.items() if limit.least > 0)


@pytest.mark.parametrize("name", HAVE_A_LEAST)
def test_under_the_limit(name: str) -> None:
    assert not FITS[name](limits.BY_NAME[name].least - 1)


@pytest.mark.parametrize("name", [name for name in HAVE_A_LEAST if not name.endswith("URL")])
def test_at_the_least(name: str) -> None:
    assert FITS[name](limits.BY_NAME[name].least)  # an address of one character is none


THEIR_NAMES = {
    "SECTION_TEXT": "SECTION_TEXT_MAX_LENGTH",
    "SECTION_FIELDS": "SECTION_FIELDS_MAX_ITEMS",
    "SECTION_FIELD_TEXT": "SECTION_FIELDS_ITEM_MAX_LENGTH",
    "CONTEXT_TEXT": "TEXT_MAX_LENGTH",
    "OPTION_GROUPS": "SELECT_OPTION_GROUPS_MAX_ITEMS",
    "IMAGE_URL": "IMAGE_IMAGE_URL_MAX_LENGTH",
    "RADIO_OPTIONS": "RADIO_BUTTONS_OPTIONS_MAX_ITEMS",
    "PLACEHOLDER": "SELECT_PLACEHOLDER_MAX_LENGTH",
    "CONFIRM_TITLE": "CONFIRMATION_TITLE_MAX_LENGTH",
    "CONFIRM_TEXT": "CONFIRMATION_TEXT_MAX_LENGTH",
    "CONFIRM_CONFIRM": "CONFIRMATION_CONFIRM_MAX_LENGTH",
    "CONFIRM_DENY": "CONFIRMATION_DENY_MAX_LENGTH",
    "RICH_TEXT_LIST_INDENT": "RICH_TEXT_LIST_INDENT_MAX",
    "PLAIN_TEXT_INPUT_MIN_LENGTH": "PLAIN_TEXT_INPUT_MIN_LENGTH_MAX",
    "PLAIN_TEXT_INPUT_MAX_LENGTH": "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX",
    "CONTAINER_CHILDREN": "CONTAINER_CHILD_BLOCKS_MAX_ITEMS",
    "CAROUSEL_CARDS": "CAROUSEL_ELEMENTS_MAX_ITEMS",
    "TABLE_CELLS": "TABLE_COLUMNS_MAX_ITEMS",
    "DATA_TABLE_CELLS": "DATA_TABLE_COLUMNS_MAX_ITEMS",
    "DATA_TABLE_PAGE_SIZE": "DATA_TABLE_PAGE_SIZE_MAX",
    "DATA_TABLE_CHARACTERS": "DATA_TABLE_CONTENT_MAX_LENGTH",
    "CALLBACK_ID": "VIEW_CALLBACK_ID_MAX_LENGTH",
    "EXTERNAL_ID": "VIEW_EXTERNAL_ID_MAX_LENGTH",
    "PRIVATE_METADATA": "VIEW_PRIVATE_METADATA_MAX_LENGTH",
}
UNKNOWN_TO_SLACKBLOCKS = {"MESSAGE_TEXT", "VIEW_BYTES", "VIEW_STACK", "TABLE_CHARACTERS"}


@pytest.mark.parametrize("name", sorted(limits.BY_NAME.keys() - UNKNOWN_TO_SLACKBLOCKS))
def test_the_number_is_the_one_of_slackblocks(name: str) -> None:
    candidates = [THEIR_NAMES.get(name, ""), f"{name}_MAX_LENGTH", f"{name}_MAX_ITEMS"]
    known = [getattr(theirs, candidate) for candidate in candidates if hasattr(theirs, candidate)]
    assert known[:1] == [limits.BY_NAME[name].most]


ORACLE: dict[str, Callable[[int], Any]] = {
    "SECTION_TEXT": lambda n: slackblocks.SectionBlock("x" * n),
    "SECTION_FIELD_TEXT": lambda n: slackblocks.SectionBlock(fields=["x" * n]),
    "HEADER_TEXT": lambda n: slackblocks.HeaderBlock("x" * n),
    "CONTEXT_ELEMENTS": lambda n: slackblocks.ContextBlock([slackblocks.Text("x")] * n),
    "ACTIONS_ELEMENTS": lambda n: slackblocks.ActionsBlock(
        [slackblocks.Button("x", action_id=str(number)) for number in range(n)]
    ),
    "BUTTON_TEXT": lambda n: slackblocks.ActionsBlock([slackblocks.Button("x" * n, action_id="a")]),
    "BUTTON_VALUE": lambda n: slackblocks.ActionsBlock(
        [slackblocks.Button("x", action_id="a", value="x" * n)]
    ),
    "MARKDOWN_TEXT": lambda n: slackblocks.MarkdownBlock("x" * n),
    "CONTAINER_TITLE": lambda n: slackblocks.ContainerBlock([slackblocks.DividerBlock()], title="x" * n),
    "CONTAINER_CHILDREN": lambda n: slackblocks.ContainerBlock(
        [slackblocks.DividerBlock() for _ in range(n)], title="x"
    ),
    "TABLE_ROWS": lambda n: slackblocks.TableBlock([[slackblocks.RawText("x")]] * n),
    "DATA_TABLE_ROWS": lambda n: slackblocks.DataTableBlock([[slackblocks.RawText("x")]] * n, caption="x"),
    "CARD_TITLE": lambda n: slackblocks.CardBlock(title="x" * n),
}


@pytest.mark.parametrize("name", sorted(ORACLE))
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_slackblocks_gives_the_same_verdict(name: str, step: int) -> None:
    size = limits.BY_NAME[name].most + step
    try:
        built = ORACLE[name](size)
    except InvalidUsageError:
        assert not FITS[name](size)
    else:
        assert check_blocks([json.loads(json.dumps(built._resolve()))], Surface.MESSAGE) == []
