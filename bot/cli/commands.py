"""The sub-commands: each reads its arguments and hands over to a module of its own.

Modules are imported inside the commands, so that ``--help`` and a refusal of settings come at once.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.failures import Failure, SettingsInvalid
from bot.log import configure_logs

app = typer.Typer(
    name="syncerrors",
    help="Ends synchronization trouble between Dynamics 365 Business Central and Dataverse.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

_DEMO = typer.Option("--demo", help="Use the built-in simulator instead of a real Business Central.")


@app.command()
def demo() -> None:
    """Try the bot in this terminal: a simulated Slack, a simulated Business Central, no account."""
    configure_logs(logging.ERROR)
    from bot.cli.demo import run_demo
    from bot.cli.terminal.screen import open_console

    _run(run_demo(open_console()))


@app.command("demo-browser")
def demo_browser(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the page; 3400 or a free one unless given.")
    ] = None,
) -> None:
    """Try the bot in a web page: local-slack, made by others; a simulated Business Central."""
    configure_logs(logging.ERROR)
    from bot.cli.browser.demo import run_browser_demo
    from bot.cli.terminal.screen import open_console

    _run(run_browser_demo(open_console(), port))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you would type in Slack, such as '/syncerrors 4711'")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the exact payload that Slack gets.")] = False,
    use_demo: Annotated[bool, _DEMO] = False,
    locale: Annotated[
        str, typer.Option(help="Slack locale of the person who asks, such as nl-NL.")
    ] = "en-US",
    connection: Annotated[
        str | None, typer.Option(help="Name of the connection, where there are several; else the first.")
    ] = None,
) -> None:
    """Answer one question as the bot would in Slack."""
    configure_logs(logging.ERROR)
    from bot.cli.ask import AskFormat, Question, ask_once
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import demo_world, real_world

    form = AskFormat.JSON if as_json else AskFormat.TEXT
    asked = Question(question, locale, connection)
    _run(ask_once(asked, demo_world() if use_demo else real_world(), form, open_console()))


@app.command()
def pull(
    name: Annotated[
        str | None, typer.Argument(help="Name of the connection to read; all of them unless given.")
    ] = None,
    use_demo: Annotated[bool, _DEMO] = False,
) -> None:
    """Read Business Central once, from where reading stopped, and show the progress."""
    from bot.cli.pull import pull_once
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import demo_world, real_world

    _run(pull_once(demo_world() if use_demo else real_world(), name, open_console(sys.stderr)))


@app.command()
def reconcile(
    name: Annotated[
        str | None, typer.Argument(help="Name of the connection to compare; all of them unless given.")
    ] = None,
    use_demo: Annotated[bool, _DEMO] = False,
) -> None:
    """Notice which stored errors Business Central no longer has. A worker does this every night."""
    from bot.cli.reconcile import reconcile_once
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import demo_world, real_world

    _run(reconcile_once(demo_world() if use_demo else real_world(), name, open_console(sys.stderr)))


@app.command()
def doctor(
    name: Annotated[
        str | None, typer.Option("--connection", help="Name of a connection; all of them unless given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print an object for scripts.")] = False,
    locale: Annotated[str, typer.Option(help="Language of the answers, such as nl-NL.")] = "en-US",
    use_demo: Annotated[bool, _DEMO] = False,
    use_broken_demo: Annotated[
        bool, typer.Option("--demo-broken", help="The same with a simulated set-up that is broken.")
    ] = False,
) -> None:
    """Check the whole set-up: what is broken, who can mend it and how.

    Exit code 0: everything works; 1: something is broken; 2: nothing was examined, for the settings cannot be
    read or there is no such connection.
    """
    configure_logs(logging.CRITICAL)
    logging.getLogger("bot").setLevel(logging.CRITICAL)  # what is wrong is said in words
    from bot.cards.texts import Texts
    from bot.cli.doctor import examine_once
    from bot.cli.examining import broken_world, healthy_world, real_doctor
    from bot.cli.terminal.screen import open_console

    opening = broken_world() if use_broken_demo else healthy_world() if use_demo else real_doctor()
    _run(examine_once(opening, name, Texts.for_locale(locale), open_console(), as_json=as_json))


@app.command()
def activity(
    filters: Annotated[
        list[str] | None, typer.Argument(help="by:@NAME (or an id, me, shell:ACCOUNT, bot), since:7d")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--connection", help="Name of a connection; all of them unless given.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a CSV file.")] = False,
) -> None:
    """Show who did what through the bot, and what came of it."""
    configure_logs(logging.ERROR)
    from bot.cli.activity import tell_activity
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import real_world

    _run(tell_activity(real_world(), name, " ".join(filters or ()), open_console(), as_csv))


@app.command()
def archive(
    words: Annotated[list[str] | None, typer.Argument(help="Words and filters, as in Slack.")] = None,
    name: Annotated[
        str | None, typer.Option("--connection", help="Name of a connection; the first unless given.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a CSV file.")] = False,
) -> None:
    """Look into what Business Central has no more: deleted by the bot, by people, by retention."""
    configure_logs(logging.ERROR)
    from bot.cli.archive import tell_archive
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import real_world

    _run(tell_archive(real_world(), name, " ".join(words or ()), open_console(), as_csv))


@app.command()
def status(
    mapping: Annotated[str, typer.Argument(help="Name of a table mapping; all of them unless given.")] = "",
    name: Annotated[
        str | None, typer.Option("--connection", help="Name of a connection; all of them unless given.")
    ] = None,
    use_demo: Annotated[bool, _DEMO] = False,
) -> None:
    """Show how the synchronization goes: connection, jobs, counts, next runs, what stands still.

    Asks Business Central now. Ends with 1 where something needs attention.
    """
    configure_logs(logging.ERROR)
    from bot.cli.status import tell_status
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import demo_world, real_world

    _run(tell_status(demo_world() if use_demo else real_world(), name, mapping, open_console()))


@app.command()
def forget(
    whom: Annotated[str, typer.Argument(help="A record such as 'Customer: 10000', a name or an address.")],
    name: Annotated[
        str | None, typer.Option("--connection", help="Name of a connection; all of them unless given.")
    ] = None,
    confirmed: Annotated[
        bool, typer.Option("--yes", help="Remove it for good; else it is only counted.")
    ] = False,
) -> None:
    """Remove somebody's data from the bot's store: errors, records, search, archive, call stacks."""
    configure_logs(logging.ERROR)
    from bot.cli.activity import forget_somebody
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import real_world

    _run(forget_somebody(real_world(), name, whom, open_console(), confirmed))


extension = typer.Typer(help="The companion extension for Business Central: its AL source.")
app.add_typer(extension, name="extension")


@extension.callback()
def extension_commands() -> None:
    """Keep ``export`` a command of its own: typer would make an only one the group itself."""


@extension.command("export")
def export_extension(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; made when it is not there.")],
    first_id: Annotated[
        int, typer.Option(help="Number of the first object; twenty are taken from there.")
    ] = 53_390,
    publisher: Annotated[str, typer.Option(help="Publisher of the app.")] = "syncerrors",
    force: Annotated[bool, typer.Option("--force", help="Replace the extension in DIR.")] = False,
) -> None:
    """Write the extension's AL source, app.json and a README that tells how to build and publish it."""
    from bot.cli.extension import export_extension as run

    raise typer.Exit(run(directory, first_id, publisher, force))


