"""The example in the README is one that the bot takes."""

from __future__ import annotations

import re
from pathlib import Path

from bot.settings import BasicSignIn, Certificate, EntraSignIn
from bot.settings.connections_file import read_connections
from bot.settings.entries import KEYS
from tests.certificates import self_signed

README = Path(__file__).parents[2] / "README.md"


def test_the_example_is_read(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (example,) = [block for block in blocks if "[[connection]]" in block]
    (tmp_path / "connections.toml").write_text(example, encoding="utf-8")
    (tmp_path / "korenaar.pfx").write_bytes(self_signed("korenaar").pfx("open sesame"))
    (tmp_path / "korenaar.pass").write_text("open sesame\n")
    (tmp_path / "kelder.key").write_text("a key\n")

    kleiweg, korenaar, kelder = read_connections(
        tmp_path / "connections.toml", {"KLEIWEG_SECRET": "a secret"}
    )

    assert isinstance(kleiweg.sign_in, EntraSignIn)
    assert isinstance(korenaar.sign_in, EntraSignIn)
    assert isinstance(korenaar.sign_in.credential, Certificate)
    assert isinstance(kelder.sign_in, BasicSignIn)


def test_every_key_is_told() -> None:
    told = README.read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}`" not in told] == []
