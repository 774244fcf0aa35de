"""The client of the Dataverse Web API."""

from __future__ import annotations

from bot.dataverse.reading_principals import ReadingPrincipals
from bot.dataverse.reading_rows import ReadingRows


class DataverseClient(ReadingPrincipals, ReadingRows):
    """Reads one environment and never writes. Safe to use from many tasks of one event loop at once.

    Ids are GUIDs without braces. Answers are kept: a minute those about rows, roles and privileges, an hour
    those about tables; the same question asked by many at once is asked once. Every method raises failures
    below ``bot.failures.DataverseFailure``: DataverseSignInRefused, DataverseUnreachable, DataverseThrottled,
    DataverseRefused (``facts['why']`` is a ``Why``), DataverseMissing, DataverseRejected, DataverseGarbled.
    """
