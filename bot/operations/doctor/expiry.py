"""When the bot's credentials end: a certificate tells by itself, a secret where somebody wrote it down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.operations.doctor.looking import broken, good, note
from bot.operations.doctor.values import Check, Finding, Outcome
from bot.settings import BasicSignIn, Certificate, EntraSignIn

WARN_BEFORE: Final = timedelta(days=30)


def expiry_of(sign_in: EntraSignIn | BasicSignIn, now: datetime) -> Finding:
    """What is known of the end of a credential. Reads the certificate, so in a thread.

    The end of a client secret stands in Entra and nowhere else: reading it takes Microsoft Graph and
    permissions that a chat bot should not have. It can be written into the settings.
    """
    if isinstance(sign_in, BasicSignIn):
        return note(Check.CREDENTIAL, Outcome.KEY_UNKNOWN)
    if isinstance(sign_in.credential, Certificate):
        return _of_certificate(sign_in.credential, now)
    if sign_in.secret_expires is None:
        return note(Check.CREDENTIAL, Outcome.SECRET_UNKNOWN)
    last = sign_in.secret_expires
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    if end <= now:
        return broken(Check.CREDENTIAL, Outcome.SECRET_EXPIRED, on=end - timedelta(days=1))
    if end - now <= WARN_BEFORE:
        return note(Check.CREDENTIAL, Outcome.SECRET_ENDS, on=end - timedelta(days=1), days=(end - now).days)
    return good(Check.CREDENTIAL, Outcome.SECRET_FINE, on=end - timedelta(days=1))


def _of_certificate(certificate: Certificate, now: datetime) -> Finding:
    from cryptography import x509

    found = x509.load_pem_x509_certificate(certificate.certificate.encode("ascii"))
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    if ends <= now:
        return broken(Check.CREDENTIAL, Outcome.CERTIFICATE_EXPIRED, on=ends)
    if begins > now:
        return broken(Check.CREDENTIAL, Outcome.CERTIFICATE_EARLY, on=begins)
    if ends - now <= WARN_BEFORE:
        return note(Check.CREDENTIAL, Outcome.CERTIFICATE_ENDS, on=ends, days=(ends - now).days)
    return good(Check.CREDENTIAL, Outcome.CERTIFICATE_FINE, on=ends)
