"""Support requests: everything that somebody outside needs to find out what is wrong, in two files.

``SupportDesk`` offers and starts one, ``PrepareSupport`` is the workflow that fetches what is not stored yet,
``Gathering`` brings it all together from the store at the moment of delivery.
"""

from bot.operations.support.desk import SupportDesk
from bot.operations.support.gathering import Gathering
from bot.operations.support.values import Dossier, Example, Fetched, Offer, Part, Wanted, Whither
from bot.operations.support.workflow import PrepareSupport

__all__ = [
    "Dossier",
    "Example",
    "Fetched",
    "Gathering",
    "Offer",
    "Part",
    "PrepareSupport",
    "SupportDesk",
    "Wanted",
    "Whither",
]
