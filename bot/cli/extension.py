"""``syncerrors extension export``: the companion extension's source, with one's own numbers and publisher."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.businesscentral.extension.exporting import ExportRefused, export


def export_extension(directory: Path, first_id: int, publisher: str, replace: bool) -> int:
    """Write it and say what comes next; the exit code."""
    try:
        written = export(directory, first_id=first_id, publisher=publisher, replace=replace)
    except ExportRefused as refused:
        typer.echo(str(refused), err=True)
        return 2
    typer.echo(f"{written.files} files in {written.directory}")
    typer.echo(f"Objects {written.first_id} to {written.last_id}, app id {written.app_id}")
    typer.echo(f"Next: {written.directory / 'README.md'} tells how to build, publish and permit it.")
    return 0
