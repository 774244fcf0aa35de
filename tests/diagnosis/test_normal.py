"""Texts made comparable, with the way back to what was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.normal import NormalText, bare_message, even, without_stack

MESSAGES = st.text("ab.\\ \t\r\n\u00a0é☃", max_size=60)


@given(MESSAGES)
def test_every_character_leads_back_to_itself(message: str) -> None:
    normal = NormalText(message)
    for index, char in enumerate(normal.text):
        written = normal.original(index, index + 1)
        assert written == char if char != " " else even(written) == " "


@given(MESSAGES, st.integers(0, 60), st.integers(0, 60))
def test_a_slice_is_what_was_written_there(message: str, one: int, other: int) -> None:
    normal = NormalText(message)
    start, end = sorted((min(one, len(normal.text)), min(other, len(normal.text))))
    assert even(normal.original(start, end)) == normal.text[start:end]


@given(MESSAGES)
def test_each_run_of_white_space_and_backslashes_is_one_blank_at_the_ends_too(message: str) -> None:
    assert even(message) == re.sub(r"[\s\\]+", " ", message)


def test_an_even_text_is_left_alone() -> None:
    text = "Nothing to do here."
    assert even(text) is text


@pytest.mark.parametrize(
    "stack",
    [
        "\r\n   at Microsoft.Dynamics.Nav.Crm.Create(Entity entity) in c:\\x.cs:line 3",
        "\n  bei System.Foo.Bar[T](String s)",
        '\n"Integration Rec. Synch. Invoke"(CodeUnit 5345).OnRun(Trigger) line 12',
    ],
)
def test_a_call_stack_is_cut_off(stack: str) -> None:
    assert bare_message("The unit id is missing." + stack + stack) == "The unit id is missing."


def test_a_line_break_without_a_stack_stays() -> None:
    text = "An error occurred.\r\nat least one unit is missing"
    assert without_stack(text) == text


def test_dot_net_dress_is_taken_off() -> None:
    text = (
        "System.ServiceModel.FaultException`1[Microsoft.Xrm.Sdk.OrganizationServiceFault]: "
        "The unit id is missing. "
        "(Fault Detail is equal to Microsoft.Xrm.Sdk.OrganizationServiceFault)."
    )
    assert bare_message(text) == "The unit id is missing."
