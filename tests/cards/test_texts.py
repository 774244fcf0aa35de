"""Every sentence exists in every language, with the same holes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.cards.markup import own
from bot.cards.texts import LOCALES, Texts, languages

ROOT = Path(__file__).parents[2]
SPEAKING = ("bot/cards", "handlers")
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "msgid": None}


def extracted() -> set[tuple[str, ...]]:
    found = set()
    for folder in SPEAKING:
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS):
            found.add((message,) if isinstance(message, str) else tuple(message))
    return found


def translated() -> Iterator[Message]:
    path = LOCALES / "nl" / "LC_MESSAGES" / "syncerrors.po"
    with path.open("rb") as source:
        catalog: Catalog = read_po(source, locale="nl", abort_invalid=True)
    assert not catalog.obsolete
    yield from (message for message in catalog if message.id)


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_dutch_says_everything_and_nothing_that_is_gone() -> None:
    known = {forms(message.id) for message in translated()}
    assert known - extracted() == set(), "obsolete"
    assert extracted() - known == set(), "missing"


def test_dutch_is_finished_and_fills_the_same_holes() -> None:
    for message in translated():
        assert not message.fuzzy, message.id
        assert len(forms(message.string)) == len(forms(message.id)), message.id
        for text in forms(message.string):
            assert text.strip(), message.id
            assert holes(text) == set().union(*map(holes, forms(message.id))), message.id


def test_sentences_hold_no_formatting_signs() -> None:
    for message in translated():
        for text in (*forms(message.id), *forms(message.string)):
            assert not re.search(r"[*~`<>\n]|\b_|_\b", re.sub(r"\{\w+\}", "", text)), text
            assert text == text.strip()


def _calls(folder: str) -> Iterator[tuple[str, ast.Call]]:
    for path in (ROOT / folder).glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in KEYWORDS:
                    yield f"{path.name}:{node.lineno}", node


def test_the_extraction_sees_every_sentence() -> None:
    """Babel overlooks sentences that are no literals, and those inside the arguments of another sentence."""
    seen = {text for message in extracted() for text in message}
    for folder in SPEAKING:
        for where, call in _calls(folder):
            if where.startswith("texts.py"):
                continue
            first = call.args[0]
            assert isinstance(first, ast.Constant), where
            assert first.value in seen, where


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("nl-NL", "nl"),
        ("nl_BE", "nl"),
        ("NL", "nl"),
        ("en-GB", "en"),
        ("xx-XX", "en"),
        ("", "en"),
        (None, "en"),
        ("../..", "en"),
    ],
)
def test_a_locale_becomes_a_language_that_the_bot_speaks(locale: str | None, language: str) -> None:
    assert Texts.for_locale(locale).language == language


def test_numbers_and_plurals_follow_the_language() -> None:
    assert languages() == {"en", "nl"}
    english, dutch = Texts.for_locale("en-US"), Texts.for_locale("nl-NL")
    assert str(english.ngettext("{n} error", "{n} errors", 1)) == "1 error"
    assert str(english.ngettext("{n} error", "{n} errors", 1234)) == "1,234 errors"
    assert str(dutch.ngettext("{n} error", "{n} errors", 1234)) == "1.234 fouten"
    assert str(dutch.ngettext("{n} error", "{n} errors", 0)) == "0 fouten"
    assert str(dutch.percent(5000, 4000)) == "100%"


def test_a_value_that_looks_like_a_hole_stays_a_value() -> None:
    text = Texts.for_locale("en").gettext("{table} in Dataverse ({id})", table=own("{id}"), id=own("x"))
    assert str(text) == "{id} in Dataverse (x)"


def test_an_absent_value_shows_as_given() -> None:
    assert str(Texts.for_locale("en").filled("Add {privilege} now", {}, absent=own("…"))) == "Add … now"
