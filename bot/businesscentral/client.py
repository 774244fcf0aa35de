"""The client of the companion API and of what the bot reads of the standard API."""

from __future__ import annotations

from bot.businesscentral.deleting import Deleting
from bot.businesscentral.published_page import ReadingPublishedPage
from bot.businesscentral.reading_fields import ReadingFields
from bot.businesscentral.reading_states import ReadingStates


class BusinessCentralClient(ReadingPublishedPage, ReadingStates, ReadingFields, Deleting):
    """Reads one connection and acts on it. Safe to use from many tasks at once.

    Every method raises failures below ``bot.failures.SourceFailure``: SignInRefused, SourceUnreachable,
    SourceThrottled, SourceRefused, SourceMissing (``facts['what']``: environment, company, extension, page,
    error, coupling or job), SourceRejected, SourceGarbled; acting raises more, see ``Acting``,
    ``ReadingFields`` and ``Deleting``.
    """
