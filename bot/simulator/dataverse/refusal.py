"""Error answers in Dataverse's form.

MicrosoftDocs/powerapps-docs, ``developer/data-platform/webapi/compose-http-requests-handle-errors.md``
(statuses, form) and ``developer/data-platform/includes/data-service-error-codes.md`` (codes, texts).
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response


class Refusal(Exception):
    """Becomes ``{"error": {"code", "message"}}``."""

    def __init__(
        self, status: int, code: str, text: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The answer."""
        body = {"error": {"code": self.code, "message": self.text}}
        return JSONResponse(body, status_code=self.status, headers={"OData-Version": "4.0", **self.headers})


def bad_request(text: str, code: str = "0x0") -> Refusal:
    """400: an option, a header or an expression is wrong."""
    return Refusal(400, code, text)


def unknown_property(table: str, name: str) -> Refusal:
    """400: a column that the table does not have, or that a filter must call otherwise."""
    text = f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'."
    return Refusal(400, "0x80060888", text)


def resource_missing(segment: str) -> Refusal:
    """404: no such entity set, function or navigation property."""
    return Refusal(404, "0x80060888", f"Resource not found for the segment '{segment}'.")


def row_missing(table: str, row_id: str) -> Refusal:
    """404: no such row, or none that the caller may see."""
    return Refusal(404, "0x80040217", f"Entity '{table}' With Id = {row_id} Does Not Exist")


def not_authenticated() -> Refusal:
    """401: no token, an expired one, or one for somebody else."""
    return Refusal(
        401,
        "0x80041d50",
        "The token is not valid for this organization.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def not_a_member() -> Refusal:
    """403: no application user stands for the application."""
    return Refusal(403, "0x80072560", "The user is not a member of the organization.")


def disabled(user_id: str) -> Refusal:
    """403: somebody disabled the application user."""
    text = f"The specified user(Id = {user_id}) is disabled. Consider enabling this user."
    return Refusal(403, "0x80040225", text)


def no_roles(user_id: str) -> Refusal:
    """403: nobody gave the application user a role."""
    text = (
        f"The user (Id = {user_id}) has not been assigned any roles. They need a role with the "
        "prvReadUser privilege."
    )
    return Refusal(403, "0x80042f09", text)


def admin_mode() -> Refusal:
    """403: the environment is in administration mode."""
    text = (
        "User does not have required privileges (or role membership) to access the org when it is in Admin "
        "Only mode."
    )
    return Refusal(403, "0x8004a113", text)


def privilege_denied(user_id: str, privilege: str, code: int, table: str) -> Refusal:
    """403 in the words of 2024 and later."""
    text = (
        f"Principal user (Id={user_id}, type=8, roleCount=1, privilegeCount=8, accessMode='4 "
        f"Non-interactive', MetadataCachePrivilegesCount=7311), is missing {privilege} privilege "
        f"on OTC={code} for entity '{table}'. context.Caller={user_id}. Consider adding missed privilege to "
        "one of the principal (user/team) roles."
    )
    return Refusal(403, "0x80040220", text)


def method_not_allowed(method: str) -> Refusal:
    """405: this stand-in is for somebody who only reads."""
    return Refusal(405, "0x80060888", f"The HTTP method '{method}' is not supported here.")


_LIMITS = {
    "0x80072322": "Number of requests exceeded the limit of {limit} over time window of {window} seconds.",
    "0x80072321": (
        "Combined execution time of incoming requests exceeded limit of {limit} milliseconds over time "
        "window of {window} seconds. Decrease number of concurrent requests or reduce the duration of "
        "requests and try again later."
    ),
    "0x80072326": "Number of concurrent requests exceeded the limit of {limit}.",
}


def limited(code: str, limit: int, window: int, retry_after: int) -> Refusal:
    """429 with ``Retry-After``, as ``developer/data-platform/api-limits.md`` has it."""
    text = _LIMITS[code].format(limit=limit, window=window)
    return Refusal(429, code, text, headers={"Retry-After": str(retry_after)})
