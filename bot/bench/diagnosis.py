"""Suite ``diagnosis``: how fast messages are understood, how much of them, and what that costs.

Everything runs on one core, in one process, on messages made from the catalogue (``messages``). The baseline
is the template miner Drain3 on the same messages in the same run, where it is installed.
"""

from __future__ import annotations

import gc
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.bench.accuracy import accuracy_figures
from bot.bench.figures import Bound, Figure, Goal, Measure, at_most, ratio_at_least, ratio_at_most
from bot.bench.messages import Filler
from bot.bench.mining import drain3
from bot.diagnosis import Catalogue, Classifier, load_catalogue
from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.templates import parse_template

MESSAGES: Final = 20_000
SEED: Final = 20_241_105
NO_DATABASE: Final = "none"
_ROUNDS: Final = 5
_TRIAL: Final = 0.05
"""A smaller part of the full size is a trial: one round of everything."""
_SIZES: Final = (350, 1_400, 5_000)
_LENGTHS: Final = {"1 KB": 1_000, "10 KB": 10_000, "100 KB": 100_000, "1 MB": 1_000_000}
_MINERS: Final = {
    "diagnosis.ahead": "Drain3's TemplateMiner on the same messages, nothing masked",
    "diagnosis.ahead.masked": "the same with the masks of its example configuration: numbers, addresses, ids",
}
_MINED_FEW: Final = f"a miner is the slower the more it has seen: the goal is meant for {MESSAGES:,} messages"
_LOADING: Final = """
import json, pathlib, resource, sys, time
import bot.diagnosis

def kilobytes():
    resident = pathlib.Path("/proc/self/statm")
    if resident.exists():
        return int(resident.read_text().split()[1]) * resource.getpagesize() / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "darwin" else peak

before = kilobytes()
started = time.perf_counter()
classifier = bot.diagnosis.load_classifier().prepare()
seconds = time.perf_counter() - started
for number in range(2000):
    classifier.classify(f"Currency Code {number} must be coupled to a Dataverse row.")
print(json.dumps([seconds, kilobytes() - before]))
"""


def measure_diagnosis(scale: float) -> list[Figure]:
    """All figures of the suite, at a part of the full number of messages."""
    catalogue = load_catalogue()
    count = max(200, round(MESSAGES * scale))
    return [
        *_speed(catalogue, count, scale),
        *_growth(catalogue, count, scale),
        *_costs(scale),
        *accuracy_figures(catalogue, NO_DATABASE, scale),
    ]


def _speed(catalogue: Catalogue, count: int, scale: float) -> list[Figure]:
    classifier = Classifier(catalogue)
    filler = Filler(catalogue, SEED)
    mix = filler.mix(catalogue.templates, count)
    plain = filler.plain(catalogue.templates, count)
    for text in plain[:500]:
        classifier.classify(text)
    each = sum(map(len, mix)) / len(mix)
    miners = drain3()
    contestants: list[Callable[[], Callable[[str], object]]] = [lambda: classifier.classify]
    if miners:
        contestants += [
            lambda: miners.template_miner().add_log_message,
            lambda: miners.masking_miner().add_log_message,
        ]
    mixed, *mined = side_by_side(contestants, mix, scale)
    figures = [
        Figure(
            "diagnosis.mix",
            mixed,
            "messages/s",
            _at_least(25_000),
            NO_DATABASE,
            scale,
            note=f"{len(mix):,} distinct messages of {each:.0f} characters; 25 % wrapped, 10 % with a call "
            f"stack, 15 % noise; {len(catalogue.templates)} templates in all languages"
            + ("" if miners else "; Drain3 is not installed (pip install drain3): no baseline"),
        ),
        Figure(
            "diagnosis.plain",
            _per_second(classifier.classify, plain, scale),
            "messages/s",
            _at_least(50_000),
            NO_DATABASE,
            scale,
            note=f"texts of one line, {sum(map(len, plain)) / len(plain):.0f} characters",
        ),
    ]
    for name, against, rate in zip(_MINERS, _MINERS.values(), mined, strict=False):
        figures.append(
            Figure(
                name,
                mixed,
                "messages/s",
                ratio_at_least(1),
                NO_DATABASE,
                scale,
                rate,
                against=against,
                note="" if scale >= 1 else _MINED_FEW,
            )
        )
    return figures


