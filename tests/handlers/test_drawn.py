"""A card is drawn once for each state of the store."""

from __future__ import annotations

import pytest

from bot.cards.card import Card
from handlers.drawn import REMEMBERED, Drawn


class Store:
    def __init__(self) -> None:
        self.number = 1
        self.drawings = 0

    async def revision(self) -> int:
        return self.number

    async def draw(self) -> Card:
        self.drawings += 1
        return Card(str(self.drawings), [])


async def test_a_card_holds_until_the_store_changes() -> None:
    store = Store()
    drawn = Drawn(store.revision)
    assert (await drawn.card("a", store.draw)).text == "1"
    assert (await drawn.card("a", store.draw)).text == "1"
    store.number += 1
    assert (await drawn.card("a", store.draw)).text == "2"


async def test_each_key_has_its_own_card() -> None:
    store = Store()
    drawn = Drawn(store.revision)
    assert (await drawn.card(("overview", 0, "en"), store.draw)).text == "1"
    assert (await drawn.card(("overview", 0, "nl"), store.draw)).text == "2"


async def test_a_change_while_drawing_is_drawn_the_next_time() -> None:
    store = Store()
    drawn = Drawn(store.revision)

    async def draw() -> Card:
        store.number += 1
        return await store.draw()

    assert (await drawn.card("a", draw)).text == "1"
    assert (await drawn.card("a", store.draw)).text == "2"


async def test_what_fails_is_not_remembered() -> None:
    store = Store()
    drawn = Drawn(store.revision)

    async def fail() -> Card:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await drawn.card("a", fail)
    assert (await drawn.card("a", store.draw)).text == "1"


async def test_the_cards_that_nobody_asked_for_longest_go_first() -> None:
    store = Store()
    drawn = Drawn(store.revision)
    for number in range(REMEMBERED + 1):
        await drawn.card(number, store.draw)
    before = store.drawings
    await drawn.card(REMEMBERED, store.draw)
    assert store.drawings == before
    await drawn.card(0, store.draw)
    assert store.drawings == before + 1
