"""Getting local-slack: which package of npm fits this machine, and installing it where git does not look.

npm is asked for the package of the platform itself: the wrapper package ``local-slack`` is missing from some
registries. Names of the packages: ``npm/local-slack/bin.js`` of parvalabs/local-slack.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.cli.browser.failures import NoBrowserDemo
from bot.dataclass import dataclass

VERSION: Final = "0.1.8"
"""What the bot was tried with."""

_SYSTEMS: Final = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
_PROCESSORS: Final = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_BUILT: Final = frozenset({"linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "windows-x64"})
_INSTEAD: Final = "`make demo` shows the same bot in the terminal and needs nothing."
_LINES_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Package:
    """The package of npm that holds the program for one platform."""

    name: str

    @property
    def program(self) -> str:
        """Name of the program in the package's folder ``bin``."""
        return "local-slack.exe" if self.name.endswith("-windows-x64") else "local-slack"

    def program_in(self, folder: Path) -> Path:
        """Where the program is, once npm installed the package into ``folder``."""
        return folder / "node_modules" / self.name / "bin" / self.program


def package_for(system: str = sys.platform, processor: str | None = None) -> Package:
    """The package for a platform as ``sys.platform`` and ``platform.machine`` name it: this one by default.

    Raises NoBrowserDemo where local-slack is not built for it.
    """
    machine = processor if processor is not None else platform.machine()
    known = f"{_SYSTEMS.get(system, system)}-{_PROCESSORS.get(machine.lower(), machine.lower())}"
    if known not in _BUILT:
        raise NoBrowserDemo(f"local-slack is not built for {known}, only for {_listed()}. {_INSTEAD}")
    return Package(f"local-slack-{known}")


def install_command(npm: str, package: Package, folder: Path) -> list[str]:
    """Installs into ``folder`` and nowhere else: no package.json, no lock file, no script is run."""
    return [
        npm,
        "install",
        "--prefix",
        str(folder),
        "--no-save",
        "--no-package-lock",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        f"{package.name}@{VERSION}",
    ]


def home_of_package() -> Path:
    """A folder for this version: in the virtual environment, which git ignores and `make clean` removes."""
    inside = sys.prefix != sys.base_prefix
    home = Path(sys.prefix) if inside else Path.home() / ".cache" / "syncerrors"
    return home / f"local-slack-{VERSION}"


def installed(package: Package, folder: Path, say: Callable[[str], None]) -> Path:
    """The program, installed by npm unless it is there already; ``say`` is told before npm is called.

    Raises NoBrowserDemo where npm is missing or fails.
    """
    program = package.program_in(folder)
    if program.is_file():
        return program
    npm = shutil.which("npm")
    if npm is None:
        raise NoBrowserDemo(
            "The browser demo needs npm, to fetch local-slack, and npm is not here. It comes with Node.js"
            f" (nodejs.org, or your system's package `npm`). {_INSTEAD}"
        )
    say(f"Installing {package.name} {VERSION} with npm (once, about 90 MB) ...")
    done = subprocess.run(  # noqa: S603 # a fixed command
        install_command(npm, package, folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0 or not program.is_file():
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[:_LINES_TOLD])
        raise NoBrowserDemo(f"npm could not install {package.name} {VERSION}:\n{last}\n{_INSTEAD}")
    return program


def _listed() -> str:
    *others, last = sorted(_BUILT)
    return f"{', '.join(others)} and {last}"
