"""What reaches the log, and what never does."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.log import place_of
from bot.store import Database, Problems
from bot.store.values import Scope


def logged(program: str) -> list[dict[str, str]]:
    """What a process that logs as the bot does writes on standard error."""
    result = subprocess.run(  # noqa: S603 # our own program
        [
            sys.executable,
            "-c",
            f"import logging\nfrom bot.log import configure_logs\nconfigure_logs()\n{program}",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
        timeout=60,
    )
    return [json.loads(line) for line in result.stderr.splitlines()]


def test_our_own_rooms_say_why_and_the_text_of_a_library_is_left_out() -> None:
    theirs, ours = logged(
        "logging.getLogger('somebody.else').warning('%s of %s', 'xoxb-1', 'kim@example.com')\n"
        "logging.getLogger('bot.pull').warning('pull of %s ended by %s', 'c1', 'source.refused')\n"
    )
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("library", "somebody.else", "warning")
    assert "xoxb" not in str(theirs)
    assert "kim" not in str(theirs)
    assert ours["event"] == "pull of c1 ended by source.refused"


async def test_a_place_names_our_own_lines_and_the_innermost_one(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'store.db'}")
    with pytest.raises(SQLAlchemyError) as raised:
        await Problems(database).totals(Scope("secret", "secret"))
    await database.close()
    place = place_of(raised.value)
    assert any(line.startswith("problems.py:") and line.endswith(" totals") for line in place)
    assert "secret" not in str(place)
    assert len(place) <= 8


def test_a_place_within_one_frame(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        sqlite3.connect(tmp_path)
    assert len(place_of(raised.value)) == 1
