"""Files in messages: a number to open each by, what is in it, and where it was saved."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Final, Protocol

from bot.cli.terminal.harmless import harmless, harmless_line
from bot.dataclass import dataclass

FILE: Final = "file"
MOST_LINES: Final = 400
"""Of one file on the screen; all of it is saved."""
_TEXTS: Final = (".md", ".txt", ".csv", ".json", ".toml")
_SIZES: Final = ((1_000_000, "MB"), (1_000, "kB"))


class SharedFile(Protocol):
    """A file as Slack keeps it."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes | None: ...


Open = Callable[[str], SharedFile]
"""A file by its id."""


@dataclass(frozen=True, slots=True)
class FileElement:
    """A file as something to press."""

    file_id: str
    label: str
    kind: str = FILE
    value: str | None = None
    url: str | None = None

    @property
    def action_id(self) -> str:
        return f"file.{self.file_id}"


@dataclass
class Files:
    """The files of the conversation; saved in a folder of their own when they are opened."""

    open: Open
    _folder: Path | None = field(default=None, init=False)

    def elements(self, ids: Iterable[str]) -> list[FileElement]:
        """Those of a message."""
        return [FileElement(one, self._label(self.open(one))) for one in ids]

    def shown(self, file_id: str) -> Iterator[str]:
        """Its lines, harmless; of an archive those of every file in it."""
        file = self.open(file_id)
        lines = list(_lines(file.name, file.content or b""))
        yield from lines[:MOST_LINES]
        if len(lines) > MOST_LINES:
            yield "…"

    def saved(self, file_id: str) -> Path:
        """Where it is now, whole. The name is taken for a name and nothing else."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="syncerrors-"))
        file = self.open(file_id)
        path = self._folder / (Path(file.name.replace("\\", "/")).name or file_id)
        path.write_bytes(file.content or b"")
        return path

    def _label(self, file: SharedFile) -> str:
        return f"{harmless_line(file.name)} ({_size(len(file.content or b''))})"


def _lines(name: str, content: bytes) -> Iterator[str]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                yield f"── {harmless_line(entry.filename)} ({_size(entry.file_size)})"
                yield from _lines(entry.filename, archive.read(entry))
    elif name.endswith(_TEXTS):
        yield from harmless(content.decode("utf-8-sig", "replace")).rstrip("\n").split("\n")


def _size(length: int) -> str:
    for unit, name in _SIZES:
        if length >= unit:
            return f"{length / unit:.1f} {name}"
    return f"{length} B"
