"""A world for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.dataverse.world import World, build_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    built = build_world()
    yield built
    await built.aclose()
