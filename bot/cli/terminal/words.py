"""What the terminal itself says, as opposed to the bot: the frame around messages, hints, help.

In Slack these words belong to the client, not to the bot, so they are no part of the bot's catalogues.
"""

from __future__ import annotations

from typing import Final

from bot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language of the terminal. Names in braces are filled in by ``str.format``."""

    app: str
    only_you: str
    direct: str
    thread: str
    today: str
    yesterday: str
    tomorrow: str
    submit: str
    close: str
    choose: str
    this_channel: str
    optional: str
    cannot_draw: str
    picture: str
    waiting: str
    ready: str
    failed: str
    unknown_number: str
    gone_number: str
    ambiguous: str
    missing_slash: str
    not_understood: str
    removed: str
    opens: str
    saved: str
    unknown_person: str
    now_talking: str
    fixed: str
    farewell: str
    help_title: str
    help_number: str
    help_label: str
    help_fill: str
    filled_in: str
    form_hint: str
    menu_hint: str
    offers: str
    help_as: str
    help_fix: str
    help_help: str
    help_quit: str


ENGLISH: Final = Words(
    app="APP",
    only_you="Only visible to you",
    direct="Direct message",
    thread="thread",
    today="today",
    yesterday="yesterday",
    tomorrow="tomorrow",
    submit="Submit",
    close="Close",
    choose="Choose",
    this_channel="This channel",
    optional="optional",
    cannot_draw="A block of type {type} cannot be shown here.",
    picture="Picture",
    waiting="Waiting for Sync Errors",
    ready="Type {command}, the number of a button, or help.",
    failed="Slack says: {what}",
    unknown_number="There is no button [{number}].",
    gone_number="Button [{number}] is no longer there: its message has changed since.",
    ambiguous="Several buttons are called “{label}”: type a number, {numbers}.",
    missing_slash="Commands begin with a slash. Did you mean {command}?",
    not_understood="Not understood.",
    removed="(The message was removed.)",
    opens="Slack would open this page:",
    saved="All of it is saved as {path}",
    unknown_person="There is nobody called “{key}”. Try {keys}.",
    now_talking="You are {name} now ({locale}).",
    fixed="(Somebody fixed that. Records that it helps: {count}.)",
    farewell="Bye.",
    help_title="What you can type",
    help_number="press the button with that number",
    help_label="press the button of that name, when there is just one",
    help_fill="fill in that input of the form, or choose in its menu",
    filled_in="Filled in: {label}",
    form_hint="Fill in by typing “{label} = …”.",
    menu_hint="“{label} = ?” lists what a menu offers; its beginning is enough to choose.",
    offers="{label} offers:",
    help_as="be {name} ({locale}) and ask the same again",
    help_fix="let somebody fix, in the simulated world, what has this word in its text",
    help_help="this list",
    help_quit="leave (Ctrl-D does too)",
)

DUTCH: Final = Words(
    app="APP",
    only_you="Alleen zichtbaar voor jou",
    direct="Privébericht",
    thread="thread",
    today="vandaag",
    yesterday="gisteren",
    tomorrow="morgen",
    submit="Verzenden",
    close="Sluiten",
    choose="Kies",
    this_channel="Dit kanaal",
    optional="optioneel",
    cannot_draw="Een blok van het type {type} kan hier niet worden getoond.",
    picture="Afbeelding",
    waiting="Wachten op Sync Errors",
    ready="Typ {command}, het nummer van een knop, of help.",
    failed="Slack meldt: {what}",
    unknown_number="Er is geen knop [{number}].",
    gone_number="Knop [{number}] is er niet meer: het bericht is intussen veranderd.",
    ambiguous="Meer dan een knop heet “{label}”: typ een nummer, {numbers}.",
    missing_slash="Opdrachten beginnen met een schuine streep. Bedoel je {command}?",
    not_understood="Dat begrijp ik niet.",
    removed="(Het bericht is verwijderd.)",
    opens="Slack zou deze pagina openen:",
    saved="Alles is bewaard als {path}",
    unknown_person="Er is niemand met de naam “{key}”. Probeer {keys}.",
    now_talking="Je bent nu {name} ({locale}).",
    fixed="(Iemand heeft dat opgelost. Records die dat helpt: {count}.)",
    farewell="Tot ziens.",
    help_title="Wat je kunt typen",
    help_number="druk op de knop met dat nummer",
    help_label="druk op de knop met die naam, als er maar een is",
    help_fill="vul dat veld van het formulier in, of kies in het menu",
    filled_in="Ingevuld: {label}",
    form_hint="Vul in door “{label} = …” te typen.",
    menu_hint="“{label} = ?” toont wat een menu biedt; het begin ervan volstaat om te kiezen.",
    offers="{label} biedt:",
    help_as="wees {name} ({locale}) en vraag hetzelfde opnieuw",
    help_fix="laat iemand in de gesimuleerde wereld oplossen wat dit woord in zijn tekst heeft",
    help_help="deze lijst",
    help_quit="stoppen (Ctrl-D kan ook)",
)


def words_for(locale: str) -> Words:
    """Dutch for ``nl`` and ``nl-…``, English for everybody else."""
    return DUTCH if locale.lower().replace("_", "-").split("-")[0] == "nl" else ENGLISH
