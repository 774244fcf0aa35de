"""``syncerrors rules``: what is taught at a shell holds for what is stored; a file goes there and back."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import Console

from bot.app import Core, Outside, migrate, open_core
from bot.bench.place import settings_for
from bot.cli.rules import export_rules, import_rules, list_rules, undo_rule
from bot.cli.worlds import World
from bot.failures import RuleFileInvalid, RuleGone
from bot.operations.actors import slack_user
from bot.operations.diagnosing import diagnosing_with
from bot.operations.teach import Draft
from bot.settings import WORKSPACE
from bot.store import Problems, Pulls
from bot.store.taught_rules import StoredRule, TaughtRules
from bot.store.values import PageToStore, Scope
from tests.cli.test_commands import GOOD, run
from tests.store.pages_of_errors import READ_AT, error

TILL = "KassaKoppeling kassa {_} weigert order {value}"
FILE = """\
[[class]]
code = "own.till"
fixer = "user"
severity = "medium"
group_by = []
title = { en = "The till refuses", nl = "De kassa weigert" }
explanation = { en = "The till refuses", nl = "De kassa weigert" }

[[class.step]]
en = "Call the shop."
nl = "Bel de winkel."

[[template]]
id = "taught.till"
class = "own.till"
lang = "nl"
text = "KassaKoppeling kassa {_} weigert order {value}"
source = "the shop's manual"

[[template]]
id = "taught.shop"
class = "data.validation"
lang = "nl"
text = "Webwinkel zegt nee tegen klant {record}"
source = "the shop's manual"

[[taught]]
rule = "taught.till"
fixer = "user"
remedy = "Call the shop."
precedence = "last"
"""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A bot with a store, where two texts are not recognised."""
    settings = settings_for(f"sqlite:///{tmp_path / 'store.db'}")
    await migrate(settings)
    async with open_core(settings, Outside()) as core:
        diagnosing = diagnosing_with(core.rediagnose.knowledge.classifier)
        rows = []
        for number in range(1, 10):
            text = (
                f"KassaKoppeling kassa {number} weigert order WS-{number}"
                if number % 3
                else f"Webwinkel zegt nee tegen klant D{number}"
            )
            meaning = diagnosing.meaning(scope_of(core), text)
            rows.append(error(number, meaning.problem, message=text, rule=meaning.rule))
        version = diagnosing.classifier.catalogue.version
        await Pulls(core.database).store_page(
            scope_of(core), PageToStore(tuple(rows), (), 9, None, version), READ_AT
        )
        yield World(settings, core, starts_empty=False)


def scope_of(core: Core) -> Scope:
    return Scope(WORKSPACE, next(iter(core.connections)))


@asynccontextmanager
async def opening(world: World) -> AsyncIterator[World]:
    yield world


def console() -> Console:
    return Console(file=io.StringIO(), width=120)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def classes(world: World) -> dict[str, int]:
    """Stored errors by class."""
    newest = await Problems(world.core.database).newest_messages(scope_of(world.core), 50)
    return {problem.class_code: problem.count for problem, _ in newest}


async def listed(world: World) -> str:
    screen = console()
    assert await list_rules(opening(world), screen) == 0
    return said(screen)


