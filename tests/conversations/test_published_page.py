"""Without the extension: page 5339, published. Errors are read and diagnosed; nothing is done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pytest

from bot.simulator.slack import Person
from tests.conversations.conftest import Stage
from tests.conversations.samples import CURRENCY

SERVICE = "SyncErrors"


@pytest.fixture
def roles() -> Mapping[str, str]:
    """The one setting more that reading the page takes."""
    return {"bc_error_page": SERVICE}


@pytest.fixture
async def reading(stage: Stage) -> Stage:
    """Three errors, read by the page."""
    stage.source.published_pages = frozenset({SERVICE})
    stage.source.faults.extension_missing()
    for number in range(3):
        stage.company.log_error(message=CURRENCY, source=f"Customer: {10_000 + number}")
    stage.clock.advance(3600)
    await stage.read()
    return stage


async def test_errors_are_read_and_diagnosed_and_nothing_is_deleted_or_retried(reading: Stage) -> None:
    kim = reading.kim
    overview = (await kim.command("/syncerrors")).plain()
    assert "3 sync errors, 1 cause" in overview
    await kim.click("Details")
    for button, says in (
        ("Retry…", "Without the bot's extension, Business Central can only be read."),
        ("Clean up…", "Without the bot's extension, Business Central can only be read."),
        ("Find a match…", "The bot's extension is not installed in Business Central."),
    ):
        await kim.click(button, message=kim.messages[-1])
        await kim.until(partial(_shows, says))
        assert kim.modal is not None
        assert kim.modal.submit_label is None, button
        await kim.close_modal()


def _shows(words: str, person: Person) -> bool:
    return person.modal is not None and words in person.modal.plain()
