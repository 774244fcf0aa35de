"""The baseline of suite ``diagnosis``: Drain3, which mines templates out of messages (logpai/Drain3, MIT).

It is measured in both of its ways: with nothing masked, as ``TemplateMiner`` comes without a configuration,
and with the masks of the ``drain3.ini`` that its README shows, since it recommends to mask what is known to
vary.
Version 0.9.11 (2022) is the last.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_EDGE = r"((?<=[^A-Za-z0-9])|^)", r"((?=[^A-Za-z0-9])|$)"
_MASKS = (
    ("ID", r"(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))"),
    ("IP", r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})"),
    ("SEQ", r"([0-9a-f]{6,} ?){3,}"),
    ("SEQ", r"([0-9A-F]{4} ?){4,}"),
    ("HEX", r"(0x[a-f0-9A-F]+)"),
    ("NUM", r"([\-\+]?\d+)"),
)
"""What the configuration masks that Drain3 shows in its README (``drain3.ini``)."""


@dataclass(frozen=True, slots=True)
class Miners:
    """Makes fresh miners of Drain3: as it is, and masking numbers and ids first, which it recommends."""

    template_miner: Callable[[], Any]
    masking_miner: Callable[[], Any]


def drain3() -> Miners | None:
    """Drain3's miners, or None where it is not installed (dependency group ``bench``)."""
    try:
        miner = importlib.import_module("drain3")
        config = importlib.import_module("drain3.template_miner_config")
        masking = importlib.import_module("drain3.masking")
    except ModuleNotFoundError:
        return None

    def masked() -> Any:
        chosen = config.TemplateMinerConfig()
        chosen.masking_instructions = [
            masking.MaskingInstruction(pattern.join(_EDGE), name) for name, pattern in _MASKS
        ]
        return miner.TemplateMiner(config=chosen)

    return Miners(lambda: miner.TemplateMiner(config=config.TemplateMinerConfig()), masked)
