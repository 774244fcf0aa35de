"""The client of the companion API and of what the bot reads of the standard API."""

from __future__ import annotations

from bot.businesscentral.deleting import Deleting
from bot.businesscentral.reading_errors import ReadingErrors
from bot.businesscentral.reading_fields import ReadingFields
from bot.businesscentral.reading_states import ReadingStates


class BusinessCentralClient(ReadingErrors, ReadingStates, ReadingFields, Deleting):
    """Reads one connection and acts on it. Safe to use from many tasks at once.

    Every method raises failures below ``bot.failures.SourceFailure``: SignInRefused, SourceUnreachable,
    SourceThrottled, SourceRefused, SourceMissing (``facts['what']``: environment, company, extension, error,
    coupling or job), SourceRejected, SourceGarbled; acting raises more, see ``Acting``,
    ``ReadingFields`` and ``Deleting``.
    """
