# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.llm.local import share_processors

share_processors()  # before a test module imports torch


@pytest.fixture(scope="session")
def bases(tmp_path_factory):
    """Folders of tiny random models, by the name of their family."""
    from tests.tuning.training.tiny import FAMILIES, tiny_base

    return {family: tiny_base(family, tmp_path_factory.mktemp(family)) for family in FAMILIES}