def _growth(catalogue: Catalogue, count: int, scale: float) -> list[Figure]:
    classifier = Classifier(catalogue)
    filler = Filler(catalogue, SEED + 1)
    text = "; ".join(itertools.islice(iter(lambda: filler.noise(12), ""), 1_500))
    per_kilobyte = {
        name: 1e9 / (length * _per_second(classifier.classify, _pieces(text, length), scale))
        for name, length in _LENGTHS.items()
    }
    lengths = ", ".join(f"{name}: {value:.1f}" for name, value in per_kilobyte.items())
    texts = filler.mix(catalogue.templates, min(count, 4_000))
    seconds = [
        1e6 / _per_second(Classifier(_of_size(catalogue, size)).classify, texts, scale) for size in _SIZES
    ]
    told = ", ".join(f"{size:,}: {value:.1f}" for size, value in zip(_SIZES, seconds, strict=True))
    return [
        Figure(
            "diagnosis.length",
            per_kilobyte["1 MB"],
            "us/KB",
            ratio_at_most(1.5),
            NO_DATABASE,
            scale,
            per_kilobyte["10 KB"],
            against="the same per KB in a text of 10 KB, where what a message costs at least counts little",
            note=f"in a text of 1 MB; microseconds per KB by length: {lengths}",
        ),
        Figure(
            "diagnosis.templates",
            seconds[-1],
            "us/message",
            ratio_at_most(_SIZES[-1] / _SIZES[0] / 4),
            NO_DATABASE,
            scale,
            seconds[0],
            against=f"{_SIZES[0]} templates; linear would be {_SIZES[-1] / _SIZES[0]:.1f} times",
            note=f"microseconds a message by templates: {told}",
        ),
    ]


def _pieces(text: str, length: int) -> list[str]:
    """Some texts of a length, together at most three of the longest."""
    count = max(3, min(200, max(_LENGTHS.values()) // length))
    long = text * (length * count // len(text) + 1)
    return [long[start : start + length] for start in range(0, length * count, length)]


def _costs(scale: float) -> list[Figure]:
    """Load time and memory, in a process of its own."""
    answer = subprocess.run(  # noqa: S603 # our own interpreter and our own program
        [sys.executable, "-c", _LOADING], check=True, capture_output=True, text=True
    )
    seconds, grown = json.loads(answer.stdout)
    return [
        Figure(
            "diagnosis.load",
            seconds * 1_000,
            "ms",
            at_most(300),
            NO_DATABASE,
            scale,
            note="until the first message can be diagnosed: the catalogue read, its rules compiled",
        ),
        Figure(
            "diagnosis.memory",
            grown / 1_024,
            "MB",
            at_most(64),
            NO_DATABASE,
            scale,
            note="growth of the process by loading the classifier and using it",
        ),
    ]


def _of_size(catalogue: Catalogue, size: int) -> Catalogue:
    """A catalogue with so many templates: part of the real one, or filled up with made ones."""
    templates = list(catalogue.templates[:size])
    while len(templates) < size:
        templates.append(_made(templates[len(templates) % len(catalogue.templates)], len(templates)))
    return replace(catalogue, templates=tuple(templates))


def _made(like: TemplateRule, number: int) -> TemplateRule:
    text = f"The {{field}} of partner app {number} refused step {number * 7}: {{value}}"
    return replace(like, id=f"made.{number}", template=parse_template(text), also={}, text=text)


def _at_least(limit: float) -> Goal:
    return Goal(Measure.VALUE, Bound.AT_LEAST, limit)


def _per_second(classify: Callable[[str], object], texts: Sequence[str], scale: float) -> float:
    """The best of some rounds: what else the machine does can only make a round slower."""
    return side_by_side([lambda: classify], texts, scale)[0]


def side_by_side(
    contestants: Sequence[Callable[[], Callable[[str], object]]], texts: Sequence[str], scale: float
) -> list[float]:
    """Texts a second of each contestant, the best of some rounds in which they take turns.

    A contestant is asked in each round for what takes the texts, so that it can begin afresh.
    """
    best = [0.0] * len(contestants)
    for _ in range(_ROUNDS if scale >= _TRIAL else 1):
        for index, contestant in enumerate(contestants):
            take = contestant()
            gc.collect()
            started = time.process_time()
            for text in texts:
                take(text)
            best[index] = max(best[index], len(texts) / max(time.process_time() - started, 1e-9))
    return best
