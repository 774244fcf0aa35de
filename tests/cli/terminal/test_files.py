"""Files in the terminal Slack: numbered, read, saved, harmless."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.terminal.files import MOST_LINES, Files


@dataclass(frozen=True)
class Kept:
    name: str
    content: bytes | None


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("call-stacks/error-1.txt", "frame\n")
        made.writestr("picture.png", b"\x89PNG")
    return buffer.getvalue()


SLACK = {
    "F1": Kept("request.md", b"# Title\n\x1b[31mred"),
    "F2": Kept("../../request.zip", archive()),
    "F3": Kept("long.txt", b"x\n" * (MOST_LINES + 5)),
    "F4": Kept("gone.txt", None),
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Files(SLACK.__getitem__)


def test_a_file_is_named_with_its_size(files: Files) -> None:
    assert [one.label for one in files.elements(["F1"])] == ["request.md (16 B)"]


def test_a_text_is_shown_and_obeys_nothing(files: Files) -> None:
    assert list(files.shown("F1")) == ["# Title", "\u241b[31mred"]
    assert list(files.shown("F4")) == [""]


def test_an_archive_shows_every_file_in_it(files: Files) -> None:
    shown = list(files.shown("F2"))
    assert shown == ["── call-stacks/error-1.txt (6 B)", "frame", "── picture.png (4 B)"]


def test_a_long_one_is_cut_on_the_screen_and_whole_on_the_disk(files: Files) -> None:
    assert len(list(files.shown("F3"))) == MOST_LINES + 1
    assert files.saved("F3").read_bytes() == SLACK["F3"].content


def test_it_is_saved_where_the_terminal_wants_it(files: Files, tmp_path: Path) -> None:
    path = files.saved("F2")
    assert path.parent.parent == tmp_path
    assert path.name == "request.zip"
