"""Words for rules that cannot be taught as they are."""

from __future__ import annotations

from typing import Final

from bot.cards.markup import EMPTY, Markup, code, joined, mention, own, sentence
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words, fact
from bot.operations.actors import Actor, From

_RULES: Final = code(own("/syncerrors rules"))
_OVERVIEW: Final = code(own("/syncerrors"))
_IMPORT: Final = code(own("syncerrors rules import"))
_HOLE: Final = code(own("{value}"))
_ANY: Final = code(own("{_}"))
_BRACES: Final = joined((code(own("{{")), code(own("}}"))), " ")
_KNOWN: Final = 300
_REASON: Final = 200
_FILE: Final = 100


def actor_words(text: str, texts: Texts) -> Markup:
    """Who did it, by the stored words for an actor."""
    try:
        actor = Actor.parse(text)
    except ValueError:
        return texts.gettext("somebody")
    match actor.place:
        case From.SLACK:
            return mention(actor.id)
        case From.SHELL:
            return texts.gettext("{name} (at the machine)", name=Outside(actor.id).short(60))
        case From.BOT:
            return texts.gettext("the bot")


def _refused(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(texts.gettext("This cannot be taught yet."), _why(facts, texts))


def _why(facts: Facts, texts: Texts) -> Markup:
    most = _number(facts, "most")
    least = _number(facts, "least")
    match facts.get("why"):
        case "empty":
            return texts.gettext("The template is empty: give the words that stay the same.")
        case "long":
            return texts.ngettext(
                "The template is too long: at most {n} character.",
                "The template is too long: at most {n} characters.",
                most,
            )
        case "brace":
            return texts.gettext(
                "There is a brace without its other half. A hole is written like {hole}; braces that are "
                "meant are doubled: {braces}.",
                hole=_HOLE,
                braces=_BRACES,
            )
        case "key":
            known = Outside(str(facts.get("known", ""))).short(_KNOWN)
            return texts.gettext(
                "There is no hole named {hole}. Write {any} for a part that nobody needs, or one of: "
                "{known}.",
                hole=code(fact(facts, "hole")),
                any=_ANY,
                known=code(known),
            )
        case "kind":
            return texts.gettext(
                "There is no kind of hole like {hole}. After the colon may stand: {known}.",
                hole=code(fact(facts, "hole")),
                known=fact(facts, "known"),
            )
        case "holes":
            return texts.ngettext(
                "The template has too many holes: at most {n}.",
                "The template has too many holes: at most {n}.",
                most,
            )
        case "general":
            return texts.ngettext(
                "The template is too general: it would fit texts that mean something else. Keep more of the "
                "fixed words, at least {n} letter.",
                "The template is too general: it would fit texts that mean something else. Keep more of the "
                "fixed words, at least {n} letters.",
                least,
            )
        case "example":
            return texts.gettext("The template does not fit the example above.")
        case "title missing":
            return texts.gettext("Choose a class, or give a title of your own.")
        case "title long":
            return texts.ngettext(
                "The title is too long: at most {n} character.",
                "The title is too long: at most {n} characters.",
                most,
            )
        case "title brace":
            return texts.gettext("The title cannot hold braces.")
        case "class unknown":
            return texts.gettext("There is no such class. Choose one from the list.")
        case "fixer missing":
            return texts.gettext("A class of your own has to say who fixes it.")
        case "fixer unknown":
            return texts.gettext("Choose who fixes it from the list.")
        case "remedy long":
            return texts.ngettext(
                "The text about what to do is too long: at most {n} character.",
                "The text about what to do is too long: at most {n} characters.",
                most,
            )
        case "many":
            return texts.ngettext(
                "There is room for {n} rule. Undo one that nobody needs: {command}.",
                "There is room for {n} rules. Undo one that nobody needs: {command}.",
                most,
                command=_RULES,
            )
        case "overlap":
            return texts.gettext(
                "The template also fits texts that are recognised already (see below). Narrow it, or tick "
                "that your rule goes first."
            )
        case _:
            return texts.gettext("Look at what you filled in, and try again.")


def _number(facts: Facts, key: str) -> int:
    value = facts.get(key, 0)
    return value if isinstance(value, int) else 0


def _known(facts: Facts, texts: Texts) -> FailureWords:
    by = actor_words(str(facts.get("by", "")), texts)
    return FailureWords(
        texts.gettext("These words are taught already, by {who} on {date}.", who=by, date=fact(facts, "on")),
        texts.gettext("To teach them differently, undo that rule first: {command}.", command=_RULES),
    )


def _gone(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("That rule is not taught any more: somebody undid it."),
        texts.gettext("Type {command} for those that are.", command=_RULES),
    )


def _nothing(facts: Facts, texts: Texts) -> FailureWords:
    who = EMPTY
    if by := str(facts.get("by", "")):
        who = texts.gettext("{who} taught it.", who=actor_words(by, texts))
    return FailureWords(
        sentence((texts.gettext("This text is recognised meanwhile, so nothing was taught."), who)),
        texts.gettext("Type {command} for a fresh list.", command=_OVERVIEW),
    )


def _file(facts: Facts, texts: Texts) -> FailureWords:
    reason = Outside(str(facts.get("reason", ""))).short(_REASON)
    line, file = fact(facts, "line"), Outside(str(facts.get("file", ""))).short(_FILE)
    if line and facts.get("file"):
        what = texts.gettext("Line {line} of {file} is wrong: {reason}.", line=line, file=file, reason=reason)
    elif line:
        what = texts.gettext(
            "Line {line} of this file of rules is wrong: {reason}.", line=line, reason=reason
        )
    elif facts.get("file"):
        what = texts.gettext("{file} cannot be used as a file of rules: {reason}.", file=file, reason=reason)
    else:
        what = texts.gettext("This file of rules cannot be used: {reason}.", reason=reason)
    if facts.get("why"):
        what = sentence((what, _why(facts, texts)))
    return FailureWords(
        what, texts.gettext("Nothing was taught. Mend the file and repeat {command}.", command=_IMPORT)
    )


WORDS_OF_RULES: Final[dict[str, Words]] = {
    "rule.refused": _refused,
    "rule.known": _known,
    "rule.gone": _gone,
    "rule.nothing_to_teach": _nothing,
    "rule.file_invalid": _file,
}
