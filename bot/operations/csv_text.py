"""Comma-separated files that a spreadsheet opens without doing anything.

Spreadsheets take a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula (OWASP, "CSV
Injection"), and split at semicolons or tabs where their country does. So an apostrophe goes before such a
sign, at the beginning and behind whatever may split a cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

BEGINNING: Final = "\ufeff"
"""What tells Excel that a file is UTF-8."""
_FORMULA: Final = re.compile(r"((?:^|[;,\t\r\n|\"])[ \u00a0]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def defused(text: str) -> str:
    """The text as a cell in which nothing is a formula; control characters go."""
    return _FORMULA.sub(r"\1'", _CONTROLS.sub(" ", text))


def csv_line(cells: Sequence[str | int]) -> str:
    """A line with its end. Numbers stay numbers; texts are defused and quoted."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([cell if isinstance(cell, int) else defused(_whole(cell)) for cell in cells])
    return buffer.getvalue()


def csv_file(heading: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """A whole file, UTF-8 with the mark that Excel wants."""
    return (BEGINNING + csv_line(heading) + "".join(map(csv_line, rows))).encode()


def _whole(text: str) -> str:
    """Without lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()
