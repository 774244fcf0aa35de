"""Cards that were drawn before and still hold.

An overview is asked for far more often than anything changes, and drawing one takes several times as long as
everything else about an answer. A card is kept with the store's revision from before it was drawn; while the
store is at that revision, the card is what drawing again would give.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from bot.cards.card import Card

REMEMBERED = 500
"""Cards, of some 10 KB each."""


class Drawn:
    """Remembers cards that follow from the store and from their key alone.

    ``revision`` gives the store's: any change makes another one.
    """

    def __init__(self, revision: Callable[[], Awaitable[int]]) -> None:
        self._revision = revision
        self._cards: OrderedDict[Hashable, tuple[int, Card]] = OrderedDict()

    async def card(self, key: Hashable, draw: Callable[[], Awaitable[Card]]) -> Card:
        """The card of that key; ``draw`` is asked where none was drawn since the store last changed.

        Raises StoreUnavailable, and whatever ``draw`` raises; neither is remembered.
        """
        revision = await self._revision()
        known = self._cards.get(key)
        if known is not None and known[0] == revision:
            self._cards.move_to_end(key)
            return known[1]
        card = await draw()
        self._cards[key] = (revision, card)
        self._cards.move_to_end(key)
        while len(self._cards) > REMEMBERED:
            self._cards.popitem(last=False)
        return card
