"""Records by the names that people know them by."""

from __future__ import annotations

import pytest

from bot.cards.links import Links
from bot.cards.record_names import record_words
from bot.cards.texts import Texts
from tests.cards.scene import CRONUS


@pytest.mark.parametrize(
    ("locale", "record", "shown"),
    [
        ("en-US", "Job Task: JOB001,100", "Project Task: JOB001,100"),
        ("nl-NL", "Job Task: JOB001,100", "Projecttaak: JOB001,100"),
        ("nl-NL", "Project Task: JOB001,100", "Project Task: JOB001,100"),  # a caption stays as it came
        ("nl-NL", "Job Task: ", "Job Task:"),
        ("nl-NL", "Customer: 10000", "Customer: 10000"),
    ],
)
def test_a_table_that_is_called_otherwise_on_every_page_has_that_name(
    locale: str, record: str, shown: str
) -> None:
    words = record_words(record, Links(CRONUS), Texts.for_locale(locale))
    assert str(words) == shown
    assert ("page=1003" in words.mrkdwn(500)) == ("JOB001" in record)
