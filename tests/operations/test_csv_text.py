"""Files that a spreadsheet opens without doing anything."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operations.csv_text import csv_file, csv_line, defused

STARTERS = "=+@-\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("sign", STARTERS)
@pytest.mark.parametrize(
    "before", ["", " ", "  ", "\t", "\r", "\n", "Customer;", "a, ", "x\t", '"', 'x";"', "\ufeff"[:0]]
)
def test_no_cell_begins_with_what_a_spreadsheet_takes_for_a_formula(sign: str, before: str) -> None:
    assert defused(f"{before}{sign}cmd|' /C calc'!A0") == f"{before}'{sign}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["Customer: 10000", "a-b", "1+1", "x = y", "kim@kleiweg.nl", "it's", ""])
def test_ordinary_texts_stay(text: str) -> None:
    assert defused(text) == text


@given(st.lists(st.text() | st.integers(), min_size=1, max_size=5))
def test_whatever_the_cells_hold_the_line_is_read_again_as_those_cells(cells: list[str | int]) -> None:
    line = csv_line(cells)
    (read,) = csv.reader(io.StringIO(line, newline=""))
    assert len(read) == len(cells)
    for cell, wanted in zip(read, cells, strict=True):
        if isinstance(wanted, int):
            assert cell == str(wanted)
        else:
            assert not re.match(rf"\s*[{re.escape(STARTERS)}]", cell)


def test_a_file_is_utf_8_with_the_mark_that_excel_wants() -> None:
    assert csv_file(["Wie"], [["Zoë"], [7]]) == '\ufeff"Wie"\r\n"Zoë"\r\n7\r\n'.encode()
