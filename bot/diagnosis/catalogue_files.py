"""Reading the catalogue: TOML files -> classes, rules and captions, or a refusal that names file, line and
entry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from sys import intern
from types import MappingProxyType
from typing import Final

import tomli
from pydantic import ValidationError

from bot.dataclass import dataclass
from bot.diagnosis.entries import (
    CatalogueFile,
    ClassEntry,
    CodesEntry,
    PhrasesEntry,
    SentenceEntry,
    StepEntry,
    TemplateEntry,
    TitleEntry,
    WrapperEntry,
)
from bot.diagnosis.identity import EITHER, TOPIC
from bot.diagnosis.model import (
    ADMIN_CENTER_PLACES,
    Choices,
    Condition,
    ErrorClass,
    Fixer,
    LinkKind,
    Localized,
    Severity,
    Step,
    StepLink,
    Title,
)
from bot.diagnosis.phrases import PhraseRule
from bot.diagnosis.templates import PARAM_KEYS, Template, TemplateInvalid, parse_template
from bot.diagnosis.values import Captions
from bot.failures import Failure

NO_CAPTIONS: Final = Captions(frozenset(), frozenset(), frozenset())
CATALOGUE: Final = Path(__file__).with_name("catalogue")
_LINKS_WITHOUT_TARGET: Final = {
    "error": LinkKind.ERROR,
    "record": LinkKind.RECORD,
    "other_record": LinkKind.OTHER_RECORD,
    "admin_center": LinkKind.ADMIN_CENTER,
}
_FILTER: Final = re.compile(r"([^=&{}]+)=(\{[a-z_]+\}|[^=&{}]+)")
_PAGE: Final = re.compile(rf"page:(\d+)(?:\?({_FILTER.pattern}(?:&{_FILTER.pattern})*))?")
_ROW: Final = re.compile(r"row:([a-z_]+)=\{([a-z_]+)\}")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
"""Shared, as names are, by all rules: what they have in common stays in the cache of the processor."""


class CatalogueInvalid(Failure):
    """A catalogue file that cannot be used; ``facts``: ``file``, ``entry`` and, where known, ``line``."""

    key = "catalogue.invalid"

    def __init__(self, file: str, entry: str, why: str, line: int | None = None) -> None:
        place = f"{file}:{line}" if line else file
        facts: dict[str, str | int] = {"file": file, "entry": entry}
        if line:
            facts["line"] = line
        super().__init__(f"{place}: {entry}: {why}", **facts)


@dataclass(frozen=True, slots=True)
class TemplateRule:
    """A template with what it says."""

    id: str
    class_code: str
    topic: str | None
    language: str
    template: Template
    also: Mapping[str, str]
    """Further keys for a value: new key -> key of the template."""
    source: str
    text: str = ""
    """The template as the catalogue writes it."""
    namesakes: Mapping[str, str] = field(default_factory=dict)
    """Other labels with the very same words and another class: id -> class. No text tells them apart."""


@dataclass(frozen=True, slots=True)
class WrapperRule:
    """A wrapper; ``class_code`` is what it says where nothing known is inside, else None."""

    id: str
    language: str
    template: Template
    class_code: str | None
    topic: str | None
    source: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CodeRule:
    """What a platform code says."""

    id: str
    class_code: str
    topic: str | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is known about error texts.

    ``version`` is a hash of the files: a stored diagnosis with another version is out of date.
    """

    classes: Mapping[str, ErrorClass]
    version: str
    templates: tuple[TemplateRule, ...] = ()
    wrappers: tuple[WrapperRule, ...] = ()
    codes: Mapping[str, CodeRule] = field(default_factory=dict)
    captions: Captions = NO_CAPTIONS
    phrases: tuple[PhraseRule, ...] = ()
    vocabulary: frozenset[str] = frozenset()
    """Words of records, in lower case: what a mere refusal must speak of to be believed."""


def read_catalogue(folder: Path = CATALOGUE) -> Catalogue:
    """Read all ``*.toml`` files of a folder.

    Raises CatalogueInvalid for a file that is not TOML, an entry of the wrong form, an id or class that
    exists twice, a template or link that cannot be read, and a rule for a class that does not exist.
    """
    reader = _Reader()
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.glob("*.toml")):
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + content + b"\0")
        reader.read(path.name, content)
    return reader.finish(digest.hexdigest())


def _refusal(file: str, text: str, entry: str, why: str) -> CatalogueInvalid:
    position = text.find(f'"{entry}"')
    line = text.count("\n", 0, position) + 1 if position >= 0 else None
    return CatalogueInvalid(file, entry, why, line)


@dataclass(frozen=True, slots=True)
class _Reference:
    """An entry's mention of a class, which may come in a later file; looked at when all are read."""

    class_code: str
    entry: str
    file: str
    text: str

    def refusal(self) -> CatalogueInvalid:
        return _refusal(self.file, self.text, self.entry, f"there is no class {self.class_code!r}")