async def test_a_file_is_taught_listed_and_undone(world: World, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(FILE, encoding="utf-8")
    assert set(await classes(world)) == {"unknown"}
    screen = console()
    assert await import_rules(opening(world), str(file), screen) == 0
    assert "2 rules taught, 0 were taught already." in said(screen)
    [own, known] = sorted((await classes(world)).items(), key=lambda one: -one[1])
    assert own[1] == 6
    assert own[0].startswith("own.")
    assert known == ("data.validation", 3)
    told = await listed(world)
    assert "2 taught rules." in told
    assert TILL in told
    assert "6 errors" in told
    again = console()
    assert await import_rules(opening(world), str(file), again) == 0
    assert "0 rules taught, 2 were taught already." in said(again)
    for rule in await TaughtRules(world.core.database).all_of(WORKSPACE):
        screen = console()
        assert await undo_rule(opening(world), rule.id, screen) == 0
        assert f"Undone: {rule.template}" in said(screen)
        with pytest.raises(RuleGone):
            await undo_rule(opening(world), rule.id, console())
    assert set(await classes(world)) == {"unknown"}
    assert "0 taught rules." in await listed(world)


async def test_hostile_words_of_one_rule_stay_words(world: World, tmp_path: Path) -> None:
    hostile = "The gadget [/red][bold] rang {_} \x1b]0;gotcha\x07 till noon"
    file = tmp_path / "rules.toml"
    file.write_text(
        '[[template]]\nid = "taught.one"\nclass = "data.validation"\nlang = "und"\nsource = "us"\n'
        f"text = {json.dumps(hostile)}\n",
        encoding="utf-8",
    )
    screen = console()
    assert await import_rules(opening(world), str(file), screen) == 0
    assert "1 rule taught, 0 were taught already." in said(screen)
    told = await listed(world)
    assert "The gadget [/red][bold] rang {_}" in told
    assert "\x1b" not in told
    assert "1 taught rule." in told


async def test_an_exported_file_is_tidied_up_and_read_again(world: World, tmp_path: Path) -> None:
    """Somebody renames the ids and the class, with an editor of Windows: the rules are the same."""
    written, tidied = tmp_path / "rules.toml", tmp_path / "our rules.toml"
    written.write_text(FILE, encoding="utf-8")
    await import_rules(opening(world), str(written), console())
    assert await export_rules(opening(world), str(written)) == 0
    before = await TaughtRules(world.core.database).all_of(WORKSPACE)
    text = written.read_text(encoding="utf-8")
    for number, rule in enumerate(before):
        text = text.replace(f"taught.{rule.id}", f"shop.rule-{number}").replace(
            str(rule.taught_by), "the shop's manual"
        )
        if rule.own_title:
            text = text.replace(rule.class_code, "own.renamed")
    assert "taught by" in text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    tidied.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8", newline="")

    screen = console()
    await import_rules(opening(world), str(tidied), screen)
    assert "0 rules taught, 2 were taught already." in said(screen)
    for rule in before:
        await undo_rule(opening(world), rule.id, console())
    await import_rules(opening(world), str(tidied), console())

    def kept(rules: Iterable[StoredRule]) -> list[tuple[str, ...]]:
        return sorted((one.template, one.own_title, one.fixer, one.remedy, one.precedence) for one in rules)

    assert kept(await TaughtRules(world.core.database).all_of(WORKSPACE)) == kept(before)
    assert max((await classes(world)).values()) == 6


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('class = "data.validation"', 'class = "no.such"', 21, "there is no class 'no.such'"),
        ('{record}"', "", 24, "Illegal character"),
        ("Webwinkel zegt nee tegen klant {record}", "{_}", 21, "taught.shop"),
        ("Webwinkel zegt nee tegen klant", "Webwinkel {", 21, "taught.shop"),
        ('text = "Webwinkel', 'txt = "Webwinkel', 20, "template.1.text"),
        ('remedy = "Call', 'remedie = "Call', 27, "taught.0.remedie"),
    ],
)
async def test_a_wrong_file_teaches_nothing(
    world: World, tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    file = tmp_path / "rules.toml"
    assert old in FILE
    file.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refusal:
        await import_rules(opening(world), str(file), console())
    assert refusal.value.facts["file"] == str(file)
    assert refusal.value.facts["line"] == line
    assert reason in str(refusal.value.facts["reason"])
    assert await TaughtRules(world.core.database).all_of(WORKSPACE) == ()


async def test_two_admins_at_once(world: World) -> None:
    """The same words by two people in one moment are one rule, whoever comes first; other words another."""
    core, scope = world.core, scope_of(world.core)
    newest = await Problems(core.database).newest_messages(scope, 50)
    problems = {text[:4]: problem.id for problem, text in newest}
    till = Draft(TILL, class_code="data.validation")
    shop = Draft("Webwinkel zegt nee tegen klant {record}", class_code="data.validation")
    answers = await asyncio.gather(
        core.teaching.teach(slack_user("U1"), scope, problems["Kass"], till, None),
        core.teaching.teach(slack_user("U2"), scope, problems["Kass"], till, None),
        core.teaching.teach(slack_user("U2"), scope, problems["Webw"], shop, None),
        return_exceptions=True,
    )
    refused = [one for one in answers if isinstance(one, BaseException)]
    assert [getattr(one, "key", one) for one in refused] in (["rule.known"], ["rule.nothing_to_teach"])
    rules = await TaughtRules(core.database).all_of(WORKSPACE)
    assert sorted(rule.template for rule in rules) == sorted([till.template, shop.template])


async def test_the_same_form_sent_again_is_one_rule(world: World) -> None:
    core, scope = world.core, scope_of(world.core)
    newest = await Problems(core.database).newest_messages(scope, 50)
    problem = next(problem.id for problem, text in newest if text.startswith("Kassa"))
    draft = Draft(TILL, class_code="data.validation")
    first, second = await asyncio.gather(
        *(core.teaching.teach(slack_user("U1"), scope, problem, draft, None) for _ in range(2))
    )
    third = await core.teaching.teach(slack_user("U1"), scope, problem, draft, None)
    assert first == second == third
    assert await TaughtRules(core.database).all_of(WORKSPACE) == (first,)


def test_a_shell_is_told_file_and_line(tmp_path: Path) -> None:
    settings = {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}"}
    (tmp_path / "rules.toml").write_text(FILE.replace("data.validation", "no.such"), encoding="utf-8")
    result = run("rules", "import", "rules.toml", cwd=tmp_path, **settings)
    assert result.returncode == 1
    assert result.stderr.startswith("Line 21 of rules.toml is wrong: ")
    assert "Nothing was taught." in result.stderr
    away = run("rules", "export", "no/folder/rules.toml", cwd=tmp_path, **settings)
    assert away.returncode == 2
    assert "Cannot write no/folder/rules.toml: No such file or directory" in away.stderr
