"""``syncerrors classify``: JSON lines in, JSON lines out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.diagnosis import Classifier, Diagnosis, load_classifier


def classify_file(file: str, out: TextIO) -> int:
    """Diagnose every line of a file that is not blank; ``-`` is standard input. Returns the exit code.

    A line that is neither a JSON string nor an object with a string ``text`` gets an ``error`` in its place,
    so that the answers stay in step with the questions; the exit code is then 1.
    """
    try:
        with _opened(file) as lines:
            return _classify(lines, load_classifier(), out)
    except BrokenPipeError:  # of standard output: typer ends the command
        raise
    except OSError as error:
        sys.stderr.write(f"Cannot read {file}: {error.strerror}\n")
        return 2


@contextmanager
def _opened(file: str) -> Iterator[Iterable[str]]:
    if file == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # TextIO in typeshed
        yield sys.stdin
    else:
        with Path(file).open(encoding="utf-8", errors="replace") as lines:
            yield lines


def _classify(lines: Iterable[str], classifier: Classifier, out: TextIO) -> int:
    code = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        text = _text(line)
        if text is None:
            code = 1
            sys.stderr.write(f'Line {number} is neither a JSON string nor an object with "text".\n')
            answer: dict[str, object] = {"error": 'neither a JSON string nor an object with "text"'}
        else:
            answer = _answer(classifier.classify(text))
        out.write(json.dumps(answer, ensure_ascii=True) + "\n")
    return code


def _text(line: str) -> str | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else None


def _answer(diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "class": diagnosis.class_code,
        "fixer": diagnosis.fixer.value,
        "language": diagnosis.language,
        "params": dict(diagnosis.params),
        "rule": diagnosis.rule,
    }
