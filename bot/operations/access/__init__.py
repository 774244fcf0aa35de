"""Who lacks what: what only Dataverse knows about a problem, and the way out of a missing privilege.

Read-only. The bot grants nothing: nobody gives a chat bot that power.
"""

from bot.operations.access.access import Access
from bot.operations.access.values import (
    Finding,
    Holding,
    Lack,
    Look,
    Place,
    PrincipalFacts,
    Reason,
    RowFacts,
    Script,
    Spot,
    Unasked,
)

__all__ = [
    "Access",
    "Finding",
    "Holding",
    "Lack",
    "Look",
    "Place",
    "PrincipalFacts",
    "Reason",
    "RowFacts",
    "Script",
    "Spot",
    "Unasked",
]
