"""Settings become clients: who shares one, and who never does."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from bot.app.outside import Outside, open_dataverse
from bot.settings import Settings

ENTRY = """
[[connection]]
name = "{name}"
tenant_id = "{tenant}"
client_id = "4c1b7a36-2f0e-4b4a-8f8d-5a9e3c7d1b20"
secret_file = "{secret}"
environment = "{name}"
company_id = "6f1d2c3b-4a59-4687-9786-a5b4c3d2e1f0"
dataverse_url = "https://kleiweg.crm4.dynamics.com"
"""
TENANT = "9f0c8a52-6d3b-4f52-9f3e-7c1d2b5a4e10"
OTHER_TENANT = "0a0c8a52-6d3b-4f52-9f3e-7c1d2b5a4e10"


async def test_companies_share_an_environment_only_as_the_same_application_with_the_same_secret(
    tmp_path: Path,
) -> None:
    (tmp_path / "old").write_text("the old secret")
    (tmp_path / "new").write_text("the new secret")
    entries = [
        ENTRY.format(name="A", tenant=TENANT, secret="old"),
        ENTRY.format(name="B", tenant=TENANT, secret="old"),
        ENTRY.format(name="C", tenant=TENANT, secret="new"),
        ENTRY.format(name="D", tenant=OTHER_TENANT, secret="old"),
    ]
    file = tmp_path / "connections.toml"
    file.write_text("\n".join(entries))
    async with AsyncExitStack() as stack:
        clients = list(
            open_dataverse(Settings.model_construct(connections_file=file), Outside(), stack).values()
        )
    first, second, third, fourth = clients
    assert first is second
    assert len({id(first), id(third), id(fourth)}) == 3
