# SPDX-License-Identifier: Apache-2.0
"""What a run says of itself: the weights that it begins with and those that came out."""

import hashlib
import json

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.training import run_file
from agent_planner.tuning.training.config import load_config
from agent_planner.tuning.training.run_file import begun_with, check_run, end_run, write_run


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def begun(tmp_path):
    """The folders of a base and of an adapter."""
    for name, file in (("base", "model.safetensors"), ("adapter", "adapter_model.safetensors")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_bytes(name.encode())
    (tmp_path / "base" / "config.json").write_text("{}")
    (tmp_path / "adapter" / "adapter_config.json").write_text("{}")
    return tmp_path


def test_weights_are_known_by_their_hashes(begun):
    assert begun_with(str(begun / "base"), begun / "adapter") == {
        "base/model.safetensors": sha256(b"base"),
        "start_adapter/adapter_config.json": sha256(b"{}"),
        "start_adapter/adapter_model.safetensors": sha256(b"adapter"),
    }
    assert begun_with("some/name-of-the-hub", None) == {}


def test_of_a_large_file_size_and_ends_are_looked_at(begun, monkeypatch):
    monkeypatch.setattr(run_file, "_WHOLE", 10)
    monkeypatch.setattr(run_file, "_END", 4)
    file = begun / "base" / "model.safetensors"
    found = []
    for data in (b"0123456789ab", b"0123xxxx89ab", b"0123456789aX", b"0123456789abc"):
        file.write_bytes(data)
        (one,) = begun_with(str(begun / "base"), None).values()
        found.append(one)
    assert found[0] == found[1] == f"12 bytes, both ends {sha256(b'012389ab')}"
    assert len(set(found)) == 3


@pytest.mark.parametrize("name", ["base/model.safetensors", "adapter/adapter_model.safetensors"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_run_goes_on_only_with_the_same_weights(begun, name, gone):
    config = load_config("tiny", {"start_adapter": begun / "adapter"})
    folder = begun / "run"
    folder.mkdir()

    def weights():
        return begun_with(str(begun / "base"), config.start_adapter)

    write_run(folder, config, weights(), {})
    check_run(folder, config, weights())
    if gone:
        (begun / name).unlink()
    else:
        (begun / name).write_bytes(b"other")
    with pytest.raises(ConfigError, match=rf"begun otherwise \(\w+/{name.partition('/')[2]} has changed\)"):
        check_run(folder, config, weights())


def test_what_came_out_is_added(begun):
    write_run(begun, load_config("tiny"), {}, {"steps": 4})
    end_run(begun)
    ran = json.loads((begun / "run.json").read_text())
    assert ran["made"] == {"adapter/adapter_model.safetensors": sha256(b"adapter")}
    assert ran["steps"] == 4
    assert ran["versions"].keys() == {"agent_planner", "torch", "transformers", "peft"}
