"""AL call stacks, frame by frame.

Form: MicrosoftDocs/dynamics365smb-devitpro-pb,
``methods-auto/system/system-getlasterrorcallstack-method.md``.
One frame a line, innermost first, ``"Object name"(CodeUnit 5345).Procedure line 8``, in newer versions
followed by `` - App by Publisher version 1.2.3.4``. Pure; takes time in proportion to the length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.dataclass import dataclass

MICROSOFT: Final = "microsoft"
_MOST: Final = 2_000
"""Frames that are read; AL ends a recursion long before."""
_LONGEST: Final = 1_000
"""Characters of a line that are read."""
_OBJECT: Final = re.compile(r"\((?P<type>[A-Za-z]{3,20}) (?P<id>\d{1,10})\)\.")
_LINE: Final = re.compile(r" line (?P<line>\d{1,9})(?= - |$)")
_VERSION: Final = re.compile(r" version (?P<version>\d{1,10}(?:\.\d{1,10}){1,3})$")
_GARBLED: Final = re.compile(
    r"[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2500-\u259f]"
    r"|(?<=[A-Za-z])[\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u2039\u2018\u201c\u201d\u2022\u2014\u02dc\u2122"
    r"\u203a\xa1-\xa5](?=[A-Za-z])"
)
"""What is left of letters that were written in one code page and read in another: of MS-DOS's accented
letters Windows makes signs (``ö`` becomes ``”``), in the middle of a word."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One call. Empty, or 0, where the line does not tell."""

    text: str
    """The line itself."""
    object_type: str = ""
    """As AL writes it: ``CodeUnit``, ``Table``, ``Page`` ..."""
    object_id: int = 0
    object_name: str = ""
    procedure: str = ""
    """With ``(Trigger)`` or ``(Event)`` where it is one."""
    line: int = 0
    app: str = ""
    publisher: str = ""
    version: str = ""

    @property
    def recognised(self) -> bool:
        """Object and procedure are known."""
        return bool(self.object_type and self.procedure)

    @property
    def is_foreign(self) -> bool:
        """Of another publisher than Microsoft, as the frame itself says."""
        return bool(self.publisher) and self.publisher.casefold() != MICROSOFT


@dataclass(frozen=True, slots=True)
class CallStack:
    """All frames, innermost first."""

    frames: tuple[Frame, ...]
    garbled: bool
    """Some letters were lost on the way; names of objects and numbers of lines are right nevertheless."""

    @property
    def first_foreign(self) -> Frame | None:
        """Where the innermost code of another publisher is: whom to ask first."""
        return next((frame for frame in self.frames if frame.is_foreign), None)

    @property
    def tells_publishers(self) -> bool:
        """False for the older form, which names neither apps nor publishers."""
        return any(frame.publisher for frame in self.frames)


def read_call_stack(text: str) -> CallStack:
    """The frames of a call stack as table 5339 keeps it; an unknown line is a frame not recognised."""
    lines: Sequence[str] = [line.strip() for line in re.split(r"\r\n|[\r\n]", text) if line.strip()]
    return CallStack(
        frames=tuple(_frame(line[:_LONGEST]) for line in lines[:_MOST]),
        garbled=_GARBLED.search(text) is not None,
    )


def _frame(text: str) -> Frame:
    found = _OBJECT.search(text)
    if found is None:
        return Frame(text)
    name = text[: found.start()].strip().strip('"').replace('""', '"')
    rest = text[found.end() :]
    at = _LINE.search(rest)
    if at is None:
        return Frame(text, found["type"], int(found["id"]), name, rest.partition(" - ")[0].strip())
    app, publisher, version = _origin(rest[at.end() :].removeprefix(" - "))
    return Frame(
        text=text,
        object_type=found["type"],
        object_id=int(found["id"]),
        object_name=name,
        procedure=rest[: at.start()].strip(),
        line=int(at["line"]),
        app=app,
        publisher=publisher,
        version=version,
    )


def _origin(text: str) -> tuple[str, str, str]:
    """App, publisher and version; both names may hold `` by ``, of which the last one parts them."""
    version = ""
    if found := _VERSION.search(text):
        text, version = text[: found.start()], found["version"]
    app, by, publisher = text.rpartition(" by ")
    return (app.strip(), publisher.strip(), version) if by else (text.strip(), "", version)
