# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.llm.default_model import default_base
from agent_planner.llm.local import LocalModel, share_processors

share_processors()  # before a test module imports torch


@pytest.fixture(scope="session")
def base_folder():
    """The untuned default model as a transformers folder."""
    return default_base()


@pytest.fixture(scope="session")
def tokenizer(base_folder):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(base_folder))


@pytest.fixture(scope="session")
def loaded(base_folder):
    """The untuned default model in fp32, loaded once for all tests.

    In bf16, what is computed at once and what is computed in parts differ by enough to turn a close choice.
    """
    import torch

    from agent_planner.llm import weights

    model = LocalModel(str(base_folder), name="base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "number_format", lambda device: torch.float32)
        model.load()
    yield model
    model.close()


@pytest.fixture
def model(loaded):
    """The same, with nothing in its cache."""
    loaded._session._store.clear()
    return loaded
