"""What is typed to search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.actions import ButtonValue
from bot.cards.limits import BUTTON_VALUE
from bot.operations.filters import NO_FILTERS, Filters
from handlers.grammar import (
    GRAMMAR,
    AskForConnections,
    AskForError,
    AskForHelp,
    AskForOverview,
    AskToFind,
    understand,
)
from handlers.queries import LONGEST, query_of, without_filters


@pytest.mark.parametrize(
    ("typed", "text", "filters"),
    [
        ("customer 10000", "customer 10000", NO_FILTERS),
        ("  Customer:   10000 ", "Customer: 10000", NO_FILTERS),
        ("Customer:10000", "Customer:10000", NO_FILTERS),
        ("https://x.example/a:b", "https://x.example/a:b", NO_FILTERS),
        ("class:permission", "", Filters(class_code="permission")),
        ("CLASS:Permission", "", Filters(class_code="Permission")),
        ("class: permission", "", Filters(class_code="permission")),
        ("class:", "", Filters(class_code="")),
        ('mapping:"SALES ORDER" eur', "eur", Filters(mapping="SALES ORDER")),
        ("mapping:“SALES ORDER” eur", "eur", Filters(mapping="SALES ORDER")),
        ('"class:permission" x', "class:permission x", NO_FILTERS),
        (
            "prvRead fixer:admin since:7d mapping:CUSTOMER class:setup",
            "prvRead",
            Filters(class_code="setup", fixer="admin", mapping="CUSTOMER", since="7d"),
        ),
        ("klasse:a oplosser:b toewijzing:c sinds:d", "", Filters("a", "b", "c", "d")),
        ("fixer:user fixer:admin", "", Filters(fixer="admin")),
        ('say "hello', "say hello", NO_FILTERS),
        ('"', "", NO_FILTERS),
    ],
)
def test_words_and_filters(typed: str, text: str, filters: Filters) -> None:
    query = query_of(typed)
    assert (query.text, query.filters, query.strange) == (text, filters, None)


@pytest.mark.parametrize("typed", ["sinse:7d", "clas:permission eur", "colour:red", "fixr:1"])
def test_a_filter_that_there_is_not(typed: str) -> None:
    assert query_of(typed).strange == typed.partition(":")[0]


SIGNS = st.lists(
    st.sampled_from(
        ["class", "fixer:", "since:", ":", '"', "“", " ", "a", "1", "*", "\x00", "\ud800", "é", "🚀"]
    )
).map("".join)


@given(st.one_of(st.text(), SIGNS, st.text(min_size=LONGEST)))
def test_anything_is_understood_and_fits_a_button(typed: str) -> None:
    understand(typed)
    query = query_of(typed)
    again = query_of(query.typed)
    assert again == query
    for kept in (query.typed, without_filters(query)):
        value = ButtonValue(connection="c" * 60, problem="p" * 60, number=1, page=1, query=kept)
        assert len(value.encoded()) <= BUTTON_VALUE
        assert ButtonValue.decoded(value.encoded()) == value
    assert not query_of(without_filters(query)).filters


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("", AskForOverview),
        ("  ", AskForOverview),
        ("4711", AskForError),
        ("#4711", AskForError),
        ('"4711"', AskToFind),
        ("4711 since:7d", AskToFind),
        ("customer 10000", AskToFind),
        ("prvRead", AskToFind),
        ("help", AskForHelp),
        ("hlep", AskForHelp),
        ("HELPP", AskForHelp),
        ("conections", AskForHelp),
        ("connections", AskForConnections),
        ("held up", AskToFind),
        ("kelp farm", AskToFind),
        ("<!channel>", AskToFind),
    ],
)
def test_what_a_person_means(typed: str, kind: type[object]) -> None:
    assert isinstance(understand(typed), kind)


def test_every_example_of_the_help_is_understood() -> None:
    for command in GRAMMAR:
        for typed in (command.usage, *command.examples):
            request = understand(typed.removeprefix("/syncerrors"))
            if isinstance(request, AskToFind):
                assert request.query.strange is None
                assert request.query.text or request.query.filters
