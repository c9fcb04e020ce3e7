# SPDX-License-Identifier: Apache-2.0
"""A model that is loaded in a thread of its own, and is freed once, whenever that is asked."""

import threading

import pytest

from agent_planner.errors import InfrastructureError, ModelError
from agent_planner.ros.model_loader import ModelLoader
from tests.waits import SECONDS


class Model:
    """Loads until it is let."""

    name = "big"

    def __init__(self):
        self.loading, self.go, self.closed = threading.Event(), threading.Event(), threading.Event()
        self.did = []
        self.fault = None

    def load(self, progress):
        self.loading.set()
        assert self.go.wait(SECONDS)
        self.did.append("loaded")
        if self.fault is not None:
            raise self.fault

    def close(self):
        self.did.append("closed")
        self.closed.set()


@pytest.fixture
def model():
    model = Model()
    yield model
    model.go.set()


def ready(loader):
    return loader.wait(threading.Event(), lambda text: None)


def test_what_is_loaded_is_freed_at_once(model):
    loader = ModelLoader(model)
    loader.start()
    model.go.set()
    assert ready(loader) is model
    loader.close(SECONDS)
    assert model.did == ["loaded", "closed"]


def test_what_is_still_being_loaded_is_freed_when_it_has_been(model):
    loader = ModelLoader(model)
    loader.start()
    assert model.loading.wait(SECONDS)
    loader.close(0.0)
    assert model.did == []
    model.go.set()
    assert model.closed.wait(SECONDS)
    assert model.did == ["loaded", "closed"]


def test_what_cannot_be_loaded_is_freed_too(model):
    model.fault = InfrastructureError("no memory")
    loader = ModelLoader(model)
    loader.start()
    model.go.set()
    with pytest.raises(ModelError, match="the model 'big' could not be loaded: no memory"):
        ready(loader)
    loader.close(SECONDS)
    assert model.did == ["loaded", "closed"]


def test_what_was_never_begun_is_freed(model):
    ModelLoader(model).close(SECONDS)
    assert model.did == ["closed"]
