"""Call stacks, frame by frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.frames import Frame, read_call_stack
from bot.simulator.businesscentral import call_stacks


def test_a_frame_of_a_newer_version() -> None:
    text = (
        '"Integration Rec. Synch. Invoke"(CodeUnit 5345).InsertRecord line 8'
        " - Base Application by Microsoft version 26.3.36158.0"
    )
    (frame,) = read_call_stack(text).frames
    assert frame == Frame(
        text=text,
        object_type="CodeUnit",
        object_id=5345,
        object_name="Integration Rec. Synch. Invoke",
        procedure="InsertRecord",
        line=8,
        app="Base Application",
        publisher="Microsoft",
        version="26.3.36158.0",
    )
    assert not frame.is_foreign


def test_a_frame_of_an_older_version_names_no_app() -> None:
    stack = read_call_stack("TestErrors1(CodeUnit 50001).OnRun(Trigger) line 1")
    (frame,) = stack.frames
    assert (frame.object_name, frame.procedure, frame.line) == ("TestErrors1", "OnRun(Trigger)", 1)
    assert not frame.is_foreign
    assert not stack.tells_publishers


@pytest.mark.parametrize(
    ("line", "app", "publisher"),
    [
        ("X(Table 18).A line 2 - Stand by Me by Day by Day", "Stand by Me by Day", "Day"),
        (
            "X(Table 18).A line 2 - Freight & Toll by Nordlicht version 2.0.118.3",
            "Freight & Toll",
            "Nordlicht",
        ),
        ("X(Table 18).A line 2 - Nameless", "Nameless", ""),
        ('"A - B line 3"(Page 21).P line 2', "", ""),
    ],
)
def test_apps_and_publishers_have_any_names(line: str, app: str, publisher: str) -> None:
    (frame,) = read_call_stack(line).frames
    assert (frame.app, frame.publisher, frame.line) == (app, publisher, 2)


@pytest.mark.parametrize("name", sorted(name for name in vars(call_stacks) if name[0].isupper()))
def test_every_frame_that_is_simulated_is_recognised(name: str) -> None:
    text = getattr(call_stacks, name)
    if isinstance(text, str) and "(CodeUnit" in text and name != "GARBLED":
        stack = read_call_stack(text)
        assert len(stack.frames) == len(text.split("\n"))
        assert all(frame.recognised and frame.line for frame in stack.frames)
        assert stack.tells_publishers is (name != "OLD_FORM")
        assert not stack.garbled


def test_what_is_garbled_is_read_as_far_as_it_goes() -> None:
    stack = read_call_stack(call_stacks.GARBLED)
    assert stack.garbled
    assert [(frame.object_id, frame.line) for frame in stack.frames] == [(50140, 8), (5345, 0)]


def test_the_first_code_of_another_publisher_is_found() -> None:
    stack = read_call_stack(
        "A(CodeUnit 1).P line 1 - Base Application by Microsoft\n"
        "B(CodeUnit 50000).Q line 2 - Add-on by Dekker\n"
        "C(CodeUnit 50001).R line 3 - Other by Nordlicht"
    )
    assert stack.first_foreign is not None
    assert stack.first_foreign.publisher == "Dekker"


@pytest.mark.parametrize("text", ["Art\ufffdkel(Table 27).X line 1", "Artüke\u2557l", "a\x81b"])
def test_lost_letters_are_noticed(text: str) -> None:
    assert read_call_stack(text).garbled


def test_what_is_no_frame_is_kept_as_it_is() -> None:
    stack = read_call_stack("Something else\r\n\r\nX(CodeUnit 1).P line 1")
    assert [frame.recognised for frame in stack.frames] == [False, True]
    assert stack.frames[0].text == "Something else"
    assert read_call_stack(" \n ").frames == ()


@given(st.text(st.sampled_from('"(). -\nCodeUnit 19linebyvrso') | st.characters(), max_size=300))
def test_anything_can_be_read(text: str) -> None:
    for frame in read_call_stack(text).frames:
        assert frame.text
        assert frame.line >= 0
