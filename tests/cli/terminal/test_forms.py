"""Filling in a dialog at the prompt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from bot.cli.terminal.forms import Filling, filling
from bot.cli.terminal.rendering import draw_modal
from tests.cli.terminal.screens import PIPE, FakeElement, FakeModal, Json, drawn, plain

CLASSES = ("Signing in to Dataverse failed", "A value is missing or not allowed", "A value is unknown")


@dataclass(frozen=True)
class Option:
    label: str


@dataclass(frozen=True)
class Menu(FakeElement):
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Dialog(FakeModal):
    fields: list[FakeElement] = field(default_factory=list)

    def elements(self) -> list[FakeElement]:
        return self.fields


OFFERS = tuple(map(Option, CLASSES))
DIALOG = Dialog(
    fields=[
        FakeElement("Preview", "preview"),
        FakeElement("Template", "template", kind="plain_text_input"),
        Menu("What it means", "class", kind="static_select", options=OFFERS),
        Menu("Which", "which", kind="checkboxes", options=OFFERS),
    ]
)


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        ("what it means = signing IN", CLASSES[0]),
        ("What it means = a value is missing or not allowed", CLASSES[1]),
        ("What it means = not allowed", CLASSES[1]),
        ("What it means = ?", None),
        ("What it means =", None),
        ("What it means = nothing of it", None),
        ("Which = signing; unknown", [CLASSES[0], CLASSES[2]]),
        ("Which = signing; a value", None),
        ("Which =", []),
    ],
)
def test_the_beginning_or_a_part_chooses_where_there_is_just_one(line: str, choice: object) -> None:
    label = "Which" if line.startswith("Which") else "What it means"
    assert filling(DIALOG, line) == Filling(label, choice, CLASSES)  # type: ignore[arg-type]


def test_what_fits_several_options_names_them() -> None:
    assert filling(DIALOG, "What it means = a value") == Filling("What it means", None, CLASSES[1:])


def test_text_is_taken_as_it_is() -> None:
    assert filling(DIALOG, "template = a = {b}") == Filling("Template", "a = {b}")


@pytest.mark.parametrize("line", ["Template", "Preview = x", "Nothing = x", "= x"])
def test_what_fills_in_nothing(line: str) -> None:
    assert filling(DIALOG, line) is None


def test_a_dialog_shows_what_is_filled_in_by_now() -> None:
    def field_of(label: str, element: Json) -> Json:
        block = {"type": "input", "block_id": label, "label": plain(label)}
        return {**block, "element": {**element, "action_id": "it"}}

    text = field_of("Template", {"type": "plain_text_input", "initial_value": "before"})
    option = {"text": plain(CLASSES[0]), "value": "auth.failed"}
    menu = field_of("Class", {"type": "static_select", "options": [option], "placeholder": plain("Choose")})
    dialog = FakeModal(blocks=[text, menu])
    assert "before" in drawn(draw_modal(dialog, PIPE))
    values = {
        "Template": {"it": {"type": "plain_text_input", "value": "after"}},
        "Class": {"it": {"type": "static_select", "selected_option": option}},
    }
    shown = drawn(draw_modal(replace(dialog, values=values), PIPE))
    assert "after" in shown
    assert "before" not in shown
    assert f"[{CLASSES[0]} ▾]" in shown
    emptied = {"Template": {"it": {"type": "plain_text_input", "value": None}}}
    assert "before" not in drawn(draw_modal(replace(dialog, values=emptied), PIPE))
