"""Errors of Business Central's web services that Microsoft documents, and the failure that each becomes.

Sources: MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/webservices/dynamics-error-codes.md``,
``dev-itpro/includes/include-http-status-error-codes.md`` and
``dev-itpro/administration/operational-limits-online.md``.
"""

from __future__ import annotations

from bot.failures import (
    Failure,
    SourceMissing,
    SourceRefused,
    SourceRejected,
    SourceThrottled,
    SourceUnreachable,
)

DOCUMENTED: list[tuple[int, str, type[Failure]]] = [
    (400, "BadRequest", SourceRejected),
    (400, "BadRequest_InvalidRequestUrl", SourceRejected),
    (400, "BadRequest_RequiredParamNotProvided", SourceRejected),
    (400, "BadRequest_InvalidToken", SourceRejected),
    (400, "Application_EvaluateException", SourceRejected),
    (400, "Application_FilterErrorException", SourceRejected),
    (400, "Application_InvalidGUID", SourceRejected),
    (400, "Application_CallbackNotAllowed", SourceRejected),
    (400, "Application_DialogException", SourceRejected),
    (400, "Application_FieldValidationException", SourceRejected),
    (400, "Application_StringExceededLength", SourceRejected),
    (400, "BadRequest_InvalidOperation", SourceRejected),
    (400, "Internal_EntityWithSameKeyExists", SourceRejected),
    (400, "Internal_InvalidTableRelation", SourceRejected),
    (405, "BadRequest_MethodNotAllowed", SourceRejected),
    (501, "BadRequest_MethodNotImplemented", SourceUnreachable),
    (404, "Internal_DataNotFoundFilter", SourceMissing),
    (401, "Authentication_InvalidCredentials", SourceRefused),
    (401, "Unauthorized", SourceRefused),
    (403, "Authorization_RequestDenied", SourceRefused),
    (404, "Internal_CompanyNotFound", SourceMissing),
    (404, "Internal_TenantUnavailable", SourceMissing),
    (404, "BadRequest_NotFound", SourceMissing),
    (404, "BadRequest_ResourceNotFound", SourceMissing),
    (404, "Internal_RecordNotFound", SourceMissing),
    (409, "Request_EntityChanged", SourceRejected),
    (413, "Unknown", SourceRejected),
    (408, "Unknown", SourceUnreachable),
    (429, "Application_TooManyRequests", SourceThrottled),
    (500, "Internal_ServerError", SourceUnreachable),
    (502, "Unknown", SourceUnreachable),
    (503, "Unknown", SourceUnreachable),
    (504, "Unknown", SourceUnreachable),
]
