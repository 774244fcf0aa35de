"""What the bot says, in the language of whoever reads it.

English sentences stand in the code and are the keys of GNU gettext catalogs, ``locale/<language>/LC_MESSAGES/
syncerrors.po``. They are read through Babel when first needed: no build step, so an editable install and an
archive both have their languages.

Sentences hold no formatting signs; where a part is bold, a link or a date, it comes in as a value for a
``{hole}``.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final, NewType, Self

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from bot.cards.markup import Markup, Span, own

DOMAIN: Final = "syncerrors"
LOCALES: Final = Path(__file__).parent / "locale"
SOURCE_LANGUAGE: Final = "en"
UNDETERMINED: Final = "und"
"""Code for a text whose language is not known (ISO 639-2)."""

Value = Markup | int
"""What goes into a hole; a number is written as the language writes it (1,234 or 1.234)."""

MessageId = NewType("MessageId", str)
"""A sentence named here and said later; made by ``msgid`` only, so that the extraction finds it."""

_HOLE: Final = re.compile(r"\{([a-z_]+)\}")


def msgid(message: str) -> MessageId:
    """Mark a sentence for translation where the reader's language is not known yet."""
    return MessageId(message)


class Texts:
    """The sentences of one language."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        self.language = language
        """Code such as ``en`` or ``nl``."""
        self._translations = translations
        self._locale = _locale(language)

    @classmethod
    def for_locale(cls, locale: str | None) -> Self:
        """The texts for a locale as Slack gives it (``nl-NL``); English where there is no catalog."""
        language = re.split(r"[-_]", (locale or "").strip().lower(), maxsplit=1)[0]
        if language not in languages():
            language = SOURCE_LANGUAGE
        return cls(language, _catalog(language))

    def gettext(self, message: str, /, **values: Value) -> Markup:
        """A sentence with its holes filled."""
        return self.filled(self._translations.gettext(message), values)

    def ngettext(self, singular: str, plural: str, n: int, /, **values: Value) -> Markup:
        """A sentence in the form for ``n``; hole ``{n}`` is the number itself."""
        return self.filled(self._translations.ngettext(singular, plural, n), {"n": n, **values})

    def say(self, message: MessageId) -> Markup:
        """A sentence that ``msgid`` marked."""
        return self.filled(self._translations.gettext(message), {})

    def filled(self, template: str, values: Mapping[str, Value], absent: Markup | None = None) -> Markup:
        """Our own ``template`` with ``values`` in its holes; a hole without a value shows ``absent``, or
        itself."""
        spans: list[Span] = []
        end = 0
        for hole in _HOLE.finditer(template):
            value = values.get(hole[1], absent)
            if value is not None:
                spans.append(Span(template[end : hole.start()]))
                spans.extend((self.number(value) if isinstance(value, int) else value).spans)
                end = hole.end()
        spans.append(Span(template[end:]))
        return Markup(tuple(span for span in spans if span.text))

    def number(self, value: int) -> Markup:
        """A quantity, with the language's separators."""
        return own(format_decimal(value, locale=self._locale))

    def language_name(self, code: str) -> Markup:
        """The name of a language by its code; empty for one that has none, such as ``und``."""
        return own(str(self._locale.languages.get(code, "")) if code != UNDETERMINED else "")

    def percent(self, part: int, whole: int) -> Markup:
        """``part`` of ``whole`` in whole percent, never more than 100."""
        share = min(part / whole, 1.0) if whole > 0 else 0.0
        return own(format_percent(share, locale=self._locale))


def digits(number: int) -> Markup:
    """A number that names something, such as an error's No.: no separators."""
    return own(str(number))


@lru_cache
def _locale(language: str) -> Locale:
    return Locale(language)


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """Codes of all languages that the bot speaks."""
    found = {path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    return frozenset(found | {SOURCE_LANGUAGE})


@lru_cache(maxsize=16)
def _catalog(language: str) -> gettext.NullTranslations:
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, domain=DOMAIN))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