rules = typer.Typer(
    help="What people taught the bot: list it, write it to a file, read it from one, undo it."
)
app.add_typer(rules, name="rules")


@rules.command("list")
def list_rules(use_demo: Annotated[bool, _DEMO] = False) -> None:
    """List all taught rules: id, class, who, when, how many stored errors, words."""
    configure_logs(logging.ERROR)
    from bot.cli.rules import list_rules as run
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import demo_world, real_world

    _run(run(demo_world() if use_demo else real_world(), open_console()))


@rules.command("export")
def export_rules(
    file: Annotated[str, typer.Argument(help="File to write; - is standard output.")] = "-",
) -> None:
    """Write all taught rules as a file of the catalogue (TOML)."""
    configure_logs(logging.ERROR)
    from bot.cli.rules import export_rules as run
    from bot.cli.worlds import real_world

    _run(run(real_world(), file))


@rules.command("import")
def import_rules(
    file: Annotated[str, typer.Argument(help="File of the catalogue (TOML); - is standard input.")],
    use_demo: Annotated[bool, _DEMO] = False,
) -> None:
    """Teach the rules of a file, all or none, and diagnose stored errors anew."""
    configure_logs(logging.ERROR)
    from bot.cli.rules import import_rules as run
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import demo_world, real_world

    _run(run(demo_world() if use_demo else real_world(), file, open_console(sys.stderr)))


