"""Reading errors and what stands beside them (companion API's contract, "Reading"); the company's name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from bot.businesscentral import rows
from bot.businesscentral.asking import FROM_PRIMARY, LARGEST_PAGE, Asking, paged
from bot.businesscentral.error_pages import error_page
from bot.businesscentral.records import (
    Company,
    ErrorDetails,
    ErrorPage,
    Maintenance,
    NumbersPage,
)
from bot.failures import SourceGarbled
from bot.odata.answers import page_of, parse_json


class ReadingErrors(Asking):
    """Errors, by rising number."""

    async def company(self) -> Company:
        """The company's names, from the standard API v2.0."""
        return await self._read(
            self._connection.standard_api, lambda body: rows.company(parse_json(body)), what="company"
        )

    async def error_page(self, after: int, page_size: int) -> ErrorPage:
        """The first page of errors whose number is above ``after``, by rising number."""
        if after < 0:
            raise ValueError("numbers are not negative")
        url = (
            f"{self._connection.companion_api}/syncErrors?$filter={quote(f'number gt {after}')}"
            f"&$orderby=number&$select={','.join(rows.LIGHT_FIELDS)}"
        )
        return await self._error_page(url, page_size)

    async def follow(self, next_link: str, page_size: int) -> ErrorPage:
        """The page behind a nextLink, which is followed as it was given; a relative one is allowed."""
        base = f"{self._connection.companion_api}/syncErrors"
        return await self._error_page(self._own(base, next_link), page_size)

    async def error_numbers(self, after: int, up_to: int, page_size: int = LARGEST_PAGE) -> NumbersPage:
        """Numbers and ids alone of the errors above ``after`` and up to ``up_to``, by rising number.

        Read from the primary database, for a replica may be seconds behind: what is missing here is missing.
        """
        if after < 0:
            raise ValueError("numbers are not negative")
        wanted = quote(f"number gt {after} and number le {up_to}")
        url = (
            f"{self._connection.companion_api}/syncErrors?$filter={wanted}&$orderby=number&$select=number,id"
        )
        return await self._numbers_page(url, page_size)

    async def follow_numbers(self, next_link: str, page_size: int = LARGEST_PAGE) -> NumbersPage:
        """The page behind a nextLink of ``error_numbers``."""
        base = f"{self._connection.companion_api}/syncErrors"
        return await self._numbers_page(self._own(base, next_link), page_size)

    async def details(self, error_id: str) -> ErrorDetails:
        """Call stack and descriptions of one error, by its id (a GUID)."""
        url = f"{self._connection.companion_api}/syncErrorDetails({quote(error_id, safe='')})"
        return await self._read(url, lambda body: rows.error_details(parse_json(body)), what="error")

    async def maintenance(self, headers: Mapping[str, str] = FROM_PRIMARY) -> Maintenance:
        """Highest number and count of the errors that are there now, in the primary database; and how long
        Business Central itself keeps them."""
        url = f"{self._connection.companion_api}/maintenance"
        return await self._read(url, _the_one_row, headers=headers)

    async def maintenance_in_replica(self) -> Maintenance:
        """The same as the read-only replica has it, which online may be seconds behind."""
        return await self.maintenance({})

    async def _error_page(self, url: str, page_size: int) -> ErrorPage:
        def parse(body: bytes) -> ErrorPage:
            return error_page(body, lambda link: self._own(url, link))

        return await self._read(url, parse, headers=paged(page_size))

    async def _numbers_page(self, url: str, page_size: int) -> NumbersPage:
        def parse(body: bytes) -> NumbersPage:
            found, link = page_of(body)
            read = [rows.number_and_id(row) for row in found]
            return NumbersPage(
                ids={number: row_id for number, row_id in read if number is not None},
                unnumbered=sum(number is None for number, _ in read),
                next_link=None if link is None else self._own(url, link),
            )

        return await self._read(url, parse, headers={**paged(page_size), **FROM_PRIMARY})


def _the_one_row(body: bytes) -> Maintenance:
    found, _ = page_of(body)
    if len(found) != 1:
        raise SourceGarbled("maintenance: not exactly one row")
    return rows.maintenance(found[0])
