"""``syncerrors classify``: JSON lines in, JSON lines out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.diagnosis import Diagnosis, Explanation, explain, load_classifier

Answer = Callable[[str], dict[str, object]]
"""What is written for a text."""


def short_answer(text: str) -> dict[str, object]:
    """The diagnosis of a text: class, fixer, language, params, rule."""
    return _told(load_classifier().classify(text))


def explained_answer(text: str) -> dict[str, object]:
    """The same, with wrappers, topic, the rule's words and source, what else was tried, and why."""
    explanation = explain(load_classifier(), text)
    return _told(explanation.diagnosis) | _reasons(explanation)


def classify_file(file: str, out: TextIO, answer: Answer = short_answer) -> int:
    """Diagnose every line of a file that is not blank; ``-`` is standard input. Returns the exit code.

    A line that is neither a JSON string nor an object with a string ``text`` gets an ``error`` in its place,
    so that the answers stay in step with the questions; the exit code is then 1.
    """
    try:
        with _opened(file) as lines:
            return _classify(lines, answer, out)
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


def _classify(lines: Iterable[str], answer: Answer, out: TextIO) -> int:
    code = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        text = _text(line)
        if text is None:
            code = 1
            sys.stderr.write(f'Line {number} is neither a JSON string nor an object with "text".\n')
            told: dict[str, object] = {"error": 'neither a JSON string nor an object with "text"'}
        else:
            told = answer(text)
        out.write(json.dumps(told, ensure_ascii=True) + "\n")
    return code


def _text(line: str) -> str | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else None


def _told(diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "class": diagnosis.class_code,
        "fixer": diagnosis.fixer.value,
        "language": diagnosis.language,
        "params": dict(diagnosis.params),
        "rule": diagnosis.rule,
    }


def _reasons(explanation: Explanation) -> dict[str, object]:
    return {
        "wrappers": list(explanation.diagnosis.wrappers),
        "unwrapped": [{"rule": rule, "template": words} for rule, words in explanation.unwrapped],
        "left_out": explanation.left_out,
        "topic": explanation.diagnosis.topic,
        "inside": explanation.inside,
        "template": explanation.template,
        "source": explanation.source,
        "reason": explanation.reason.value,
        "matched": [
            {"role": piece.role.value, "text": piece.text, "keys": list(piece.keys)}
            for piece in explanation.pieces
        ],
        "candidates": [
            {"rule": each.rule, "class": each.class_code, "fits": each.fits}
            for each in explanation.candidates
        ],
        "namesakes": dict(explanation.namesakes),
        "why": explanation.why,
    }