@rules.command("undo")
def undo_rule(
    rule: Annotated[str, typer.Argument(help="Id of the rule, as listed.")],
) -> None:
    """Undo one taught rule, and diagnose stored errors anew."""
    configure_logs(logging.ERROR)
    from bot.cli.rules import undo_rule as run
    from bot.cli.terminal.screen import open_console
    from bot.cli.worlds import real_world

    _run(run(real_world(), rule, open_console(sys.stderr)))


@app.command()
def classify(
    file: Annotated[str, typer.Argument(help="File of JSON lines; - is standard input.")] = "-",
    explained: Annotated[
        bool, typer.Option("--explain", help="Add the rule's words and source, what else was tried, and why.")
    ] = False,
) -> None:
    """Diagnose messages by built-in rules: JSON lines in (a string, or an object with "text"), and out."""
    from bot.cli.classify import classify_file, explained_answer, short_answer

    answer = explained_answer if explained else short_answer
    raise typer.Exit(classify_file(file, sys.stdout, answer))


@app.command()
def socket() -> None:
    """Run the bot in Slack over Socket Mode.

    On SQLite it also reads Business Central by itself; on PostgreSQL "syncerrors worker" does that.
    """
    from bot.cli.socket import run_socket

    _run(run_socket())


@app.command()
def web(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on: 127.0.0.1, or 0.0.0.0 where the variable PORT is set."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on: that of the variable PORT, else 3000."),
    ] = None,
) -> None:
    """Run the bot in Slack over HTTP: /slack/events, /healthz, /readyz.

    On SQLite it also reads Business Central by itself; on PostgreSQL "syncerrors worker" does that.
    """
    from bot.cli.web import run_web

    _run(run_web(host, port))


@app.command()
def worker() -> None:
    """Read Business Central on schedule and do the work that web and socket enqueue.

    Several may work on one PostgreSQL.
    """
    from bot.cli.worker import run_worker

    _run(run_worker())


@app.command()
def migrate() -> None:
    """Prepare the database for this version: tables of the store and of the engine. Safe to repeat."""
    from bot.cli.migrate import run_migrate
    from bot.cli.terminal.screen import open_console

    _run(run_migrate(open_console()))


@app.command()
def bench(
    suite: Annotated[
        str,
        typer.Argument(help="ask, pull, start, diagnosis, actions or soak; all but the soak unless given."),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a list of objects instead of a table.")
    ] = False,
    database: Annotated[
        list[str] | None,
        typer.Option(help="sqlite, postgresql (from PyPI), or postgresql://...; may be given twice."),
    ] = None,
    scale: Annotated[
        float, typer.Option(min=0.0001, max=1.0, help="Part of the full size; goals are promised for 1.")
    ] = 1.0,
    minutes: Annotated[float, typer.Option(min=0.01, help="How long the soak takes.")] = 10.0,
) -> None:
    """Measure how fast and how large, each figure against a baseline of the same run."""
    configure_logs(logging.ERROR)
    from bot.bench.suites import QUICK, Suite
    from bot.cli.bench import run_bench

    if suite and suite not in set(Suite):
        raise typer.BadParameter(f"must be one of {', '.join(Suite)}", param_hint="SUITE")
    suites = (Suite(suite),) if suite else QUICK
    _run(run_bench(suites, database or ["sqlite"], scale, minutes, as_json))


def main() -> None:
    """Entry point. Settings that are missing or wrong: one readable list, exit code 2."""
    configure_logs()
    app()


def _run(work: Coroutine[Any, Any, int]) -> None:
    """Run to the end; a known failure becomes one sentence instead of a traceback."""
    from bot.cli.sentences import sentence_for

    try:
        code = asyncio.run(work)
    except SettingsInvalid as failure:
        typer.echo("These settings must be mended first:", err=True)
        for line in failure.problems:
            typer.echo(f"  {line}", err=True)
        typer.echo("README.md explains each of them.", err=True)
        code = 2
    except Failure as failure:
        typer.echo(sentence_for(failure.key, failure.facts), err=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)
