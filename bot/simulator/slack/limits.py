"""Slack's numbers, each once.

Sources: docs.slack.dev, reference/block-kit and reference/views; where a page is silent, the specification of
slackblocks (spec/limits.json) and the comments in slackapi/node-slack-sdk, packages/types/src/block-kit.
``tests/simulator/slack/test_limits.py`` holds an at-limit and an over-limit case for every ``Limit`` here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Limit:
    """Characters of a string, items of a list, or the value of an integer; both ends inclusive."""

    most: int
    least: int = 1


# Surfaces
MESSAGE_BLOCKS: Final = Limit(50, 0)
VIEW_BLOCKS: Final = Limit(100, 0)
MESSAGE_TEXT: Final = Limit(40_000, 0)
"""Top-level ``text``; beyond it ``msg_too_long``."""
BLOCK_ID: Final = Limit(255)
ACTION_ID: Final = Limit(255)
CALLBACK_ID: Final = Limit(255, 0)
EXTERNAL_ID: Final = Limit(255, 0)
PRIVATE_METADATA: Final = Limit(3000, 0)
VIEW_TITLE: Final = Limit(24)
VIEW_SUBMIT: Final = Limit(24)
VIEW_CLOSE: Final = Limit(24)
VIEW_STACK: Final = Limit(3, 0)
VIEW_BYTES: Final = Limit(250_000, 0)
"""250 KB of JSON; beyond it ``view_too_large``."""

# Text
SECTION_TEXT: Final = Limit(3000)
SECTION_FIELDS: Final = Limit(10)
SECTION_FIELD_TEXT: Final = Limit(2000)
HEADER_TEXT: Final = Limit(150)
CONTEXT_ELEMENTS: Final = Limit(10)
CONTEXT_TEXT: Final = Limit(3000)
MARKDOWN_TEXT: Final = Limit(12_000)
"""Also the sum over all markdown blocks of one message."""
IMAGE_URL: Final = Limit(3000)
IMAGE_ALT_TEXT: Final = Limit(2000)
IMAGE_TITLE: Final = Limit(2000)
ALERT_TEXT: Final = Limit(200)
RICH_TEXT_LIST_INDENT: Final = Limit(8, 0)

# Interactive elements
ACTIONS_ELEMENTS: Final = Limit(25)
BUTTON_TEXT: Final = Limit(75)
BUTTON_VALUE: Final = Limit(2000)
BUTTON_URL: Final = Limit(3000)
BUTTON_ACCESSIBILITY_LABEL: Final = Limit(75)
CONFIRM_TITLE: Final = Limit(100)
CONFIRM_TEXT: Final = Limit(300)
CONFIRM_CONFIRM: Final = Limit(30)
CONFIRM_DENY: Final = Limit(30)
OPTION_TEXT: Final = Limit(75)
OPTION_VALUE: Final = Limit(150)
OPTION_DESCRIPTION: Final = Limit(75)
OPTION_URL: Final = Limit(3000)
OPTION_GROUP_LABEL: Final = Limit(75)
OPTION_GROUPS: Final = Limit(100)
SELECT_OPTIONS: Final = Limit(100)
OVERFLOW_OPTIONS: Final = Limit(5)
CHECKBOXES_OPTIONS: Final = Limit(10)
RADIO_OPTIONS: Final = Limit(10)
PLACEHOLDER: Final = Limit(150)
INPUT_LABEL: Final = Limit(2000)
INPUT_HINT: Final = Limit(2000)
PLAIN_TEXT_INPUT_MIN_LENGTH: Final = Limit(3000, 0)
PLAIN_TEXT_INPUT_MAX_LENGTH: Final = Limit(3000)

# Containers, cards and tables
CONTAINER_TITLE: Final = Limit(150)
CONTAINER_SUBTITLE: Final = Limit(150)
CONTAINER_CHILDREN: Final = Limit(10)
CARD_TITLE: Final = Limit(150)
CARD_SUBTITLE: Final = Limit(150)
CARD_BODY: Final = Limit(200)
CARD_SUBTEXT: Final = Limit(200)
CARD_ACTIONS: Final = Limit(3)
CAROUSEL_CARDS: Final = Limit(10)
TABLE_ROWS: Final = Limit(100)
TABLE_CELLS: Final = Limit(20)
TABLE_COLUMN_SETTINGS: Final = Limit(20, 0)
TABLE_CHARACTERS: Final = Limit(10_000, 0)
DATA_TABLE_ROWS: Final = Limit(201, 2)
DATA_TABLE_CELLS: Final = Limit(20)
DATA_TABLE_PAGE_SIZE: Final = Limit(100)
DATA_TABLE_CHARACTERS: Final = Limit(20_000, 0)

# Clocks and counts (seconds)
ACKNOWLEDGE_SECONDS: Final = 3.0
TRIGGER_SECONDS: Final = 3.0
RESPONSE_URL_USES: Final = 5
RESPONSE_URL_SECONDS: Final = 30 * 60.0
SOCKETS: Final = 10

BY_NAME: Final[dict[str, Limit]] = {
    name: value for name, value in list(globals().items()) if isinstance(value, Limit)
}
