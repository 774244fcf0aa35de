"""For all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# In CI a property is tried on the same examples each time: a new one must not hold up somebody else's change.
# Every run elsewhere looks for new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
