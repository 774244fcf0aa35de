"""For all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# How long an example takes is no matter of tests: machines are busy.
settings.register_profile("here", deadline=None)
# In CI a property is tried on the same examples each time: a new one must not hold up somebody else's change.
# Every run elsewhere looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
