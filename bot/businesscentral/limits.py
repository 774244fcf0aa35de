"""Business Central's request limits.

Per user and environment (an application counts as a user): 6,000 OData requests in a sliding window of five
minutes, 5 processed at a time (``dev-itpro/administration/operational-limits-online.md``). Companies of one
environment share them, so they hang on (tenant, environment, application) and not on a connection.
"""

from __future__ import annotations

from bot.dataclass import dataclass
from bot.odata.limits import Allowance, RequestLimit

WINDOW_SECONDS = 300
REQUESTS_PER_WINDOW = 6_000
AT_A_TIME = 5

BURST = 1_500
"""1,500 at once, then 15 a second."""

ALLOWANCE = Allowance(REQUESTS_PER_WINDOW, WINDOW_SECONDS, AT_A_TIME, BURST)


@dataclass(frozen=True, slots=True)
class ApplicationUser:
    """Whose limits: Business Central counts per environment and user."""

    tenant: str
    environment: str
    application: str


class RequestLimits:
    """All allowances of this process; one object for the whole process."""

    def __init__(self) -> None:
        self._limits: dict[ApplicationUser, RequestLimit] = {}

    def of(self, user: ApplicationUser) -> RequestLimit:
        """The allowance that all clients of this user share."""
        if user not in self._limits:
            self._limits[user] = RequestLimit(ALLOWANCE)
        return self._limits[user]
