"""Which database and which Business Central a bot of the bench has. Loads no more than a worker does."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from bot.settings import Settings

COMPANY = "53390000-0000-4000-8000-00000000c0de"


@dataclass(frozen=True, slots=True)
class Running:
    """A Business Central in a process of its own."""

    address: str
    """For ``BC_BASE_URL``."""
    company: str


def settings_for(
    database_url: str, business_central: str = "http://127.0.0.1:9", company: str = COMPANY
) -> Settings:
    """Settings that owe nothing to the environment; ``business_central`` is asked without Entra."""
    return Settings.model_construct(
        database_url=database_url,
        bc_base_url=business_central,
        bc_company_id=company,
        bc_username="bench",
        bc_web_service_key=SecretStr("bench"),
    )