class _Reader:
    """Collects the entries of all files, then checks what refers to what."""

    def __init__(self) -> None:
        self._file = ""
        self._text = ""
        self._classes: dict[str, ErrorClass] = {}
        self._templates: list[TemplateRule] = []
        self._wrappers: list[WrapperRule] = []
        self._codes: dict[str, CodeRule] = {}
        self._phrases: list[PhraseRule] = []
        self._vocabulary: set[str] = set()
        self._names: dict[str, set[str]] = {"tables": set(), "fields": set(), "products": set()}
        self._tables_referred: dict[str, str] = {}
        self._ids: set[str] = set()
        self._references: list[_Reference] = []

    def read(self, file: str, content: bytes) -> None:
        """Take over the entries of one file."""
        self._file = file
        try:
            self._text = content.decode()
            raw = tomli.loads(self._text)
        except (UnicodeDecodeError, tomli.TOMLDecodeError) as error:
            raise CatalogueInvalid(file, "the file", str(error)) from error
        try:
            entries = CatalogueFile.model_validate(raw)
        except ValidationError as error:
            raise self._malformed(raw, error) from error
        for class_entry in entries.class_:
            self._add_class(class_entry)
        for template in entries.template:
            self._add_template(template)
        for wrapper in entries.wrapper:
            self._add_wrapper(wrapper)
        for codes in entries.code:
            self._add_codes(codes)
        for phrases in entries.phrases:
            self._add_phrases(phrases)
        self._vocabulary.update(entries.vocabulary)
        for kind, names in self._names.items():
            names.update(getattr(entries.captions, kind))
        self._tables_referred |= entries.captions.references

    def finish(self, version: str) -> Catalogue:
        """The whole catalogue, once every reference is known to lead somewhere."""
        for reference in self._references:
            if reference.class_code not in self._classes:
                raise reference.refusal()
        return Catalogue(
            classes=MappingProxyType(self._classes),
            version=version,
            templates=tuple(self._templates),
            wrappers=tuple(self._wrappers),
            codes=MappingProxyType(self._codes),
            captions=Captions(
                tables=frozenset(self._names["tables"]),
                fields=frozenset(self._names["fields"]),
                products=frozenset(self._names["products"]),
                references=MappingProxyType(self._tables_referred),
            ),
            phrases=tuple(self._phrases),
            vocabulary=frozenset(self._vocabulary),
        )

    def _add_class(self, entry: ClassEntry) -> None:
        if entry.code in self._classes:
            raise self._refusal(entry.code, "this class exists already")
        deciding = [key for alternatives in entry.group_by for key in alternatives.split(EITHER)]
        if unknown := [key for key in deciding if key not in PARAM_KEYS and key != TOPIC]:
            raise self._refusal(entry.code, f"group_by: {unknown[0]!r} is no key of params")
        title = _localized(entry.title)
        if title.holes:
            raise self._refusal(entry.code, "title: holes belong into titles")
        topics = {topic.name: topic for topic in entry.topic}
        if len(topics) < len(entry.topic):
            raise self._refusal(entry.code, "a topic exists twice")
        self._classes[entry.code] = ErrorClass(
            code=entry.code,
            title=title,
            explanation=_localized(entry.explanation),
            fixer=Fixer(entry.fixer),
            severity=Severity[entry.severity.upper()],
            group_by=entry.group_by,
            steps=self._steps(entry.code, entry.step),
            steps_by_topic=MappingProxyType(
                {name: self._steps(entry.code, topic.step) for name, topic in topics.items() if topic.step}
            ),
            titles=tuple(Title(_localized(each), self._condition(entry.code, each)) for each in entry.titles),
            fixer_by_topic=MappingProxyType(
                {name: Fixer(topic.fixer) for name, topic in topics.items() if topic.fixer}
            ),
            explanation_by_topic=MappingProxyType(
                {name: _localized(topic.explanation) for name, topic in topics.items() if topic.explanation}
            ),
        )

    def _add_template(self, entry: TemplateEntry) -> None:
        self._claim(entry.id)
        template = self._template(entry.id, entry.text)
        for new, given in entry.also.items():
            if new not in PARAM_KEYS or given not in template.keys:
                raise self._refusal(entry.id, f"also: {new} = {given!r} names no key")
        self._refer(entry.id, entry.class_)
        for class_code in entry.namesakes.values():
            self._refer(entry.id, class_code)
        self._templates.append(
            TemplateRule(
                id=entry.id,
                class_code=intern(entry.class_),
                topic=entry.topic and intern(entry.topic),
                language=intern(entry.lang),
                template=template,
                also=entry.also or _NOTHING,
                source=entry.source,
                text=entry.text,
                namesakes=entry.namesakes,
            )
        )

    def _add_wrapper(self, entry: WrapperEntry) -> None:
        self._claim(entry.id)
        if not entry.text.rstrip(".").endswith("{inner}"):
            raise self._refusal(entry.id, "a wrapper ends with {inner}")
        if entry.text.startswith("{"):
            raise self._refusal(entry.id, "a wrapper begins with a word")
        if entry.class_:
            self._refer(entry.id, entry.class_)
        template = self._template(entry.id, entry.text, inner=True)
        self._wrappers.append(
            WrapperRule(entry.id, entry.lang, template, entry.class_, entry.topic, entry.source, entry.text)
        )

    def _add_codes(self, entry: CodesEntry) -> None:
        for code in entry.codes:
            if code in self._codes:
                raise self._refusal(code, "this code exists already")
            self._refer(code, entry.class_)
            self._codes[code] = CodeRule(f"code.{code}", entry.class_, entry.topic, entry.source)

    def _add_phrases(self, entry: PhrasesEntry) -> None:
        for text in entry.texts:
            name = "phrase." + text.replace(" ", "_")
            self._claim(name)
            self._refer(text, entry.class_)
            self._phrases.append(
                PhraseRule(
                    name, entry.class_, entry.topic, text, entry.source, entry.last, entry.among, entry.named
                )
            )

    def _template(self, entry: str, text: str, *, inner: bool = False) -> Template:
        try:
            return parse_template(text, inner=inner)
        except TemplateInvalid as error:
            raise self._refusal(entry, f"text: {error}") from error

    def _steps(self, entry: str, steps: Iterable[StepEntry]) -> tuple[Step, ...]:
        return tuple(
            Step(
                text=_localized(step),
                link=self._link(entry, step.link),
                warning=step.warning,
                condition=self._condition(entry, step),
            )
            for step in steps
        )

    def _condition(self, entry: str, sentence: TitleEntry) -> Condition:
        needs = _localized(sentence).holes | frozenset(sentence.needs)
        lacks = frozenset(sentence.lacks)
        named = needs | lacks | frozenset(sentence.when) | frozenset(sentence.unless)
        if unknown := named - PARAM_KEYS - {TOPIC}:
            raise self._refusal(entry, f"{min(unknown)!r} is no key of params (in {sentence.en!r})")
        return Condition(needs, lacks, _choices(sentence.when), _choices(sentence.unless))

    def _link(self, entry: str, link: str | None) -> StepLink | None:
        if link is None:
            return None
        if link in _LINKS_WITHOUT_TARGET:
            return StepLink(_LINKS_WITHOUT_TARGET[link])
        kind, _, where = link.partition(":")
        if page := _PAGE.fullmatch(link):
            filters = tuple(_FILTER.findall(page[2] or ""))
            target = StepLink(LinkKind.PAGE, page=int(page[1]), filters=filters)
            if unknown := target.needs - PARAM_KEYS:
                raise self._refusal(entry, f"link: {min(unknown)!r} is no key of params")
            return target
        if (row := _ROW.fullmatch(link)) and row[2] in PARAM_KEYS:
            return StepLink(LinkKind.DATAVERSE_ROW, entity=row[1], row=row[2])
        if kind == "list" and where.isidentifier():
            return StepLink(LinkKind.DATAVERSE_LIST, entity=where)
        if kind == "admin_center" and where in ADMIN_CENTER_PLACES:
            return StepLink(LinkKind.ADMIN_CENTER, entity=where)
        if kind == "docs" and where.startswith("https://learn.microsoft.com/"):
            return StepLink(LinkKind.DOCS, address=where)
        raise self._refusal(entry, f"link: {link!r} leads nowhere")

    def _claim(self, entry: str) -> None:
        if entry in self._ids:
            raise self._refusal(entry, "this id exists already")
        self._ids.add(entry)

    def _refer(self, entry: str, class_code: str) -> None:
        self._references.append(_Reference(class_code, entry, self._file, self._text))

    def _refusal(self, entry: str, why: str) -> CatalogueInvalid:
        return _refusal(self._file, self._text, entry, why)

    def _malformed(self, raw: dict[str, object], error: ValidationError) -> CatalogueInvalid:
        """The first thing wrong, with the id or code of its entry."""
        first = error.errors(include_url=False, include_input=False)[0]
        place = [str(part) for part in first["loc"]]
        entry = ".".join(place[:2])
        kind = raw.get(place[0]) if place else None
        if isinstance(kind, list) and len(place) > 1 and place[1].isdecimal():
            item = kind[int(place[1])]
            if isinstance(item, dict):
                entry = str(item.get("id") or item.get("code") or entry)
        return self._refusal(entry, f"{'.'.join(place)}: {first['msg']}")


def _choices(written: Mapping[str, str | tuple[str, ...]]) -> Choices:
    return MappingProxyType(
        {key: (values,) if isinstance(values, str) else values for key, values in written.items()}
    )


def _localized(sentence: SentenceEntry) -> Localized:
    return Localized(en=sentence.en, nl=sentence.nl)
