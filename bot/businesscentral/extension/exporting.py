"""Writing the extension's source out, ready to be compiled by somebody.

Numbers: ``dev-itpro/developer/devenv-object-ranges.md`` of Microsoft's docs: 50,000 to 99,999 are a
customer's own; from 1,000,000 on Microsoft assigns them to publishers. The addresses of the API do not change
with the publisher of the app: the bot looks for ``api/syncerrors/integration/v1.0``.
"""

from __future__ import annotations

import json
import re
import uuid
from importlib.resources import files
from pathlib import Path

from bot.dataclass import dataclass

FIRST_ID = 53_390
"""Number of the first object in the source."""

IDS = 20
"""Numbers that the objects take, from the first on."""

PUBLISHER = "syncerrors"

_OWN_RANGES = ((50_000, 99_999), (1_000_000, 75_999_999))
_HEAD = re.compile(r"^(page|table|codeunit|permissionset) (\d+) (?=\")", re.MULTILINE)
_IN_TEXT = re.compile(r"\b(533[9]\d|5340\d)\b")
_LONGEST_PUBLISHER = 250


class ExportRefused(Exception):
    """It cannot be written like that; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    directory: Path
    files: int
    app_id: str
    first_id: int
    last_id: int


def export(
    directory: Path, *, first_id: int = FIRST_ID, publisher: str = PUBLISHER, replace: bool = False
) -> Written:
    """Write AL files, ``app.json`` and ``README.md``.

    The app's id stays the same for the same publisher, so that a later export upgrades what was published
    from an earlier one. ``replace`` overwrites these files in a directory that is not empty, and no other.
    Raises ExportRefused, before anything is written wherever that can be known before.
    """
    publisher = publisher.strip()
    _check(first_id, publisher)
    written = _files(first_id, publisher)
    try:
        if directory.exists() and not directory.is_dir():
            raise ExportRefused(f"{directory} is a file. Name a directory.")
        if directory.is_dir() and any(directory.iterdir()) and not replace:
            raise ExportRefused(
                f"{directory} is not empty. Name another, or add --force to replace the extension in it."
            )
        for name, text in written.items():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ExportRefused(f"Cannot write {error.filename or directory}: {error.strerror}.") from error
    app_id = json.loads(written["app.json"])["id"]
    return Written(directory, len(written), app_id, first_id, first_id + IDS - 1)


def _check(first_id: int, publisher: str) -> None:
    if not any(low <= first_id and first_id + IDS - 1 <= high for low, high in _OWN_RANGES):
        raise ExportRefused(
            f"Object numbers {first_id} to {first_id + IDS - 1} are not yours to give. Choose a first number "
            f"from 50000 to {99_999 - IDS + 1}, or one of a range that Microsoft gave you (1000000 and up)."
        )
    if not 1 <= len(publisher) <= _LONGEST_PUBLISHER or not publisher.isprintable():
        raise ExportRefused(f"A publisher has 1 to {_LONGEST_PUBLISHER} printable characters.")


def _files(first_id: int, publisher: str) -> dict[str, str]:
    """Text by relative path."""
    root = files(__package__)
    shift = first_id - FIRST_ID

    def renumbered(match: re.Match[str]) -> str:
        return f"{match[1]} {int(match[2]) + shift} "

    source = {
        f"src/{entry.name}": _HEAD.sub(renumbered, entry.read_text(encoding="utf-8"))
        for entry in root.joinpath("src").iterdir()
        if entry.name.endswith(".al")
    }
    readme = root.joinpath("README.md").read_text(encoding="utf-8")
    return {
        **dict(sorted(source.items())),
        "app.json": _manifest(root.joinpath("app.json").read_text(encoding="utf-8"), first_id, publisher),
        "README.md": _IN_TEXT.sub(lambda match: str(int(match[1]) + shift), readme),
        "base_application_uses.toml": root.joinpath("base_application_uses.toml").read_text(encoding="utf-8"),
    }


def _manifest(text: str, first_id: int, publisher: str) -> str:
    app = json.loads(text)
    app["idRanges"] = [{"from": first_id, "to": first_id + IDS - 1}]
    if publisher != app["publisher"]:
        app["id"] = str(uuid.uuid5(uuid.UUID(app["id"]), publisher.casefold()))
        app["publisher"] = publisher
    return json.dumps(app, indent=2, ensure_ascii=False) + "\n"
