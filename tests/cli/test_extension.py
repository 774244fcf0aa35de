"""``syncerrors extension export`` writes what can be compiled under somebody's own numbers and name."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from bot.businesscentral.extension.exporting import FIRST_ID, IDS, ExportRefused, export
from tests.businesscentral.extension.reader import read
from tests.cli.test_commands import run


def test_writes_source_manifest_and_readme(tmp_path: Path) -> None:
    there = tmp_path / "new" / "extension"
    assert export(there).files == len([file for file in there.rglob("*") if file.is_file()])
    app = json.loads((there / "app.json").read_text())
    assert app["idRanges"] == [{"from": FIRST_ID, "to": FIRST_ID + IDS - 1}]
    assert "Synchronization Errors API" in (there / "README.md").read_text()
    assert len(list((there / "src").glob("*.al"))) == 30


def test_numbers_move_together_and_nothing_else_does(tmp_path: Path) -> None:
    export(tmp_path / "a")
    export(tmp_path / "b", first_id=50_100, publisher="De Kleiweg B.V.")
    for file in sorted((tmp_path / "a" / "src").iterdir()):
        before, after = read(file), read(tmp_path / "b" / "src" / file.name)
        assert after.number - before.number == 50_100 - FIRST_ID
        assert file.read_text().splitlines()[-5:] == after.file.read_text().splitlines()[-5:]
    pages = (tmp_path / "b" / "src" / "SyncErrorsErrors.Page.al").read_text()
    assert "APIPublisher = 'syncerrors';" in pages
    assert "rows of table 5339" in pages
    readme = (tmp_path / "b" / "README.md").read_text()
    assert "50100 to 50110" in readme
    assert "5339" not in readme.replace("53390", "")


def test_a_publisher_keeps_the_id_of_its_app(tmp_path: Path) -> None:
    """So that what is exported later upgrades what was published before."""
    ids = [
        export(tmp_path / name, publisher=publisher).app_id
        for name, publisher in (("a", "syncerrors"), ("b", "Kleiweg"), ("c", "Kleiweg "), ("d", "Korenaar"))
    ]
    assert ids[1] == ids[2]
    assert len(set(ids)) == 3
    assert all(uuid.UUID(one) for one in ids)


@pytest.mark.parametrize("first_id", [0, -1, 5_339, 49_999, 99_999 - IDS + 2, 100_000, 999_999, 76_000_000])
def test_numbers_must_be_ones_own(tmp_path: Path, first_id: int) -> None:
    with pytest.raises(ExportRefused, match="not yours to give"):
        export(tmp_path / "x", first_id=first_id)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("publisher", ["", "  ", "x" * 251, "a\nb"])
def test_a_publisher_has_a_name(tmp_path: Path, publisher: str) -> None:
    with pytest.raises(ExportRefused, match="publisher"):
        export(tmp_path / "x", publisher=publisher)


def test_a_publisher_may_have_quotes(tmp_path: Path) -> None:
    export(tmp_path / "x", publisher='O\'Neil "& Zn" Ø')
    assert json.loads((tmp_path / "x" / "app.json").read_text())["publisher"] == 'O\'Neil "& Zn" Ø'


def test_what_is_there_is_left_alone_unless_told(tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("mine")
    with pytest.raises(ExportRefused, match="not empty"):
        export(tmp_path)
    assert list(tmp_path.iterdir()) == [mine]
    export(tmp_path, replace=True)
    assert mine.read_text() == "mine"
    with pytest.raises(ExportRefused, match="is a file"):
        export(mine)


def test_from_a_shell(tmp_path: Path) -> None:
    good = run("extension", "export", str(tmp_path / "x"), "--first-id", "70000", "--publisher", "Kleiweg")
    assert good.returncode == 0, good.stderr
    assert "Objects 70000 to 70019" in good.stdout
    again = run("extension", "export", str(tmp_path / "x"))
    assert again.returncode == 2
    assert "--force" in again.stderr
