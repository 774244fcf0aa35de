"""Error answers in Business Central's form.

Codes: MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/webservices/dynamics-error-codes.md``. Where
that page does not say which code goes with a case, ``BadRequest`` is used; a client must not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response


class Refusal(Exception):
    """Becomes ``{"error": {"code", "message"}}`` with the correlation id inside the message."""

    def __init__(
        self, status: int, code: str, text: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.headers = dict(headers or {})

    def body(self, correlation_id: str) -> dict[str, dict[str, str]]:
        """The answer's body."""
        message = f"{self.text}  CorrelationId:  {correlation_id}."
        return {"error": {"code": self.code, "message": message}}

    def response(self, correlation_id: str) -> Response:
        """The answer."""
        return JSONResponse(self.body(correlation_id), status_code=self.status, headers=self.headers)


def bad_request(text: str) -> Refusal:
    """400 without a finer code."""
    return Refusal(400, "BadRequest", text)


def credentials_rejected() -> Refusal:
    """401: no token, a wrong one, or an application that Business Central does not know."""
    return Refusal(
        401,
        "Authentication_InvalidCredentials",
        "The server has rejected the client credentials.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def environment_missing() -> Refusal:
    """404 of the gateway: no such environment in this tenant."""
    return Refusal(404, "NoEnvironment", "Environment does not exist.")


def tenant_missing() -> Refusal:
    """404: a multitenant server that was not told which tenant, or one that it does not have."""
    return Refusal(404, "Internal_TenantUnavailable", "The tenant is not available.")


def company_missing() -> Refusal:
    """404: no such company."""
    return Refusal(
        404,
        "Internal_CompanyNotFound",
        "Cannot process the request because the default company cannot be found. You can specify a default "
        "company in the service configuration file, or specify one for each tenant, or you can add a query "
        'string in the form of "company=[name]".',
    )


def resource_missing(address: str) -> Refusal:
    """404: no such address, for instance because an extension is not installed."""
    return Refusal(
        404, "BadRequest_NotFound", f"No HTTP resource was found that matches the request URI '{address}'."
    )


def record_missing(entity: str, key: str) -> Refusal:
    """404: no record with that key."""
    text = f"The {entity} does not exist. Identification fields and values: SystemId='{{{key.upper()}}}'"
    return Refusal(404, "Internal_RecordNotFound", text)


def method_not_allowed(method: str, entity_set: str) -> Refusal:
    """405: the page does not allow that."""
    return Refusal(
        405,
        "BadRequest_MethodNotAllowed",
        f"'{method}' requests for '{entity_set}' of EdmType 'Entity' are not allowed within Dynamics 365 "
        "Business Central OData web services.",
    )


def too_many_requests(actual: int, maximum: int) -> Refusal:
    """429. No ``Retry-After``: the documentation of the limits promises none."""
    text = f"Too many requests reached. Actual ({actual}). Maximum ({maximum})."
    return Refusal(429, "Application_TooManyRequests", text)


def queue_timeout() -> Refusal:
    """503 after 8 minutes in the queue."""
    return Refusal(503, "Unknown", "The request waited in the queue for too long.")


def operation_timeout() -> Refusal:
    """408 after 8 minutes of work."""
    return Refusal(408, "Unknown", "The operation took too long and was cancelled.")
