"""The baseline of suite ``diagnosis``: Drain3, which mines templates out of messages (logpai/Drain3, MIT)."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Miners:
    """Makes fresh miners of Drain3: the public ``TemplateMiner``, and the bare tree inside it."""

    template_miner: Callable[[], Any]
    tree: Callable[[], Any]


def drain3() -> Miners | None:
    """Drain3's miners, or None where it is not installed (extra ``dev``)."""
    try:
        miner = importlib.import_module("drain3")
        config = importlib.import_module("drain3.template_miner_config")
        tree = importlib.import_module("drain3.drain")
    except ModuleNotFoundError:
        return None
    return Miners(lambda: miner.TemplateMiner(config=config.TemplateMinerConfig()), tree.Drain)
