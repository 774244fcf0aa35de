"""How cards tell of several connections."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.connections import connections_card
from bot.cards.overview import connection_words, overview_card
from bot.cards.texts import Texts
from bot.operations.views import ConnectionChoice, ConnectionLine, ConnectionList
from tests.cards.oracle import check
from tests.cards.scene import CRONUS, FRESH, NOW, overview, shown

ENGLISH, DUTCH = Texts.for_locale("en-US"), Texts.for_locale("nl-NL")
CHOICES = tuple(ConnectionChoice(f"{number:016x}", f"Customer {number}") for number in range(101))
AMONG_TWO = replace(CRONUS, name="Cronus", choices=(ConnectionChoice(CRONUS.key, "Cronus"), CHOICES[1]))

SEVERE = ConnectionLine(AMONG_TWO, FRESH, errors=1_245, problems=2, severity=3)
QUIET = ConnectionLine(
    replace(CRONUS, key="b", name="Bakker", display_name="bakker", environment=""), FRESH, 0, 0, 0
)
FAILING = ConnectionLine(
    replace(CRONUS, key="c", name="Zwart", company_name="", display_name="", environment="Sandbox"),
    replace(
        FRESH,
        read_at=None,
        attempted_at=NOW - timedelta(hours=1),
        failure_key="source.sign_in_refused",
        failure_facts={"code": "AADSTS700027"},
    ),
    errors=0,
    problems=0,
    severity=3,
)
FAILED = (
    "⚠️ Not up to date. Microsoft Entra refused to sign the bot in (error AADSTS700027). "
    "The application does not know the certificate that the bot signs with. An Entra administrator uploads "
    "that certificate (Certificates and secrets), or whoever runs the bot gives it the one that is there. "
    "Last attempt: 2026-11-22 05:58 UTC.   [Open]"
)
LIST = ConnectionList((SEVERE, FAILING, QUIET), total=3, page=0, pages=1)


def test_the_list_tells_where_how_many_how_old_and_what_keeps_it_from_reading() -> None:
    card = connections_card(LIST, ENGLISH)
    check(card)
    assert shown(card).split("\n") == [
        "# 3 connections",
        "Cronus · CRONUS Nederland B.V. · Production",
        "1,245 sync errors, 2 causes. Last read 2026-11-22 06:58 UTC.   [Open]",
        "Zwart · Sandbox",
        "Not read yet.",
        FAILED,
        "Bakker",
        "No sync errors. Last read 2026-11-22 06:58 UTC.   [Open]",
    ]
    assert card.text == "3 connections. Most pressing: Cronus (1,245 errors)."


def test_the_list_in_dutch() -> None:
    read = shown(connections_card(LIST, DUTCH))
    assert "# 3 verbindingen" in read
    assert "1.245 synchronisatiefouten, 2 oorzaken." in read
    assert "[Openen]" in read


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("Van Dijk B.V.", "Van Dijk B.V. is no longer set up in this bot. Open another connection."),
        ("", "Your connection is no longer set up in this bot. Open another one."),
    ],
)
def test_a_connection_that_is_gone_is_told_first(gone: str, words: str) -> None:
    card = connections_card(LIST, ENGLISH, gone=gone)
    assert shown(card).startswith(words)
    assert card.text.startswith(words)


def test_pages_of_the_list() -> None:
    read = shown(connections_card(replace(LIST, total=25, page=1, pages=3), ENGLISH))
    assert "[Previous]  [Next]" in read
    assert "Page 2 of 3" in read


def test_an_overview_among_several_has_a_menu_and_the_way_to_all() -> None:
    card = overview_card(replace(overview(), connection=AMONG_TWO), ENGLISH)
    check(card)
    assert "[Cronus v]  [All connections]" in shown(card)
    assert "Cronus · CRONUS Nederland B.V. · Production" in shown(card)


def test_an_overview_by_itself_has_neither() -> None:
    read = shown(overview_card(overview(), ENGLISH))
    assert "All connections" not in read
    assert " v]" not in read


@pytest.mark.parametrize(("count", "has_menu"), [(2, True), (100, True), (101, False)])
def test_a_menu_holds_a_hundred(count: int, has_menu: bool) -> None:
    connection = replace(CRONUS, key=CHOICES[0].key, name="Customer 0", choices=CHOICES[:count])
    card = overview_card(replace(overview(), connection=connection), ENGLISH)
    check(card)
    assert ("[Customer 0 v]" in shown(card)) is has_menu
    assert "[All connections]" in shown(card)
    assert "left out" not in shown(card)


def test_a_name_that_is_the_company_s_is_told_once() -> None:
    named = replace(CRONUS, name="cronus nederland b.v.")
    assert str(connection_words(named)) == "CRONUS Nederland B.V. · Production"
