"""A message made comparable: white space evened out, call stack cut off, every offset traceable to the
original.

Business Central stores a label's line break as a real one or as a backslash, doubles spaces (``TestField``
writes two before "in") and uses the no-break space in some languages. Templates and texts are therefore both
compared with each run of white space and backslashes as one space, while values are read from the original.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from bot.diagnosis.envelopes import opened

_LONG_GAP = re.compile(r"[\s\\]{2,}")
_ODD_GAP = re.compile(r"(?: [\s\\]|[^\S ]|\\)[\s\\]*+")
"""A gap that is anything but one blank."""
_STACK = re.compile(
    r"[\r\n][ \t]*+(?:(?:at|bei|à|en|in|ved|vid) [\w.`<>\[\],$+]++ ?\(|at [A-Za-z_][\w`]*+\."
    r"|Server stack trace|Exception rethrown at|TRACE TEXT)"
)
_AL_FRAME = "(CodeUnit "
_EXCEPTION = re.compile(
    r"(?:---> |Unhandled Exception: )?[A-Z][\w.]{2,150}Exception(?:`\d)?"
    r"(?:\[\[?[^\]\n]{0,300}\]?\]|<[^>\n]{0,200}>)?:\s{1,4}'?"
)
_LONGEST_DRESS = 400
_DRESSES = 4
_FAULT = "(Fault Detail is equal to"


def even(text: str) -> str:
    """The text with each run of white space and backslashes as one space."""
    if "\\" in text:
        return _ODD_GAP.sub(" ", text)
    if text.isprintable() and "  " not in text:
        return text  # the only white space that is printable is the blank
    words = " ".join(text.split())
    return f"{' ' * text[0].isspace()}{words}{' ' * (text[-1].isspace() and bool(words))}"


def without_stack(text: str) -> str:
    """The text up to a .NET or AL call stack that follows it.

    .NET frames begin with "at" and a method (the word is translated, the form is not); AL frames hold
    ``(CodeUnit 5345)`` (Microsoft docs, ``methods-auto/system/system-getlasterrorcallstack-method.md``).
    """
    if "\n" not in text and "\r" not in text:
        return text
    end = len(text)
    if stack := _STACK.search(text):
        end = stack.start()
    frame = text.find(_AL_FRAME, 0, end)
    if frame >= 0:
        line = text.rfind("\n", 0, frame)
        end = line if line >= 0 else end
    return text[:end] if end < len(text) else text


def bare_message(text: str) -> str:
    """What a text says, without the call stack behind it and the .NET dress around it.

    Examples of the dress: ``System.ServiceModel.FaultException`1[...]: `` in front, and ``(Fault Detail is
    equal to Microsoft.Xrm.Sdk.OrganizationServiceFault)`` behind. See ``envelopes`` for JSON and XML.
    """
    return undressed(without_stack(opened(text)).strip())


def undressed(plain: str) -> str:
    """The message without the .NET dress around it."""
    if "xception" in plain[:_LONGEST_DRESS]:
        for _ in range(_DRESSES):
            dress = _EXCEPTION.match(plain)
            if not dress:
                break
            plain = plain[dress.end() :]
    fault = plain.find(_FAULT) if _FAULT in plain else -1
    return plain[:fault].rstrip() if fault > 0 else plain


class NormalText:
    """A message in the form in which templates are compared, and the way back to what was written.

    ``text`` is the even form. ``original(start, end)`` gives the written characters of a slice of it.
    """

    __slots__ = ("_gaps", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        self._gaps: tuple[list[int], list[int]] | None = None
        self.text = even(source)

    @classmethod
    def of_even(cls, text: str) -> NormalText:
        """The same for a text that is known to be even, which is then not looked at again."""
        known = cls.__new__(cls)
        known.source = known.text = text
        known._gaps = None
        return known

    def original(self, start: int, end: int) -> str:
        """What the message says from ``start`` to ``end`` of ``text``, as written."""
        if self.text is self.source:
            return self.source[start:end]
        return self.source[self._offset(start) : self._offset(end)]

    def _offset(self, position: int) -> int:
        if self._gaps is None:
            self._gaps = self._trace()
        positions, shifts = self._gaps
        index = bisect_right(positions, position)
        return position + (shifts[index - 1] if index else 0)

    def _trace(self) -> tuple[list[int], list[int]]:
        """For each gap longer than one character: where it ends in ``text``, and what to add from there."""
        positions: list[int] = []
        shifts: list[int] = []
        shift = 0
        for gap in _LONG_GAP.finditer(self.source):
            start, end = gap.span()
            positions.append(start - shift + 1)
            shift += end - start - 1
            shifts.append(shift)
        return positions, shifts
