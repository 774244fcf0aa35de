"""Which package of npm, how it is installed, and what is said where that cannot be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bot.cli.browser.failures import NoBrowserDemo
from bot.cli.browser.package import (
    VERSION,
    Package,
    home_of_package,
    install_command,
    installed,
    package_for,
)

LINUX = Package("local-slack-linux-x64")


@pytest.mark.parametrize(
    ("system", "processor", "name", "program"),
    [
        ("linux", "x86_64", "local-slack-linux-x64", "local-slack"),
        ("linux", "aarch64", "local-slack-linux-arm64", "local-slack"),
        ("darwin", "arm64", "local-slack-darwin-arm64", "local-slack"),
        ("darwin", "x86_64", "local-slack-darwin-x64", "local-slack"),
        ("win32", "AMD64", "local-slack-windows-x64", "local-slack.exe"),
    ],
)
def test_each_platform_has_its_package(system: str, processor: str, name: str, program: str) -> None:
    package = package_for(system, processor)
    assert package.name == name
    assert package.program_in(Path("home")) == Path("home", "node_modules", name, "bin", program)


@pytest.mark.parametrize(
    ("system", "processor", "named"),
    [
        ("linux", "riscv64", "linux-riscv64"),
        ("win32", "ARM64", "windows-arm64"),
        ("freebsd14", "amd64", "freebsd14-x64"),
        ("linux", "", "linux-"),
    ],
)
def test_a_platform_without_one_is_told_what_works(system: str, processor: str, named: str) -> None:
    with pytest.raises(NoBrowserDemo, match=f"not built for {named}, only for .*linux-x64") as refusal:
        package_for(system, processor)
    assert "`make demo`" in str(refusal.value)


def test_npm_is_asked_for_one_version_and_leaves_nothing_beside_it() -> None:
    command = install_command("npm", LINUX, Path("home"))
    assert command[0] == "npm"
    assert command[-1] == f"local-slack-linux-x64@{VERSION}"
    assert command[command.index("--prefix") + 1] == "home"
    assert {"--no-save", "--no-package-lock", "--ignore-scripts"} <= set(command)


def test_it_goes_where_git_does_not_look() -> None:
    assert home_of_package().is_relative_to(sys.prefix)
    assert VERSION in home_of_package().name


def test_missing_npm_is_said_with_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoBrowserDemo, match=r"needs npm.*npm is not here.*Node\.js.*`make demo`"):
        installed(LINUX, tmp_path / "home", lambda said: None)


def test_an_installed_program_needs_no_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program = LINUX.program_in(tmp_path / "home")
    program.parent.mkdir(parents=True)
    program.touch()
    assert installed(LINUX, tmp_path / "home", lambda said: None) == program


def stand_in_npm(folder: Path, script: str) -> None:
    npm = folder / "npm"
    npm.write_text(f"#!{sys.executable}\nimport pathlib, sys\n{script}\n", encoding="utf-8")
    npm.chmod(0o755)


def test_npm_is_called_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = LINUX.program_in(tmp_path / "home")
    stand_in_npm(
        tmp_path,
        f"program = pathlib.Path({str(program)!r})\n"
        "program.parent.mkdir(parents=True)\n"
        "program.write_text(' '.join(sys.argv[1:]))",
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    said: list[str] = []
    for _ in range(2):
        assert installed(LINUX, tmp_path / "home", said.append) == program
    assert program.read_text().split() == install_command("npm", LINUX, tmp_path / "home")[1:]
    assert len(said) == 1
    assert "npm (once" in said[0]


@pytest.mark.parametrize(
    "script", ["sys.exit('npm error code E404\\nnot found')", "print('npm error code E404')"]
)
def test_a_failing_npm_is_quoted(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in_npm(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(
        NoBrowserDemo, match=r"could not install local-slack-linux-x64[^\n]*\nnpm error code E404"
    ):
        installed(LINUX, tmp_path / "home", lambda said: None)
