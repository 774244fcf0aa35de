"""The Procfile names commands that exist."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from bot.cli.commands import app


def test_every_process_is_a_command() -> None:
    lines = (Path(__file__).parents[2] / "Procfile").read_text(encoding="utf-8").splitlines()
    processes = dict(line.split(": ", 1) for line in lines)
    assert set(processes) == {"release", "web", "worker", "socket"}
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined] # a group, as there are several
    for line in processes.values():
        program, command = shlex.split(line)
        assert program == "syncerrors"
        assert command in known
