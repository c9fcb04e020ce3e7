# SPDX-License-Identifier: Apache-2.0
"""A few situations to collect from."""

import pytest

from agent_planner.tuning.scenarios.situations import draw_situations


@pytest.fixture(scope="session")
def situations():
    return {s.id: s for index in range(4) for s in draw_situations("train", 3, index, 6)}
