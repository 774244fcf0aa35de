"""``syncerrors classify --explain``: which rule, from where, what else was tried, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.commands import app
from bot.diagnosis import UNKNOWN


def explained(path: Path, *texts: str) -> list[dict[str, Any]]:
    file = path / "messages.jsonl"
    file.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
    result = CliRunner().invoke(app, ["classify", "--explain", str(file)])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_template_tells_its_words_its_source_and_what_else_was_tried(tmp_path: Path) -> None:
    (told,) = explained(
        tmp_path,
        "Modifying Customer failed because of the following error: Currency Code EUR must be coupled to a "
        "Dataverse row.",
    )
    assert told["class"] == "coupling.dependency_not_coupled"
    assert told["wrappers"] == ["bc.IntegrationRecSynchInvoke.ModifyFailedErr"]
    assert told["inside"] == "Currency Code EUR must be coupled to a Dataverse row"
    assert "must be coupled to a" in told["template"]
    assert "BCApps" in told["source"]
    assert told["candidates"][0]["rule"] == told["rule"]
    assert told["candidates"][0]["fits"] is True
    assert told["why"]


@pytest.mark.parametrize(
    ("text", "class_code", "word"),
    [
        ("huvudanvändare saknar prvReadAccount", "permission.missing_privilege", "privilege"),
        ("Felkod 0x80072322", "throttling.limit", "code"),
        ("Hello there", UNKNOWN, "Guessing"),
    ],
)
def test_it_says_what_decided(tmp_path: Path, text: str, class_code: str, word: str) -> None:
    (told,) = explained(tmp_path, text)
    assert told["class"] == class_code
    assert word in told["why"]


def test_two_labels_with_the_same_words_are_named(tmp_path: Path) -> None:
    (told,) = explained(tmp_path, "Attempted to synchronize an empty set of records.")
    assert told["namesakes"] == {
        "bc.FSIntTableSubscriber.SynchronizeEmptySetErr": "setup.mapping_missing_or_disabled"
    }


def test_without_the_option_the_answer_stays_short(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('"Hello"\n', encoding="utf-8")
    result = CliRunner().invoke(app, ["classify", str(file)])
    assert set(json.loads(result.output)) == {"class", "fixer", "language", "params", "rule"}
