# SPDX-License-Identifier: Apache-2.0
"""Training: what it writes is loaded at run time, and a run that was killed ends as one that was not."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agent_planner.errors import ConfigError, UserError
from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.local import LocalModel
from agent_planner.tuning.training import model as training_model
from agent_planner.tuning.training.config import load_config
from agent_planner.tuning.training.journal import read_log
from agent_planner.tuning.training.train import Trainer, parameter_groups
from tests.tuning.training.tiny import FAMILIES, SEES, talk, tiny_base, tiny_model
from tests.waits import until

ROOT = Path(__file__).parents[3]
GRAMMAR = 'start: "at(drawer)\\n" ("navigate_to" | "pick") "(target=\\"" ("drawer" | "shelf") "\\")"'


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Twelve records, some of one scene."""
    file = tmp_path_factory.mktemp("data") / "records.jsonl"
    records = [talk(1 + number % 4, ("drawer", "shelf", "oven")[number % 3]) for number in range(12)]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def told(base, data, **more):
    common = {"base": str(base), "base_name": "some/base", "data": [data], "first_layer": 1, "batch": 2, "warmup": 2}
    return load_config("tiny", common | {"steps": 3, "save_every": 2, "dtype": "float32", "dropout": 0.1} | more)


def trained(config, out, steps=sys.maxsize) -> list[float]:
    """Train, as far as ``steps``; returns the losses that its log holds."""
    trainer = Trainer(config, out)
    trainer.setup()
    for figures in trainer.run():
        if figures["step"] == steps:
            break
    return [figures["loss"] for figures in read_log(out)]


def answer(source: Path, adapter: Path | None = None) -> str:
    model = LocalModel(str(source), adapter)
    talked = (Message("system", "You direct a robot."), Message("user", "unmet: in(red cube, drawer)"))
    (reply,) = model.chat([ChatRequest("one", talked, GRAMMAR, max_tokens=80)])
    assert reply.finish == "stop"
    model.close()
    return reply.text


@pytest.mark.parametrize("family", FAMILIES)
def test_an_adapter_and_the_merged_model_answer_at_run_time(bases, data, tmp_path, family):
    losses = trained(told(bases[family], data, merge=True), tmp_path)
    assert len(losses) == 3 and all(loss > 0 for loss in losses)
    weights = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert {w.dtype for w in weights.values()} == {torch.bfloat16}
    assert not any(".layers.0." in name for name in weights)
    assert max(float(w.abs().max()) for name, w in weights.items() if "lora_B" in name) > 0
    said = answer(tmp_path / "model")
    assert said.startswith("at(drawer)\n") and said.endswith('")')
    assert said == answer(bases[family], tmp_path / "adapter")


def test_all_weights_are_learned_and_written(bases, data, tmp_path):
    trained(told(bases["qwen3"], data, full=True, dropout=0.0, gradient_checkpointing=True), tmp_path)
    before, after = (load_file(f / "model.safetensors") for f in (bases["qwen3"], tmp_path / "model"))
    assert before.keys() == after.keys()
    assert all(not torch.equal(before[name].to(torch.bfloat16), after[name]) for name in after if "norm" not in name)
    assert answer(tmp_path / "model").startswith("at(drawer)\n")
    assert not (tmp_path / "adapter").exists()


@pytest.mark.parametrize("full", [True, False])
def test_a_model_that_also_sees_learns_its_text_and_goes_on(data, tmp_path, full):
    base = tiny_base(SEES, tmp_path / "base")
    config = told(base, data, full=full, save_every=1)
    whole = trained(config, tmp_path / "whole")
    trained(config, tmp_path / "parts", 2)
    assert trained(config, tmp_path / "parts") == whole
    if not full:
        names = load_file(tmp_path / "parts" / "adapter" / "adapter_model.safetensors")
        assert names and all(".language_model." in name for name in names)
        assert answer(base, tmp_path / "parts" / "adapter").startswith("at(drawer)\n")
        return
    before, after = (load_file(f / "model.safetensors") for f in (base, tmp_path / "parts" / "model"))
    assert before.keys() == after.keys()
    changed = {name for name in after if not torch.equal(before[name].to(torch.bfloat16), after[name])}
    assert all(name.startswith("language_model.") for name in changed)
    assert any(".layers.0." in name for name in changed)


@pytest.mark.parametrize("more", [{}, {"merge": True}, {"full": True}])
def test_a_result_that_was_taken_away_is_written_again(bases, data, tmp_path, more):
    config = told(bases["llama"], data, **more)
    trained(config, tmp_path)
    made = json.loads((tmp_path / "run.json").read_text())["made"]
    for name in made:
        shutil.rmtree((tmp_path / name).parent, ignore_errors=True)
    trained(config, tmp_path)
    assert json.loads((tmp_path / "run.json").read_text())["made"] == made
    assert all((tmp_path / name).is_file() for name in made) and len(made) == 1 + ("merge" in more)


def test_a_run_goes_on_in_the_number_format_that_it_was_begun_in(bases, data, tmp_path, monkeypatch):
    config = told(bases["llama"], data, dtype="auto", save_every=1)
    for number in (torch.bfloat16, torch.float32):
        monkeypatch.setattr(training_model, "number_format", lambda device, number=number: number)
        trainer = Trainer(config, tmp_path)
        trainer.setup()
        next(trainer.run())
        assert trainer.format is torch.bfloat16
        assert json.loads((tmp_path / "run.json").read_text())["dtype"] == "bfloat16"


def test_the_loss_falls_and_the_turns_are_learned(bases, data, tmp_path):
    config = told(bases["llama"], data, full=True, dropout=0.0, steps=60, epochs=20, learning_rate=1e-2, save_every=60)
    losses = trained(config, tmp_path)
    assert losses[-1] < losses[0] / 3
    assert answer(tmp_path / "model") == 'at(drawer)\nnavigate_to(target="drawer")'


@pytest.mark.parametrize("family", FAMILIES)
def test_losses_do_not_depend_on_packing_or_on_the_size_of_a_pass(bases, data, tmp_path, family):
    config = told(bases[family], data, dropout=0.0, batch=6, warmup=1)
    variants = [{"packing": "tree"}, {"packing": "padded"}, {"packing": "tree", "pass_tokens": 200}]
    first, *others = (trained(config.model_copy(update=v), tmp_path / str(n)) for n, v in enumerate(variants))
    assert all(losses == pytest.approx(first, rel=1e-4) for losses in others)


def test_norms_and_biases_do_not_decay():
    model = tiny_model("llama", 90, attention_bias=True)
    names = {id(weight): name for name, weight in model.named_parameters()}
    decaying, others = parameter_groups(model, 0.1)
    assert (decaying["weight_decay"], others["weight_decay"]) == (0.1, 0.0)
    found = {names[id(weight)] for weight in others["params"]}
    assert found == {name for name in names.values() if "norm" in name or name.endswith("bias")}
    assert len(decaying["params"]) + len(found) == len(names) and any(name.endswith("bias") for name in found)


@pytest.mark.parametrize("full", [True, False])
def test_what_decays_is_the_same_after_a_break(bases, data, tmp_path, full):
    config = told(bases["llama"], data, full=full, steps=5, weight_decay=0.1)
    whole = trained(config, tmp_path / "whole")
    trained(config, tmp_path / "parts", 3)
    trainer = Trainer(config, tmp_path / "parts")
    trainer.setup()
    assert [group["weight_decay"] for group in trainer.optimizer.param_groups] == [0.1, 0.0][: 1 + full]
    assert trainer.step == 2
    list(trainer.run())
    assert [figures["loss"] for figures in read_log(tmp_path / "parts")] == whole


@pytest.mark.live
def test_a_killed_run_ends_as_one_that_was_not(bases, data, tmp_path):
    config = told(bases["llama"], data, steps=30, epochs=10, eval_data=[data], eval_every=8, save_every=4)
    whole = trained(config, tmp_path / "whole")
    out = tmp_path / "parts"
    code = (
        "import sys\n"
        "from agent_planner.llm.local import share_processors\n"
        "share_processors()\n"
        "from pathlib import Path\n"
        "from agent_planner.tuning.training.config import TrainConfig\n"
        "from agent_planner.tuning.training.train import Trainer\n"
        "trainer = Trainer(TrainConfig.model_validate_json(sys.argv[1]), Path(sys.argv[2]))\n"
        "trainer.setup()\n"
        "for figures in trainer.run():\n"
        "    if figures['step'] == 10: input()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, config.model_dump_json(), str(out)], stdin=subprocess.PIPE, cwd=ROOT
    )
    until(lambda: len(read_log(out)) >= 10, process, 120)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdin is not None
    process.stdin.close()
    assert [figures["step"] for figures in read_log(out)] == list(range(1, 11))
    assert trained(config, out) == whole
    a, b = (load_file(f / "adapter" / "adapter_model.safetensors") for f in (tmp_path / "whole", out))
    assert all(torch.equal(a[name], b[name]) for name in a)
    logs = [read_log(f) for f in (tmp_path / "whole", out)]
    assert [f.get("eval_loss") for f in logs[0]] == [f.get("eval_loss") for f in logs[1]]
    assert [f["computed_tokens"] for f in logs[0]] == [f["computed_tokens"] for f in logs[1]]
    # Files are read in the order of their names, by second and process: both may be of the same second.
    events = EventAccumulator(str(out / "tensorboard"), purge_orphaned_data=False).Reload()
    assert sorted({scalar.step for scalar in events.Scalars("loss")}) == list(range(1, 31))
    assert (out / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_two_processes_learn_as_one_does(bases, data, tmp_path):
    config = told(bases["llama"], data, dropout=0.0, batch=4, pass_tokens=300, eval_data=[data], eval_every=2)
    alone = trained(config, tmp_path / "one")
    # The second finds that it is faster in another format; the first decides.
    config = config.model_copy(update={"dtype": "auto"})
    code = (
        "import os, sys, torch\nfrom pathlib import Path\n"
        "from agent_planner.tuning.training import model\n"
        "model.number_format = lambda device: (torch.float32, torch.bfloat16)[int(os.environ['RANK'])]\n"
        "from agent_planner.tuning.training.config import TrainConfig\n"
        "from agent_planner.tuning.training.train import Trainer\n"
        "config, out = TrainConfig.model_validate_json(Path(sys.argv[1]).read_text()), Path(sys.argv[2])\n"
        "for steps in (2, 9):\n"
        "    trainer = Trainer(config, out)\n"
        "    trainer.setup()\n"
        "    any(figures['step'] == steps for figures in trainer.run())\n"
    )
    script, file = tmp_path / "script.py", tmp_path / "config.json"
    script.write_text(code)
    file.write_text(config.model_dump_json())
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launch, str(script), str(file), str(tmp_path / "two")],
        env=os.environ | {"PYTHONPATH": str(ROOT), "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    logs = [read_log(tmp_path / name) for name in ("one", "two")]
    assert [f["loss"] for f in logs[1]] == pytest.approx(alone, rel=1e-4)
    assert [f.get("eval_loss", 0) for f in logs[1]] == pytest.approx([f.get("eval_loss", 0) for f in logs[0]], rel=1e-4)


def test_a_run_goes_on_only_with_the_same(bases, data, tmp_path):
    config = told(bases["llama"], data)
    trained(config, tmp_path / "run", 2)
    with pytest.raises(ConfigError, match=r"begun otherwise \(learning_rate was 0.0006, is 0.01\)"):
        trained(config.model_copy(update={"learning_rate": 0.01}), tmp_path / "run")
    copy = tmp_path / "copy.jsonl"
    copy.write_text(data.read_text())
    trained(told(bases["llama"], copy), tmp_path / "other", 2)
    copy.write_text(data.read_text() * 2)
    with pytest.raises(ConfigError, match=r"copy\.jsonl has changed"):
        trained(told(bases["llama"], copy), tmp_path / "other")
    for number, name in enumerate(("one", "two")):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "episode.json").write_text(json.dumps(talk(2 + number)))
    recorded = told(bases["llama"], tmp_path / "runs", batch=1, steps=2, save_every=1, warmup=1)
    trained(recorded, tmp_path / "of-episodes", 1)
    (tmp_path / "runs" / "two" / "episode.json").write_text(json.dumps(talk(3, "shelf")))
    with pytest.raises(ConfigError, match=r"begun otherwise \(\S+/runs has changed\)"):
        trained(recorded, tmp_path / "of-episodes")
    start = tmp_path / "run" / "adapter"
    on = told(bases["llama"], data, start_adapter=start)
    trained(on, tmp_path / "on", 2)
    with pytest.raises(ConfigError, match="is of the base some/base, and this run's is some/other"):
        trained(on.model_copy(update={"base_name": "some/other"}), tmp_path / "other-base")
    (start / "adapter_model.safetensors").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"start_adapter/adapter_model\.safetensors has changed"):
        trained(on, tmp_path / "on")


def test_an_adapter_is_gone_on_from_and_names_its_base_and_no_folder(bases, data, tmp_path):
    config = told(bases["llama"], data)
    trained(config, tmp_path / "first")
    on = told(bases["llama"], data, start_adapter=tmp_path / "first" / "adapter", learning_rate=1e-9)
    trained(on, tmp_path / "second")
    a, b = (load_file(tmp_path / name / "adapter" / "adapter_model.safetensors") for name in ("first", "second"))
    assert all(torch.allclose(a[name], b[name], atol=1e-5) for name in a)
    ran = json.loads((tmp_path / "second" / "run.json").read_text())
    assert (ran["adapter"]["rank"], ran["adapter"]["layers"], ran["adapter"]["of"]) == (8, [1, 2], 3)
    assert {"base/model.safetensors", "start_adapter/adapter_model.safetensors"} <= ran["weights"].keys()
    made = (tmp_path / "second" / "adapter" / "adapter_model.safetensors").read_bytes()
    assert ran["made"] == {"adapter/adapter_model.safetensors": hashlib.sha256(made).hexdigest()}
    saved = (tmp_path / "second" / "adapter" / "adapter_config.json").read_text()
    assert json.loads(saved)["base_model_name_or_path"] == "some/base"
    assert str(tmp_path) not in saved and str(bases["llama"]) not in saved


def test_an_end_that_run_time_does_not_know_is_refused(data, tmp_path):
    base = tiny_base("gemma3", tmp_path / "base")
    (base / "generation_config.json").write_text('{"eos_token_id": 1}')
    with pytest.raises(UserError, match=r"ends a turn with '<end_of_turn>', which neither"):
        Trainer(told(base, data), tmp_path / "run").setup()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"first_layer": 3}, "first_layer: is 3, but the base has 3 layers"),
        ({"targets": ("q_proj", "qq")}, r"targets: the base has no linear layers \['qq'\]; known: down_proj, "),
        ({"warmup": 3.0}, "warmup: is 3 steps, and the run has 3 in all"),
        ({"base": "./nowhere"}, r"base \./nowhere: no causal language model can be loaded"),
        ({"start_adapter": Path("nowhere")}, "start_adapter: nowhere holds no adapter_config.json"),
    ],
)
def test_what_does_not_fit_is_told(bases, data, tmp_path, change, fault):
    config = told(bases["llama"], data).model_copy(update=change)
    with pytest.raises(UserError, match=fault):
        Trainer(config, tmp_path).setup()


@pytest.mark.model
def test_without_data_the_experts_episodes_are_learned(tmp_path):
    config = load_config("tiny", {"base": "default", "seeds": {"steps": 2, "branches": 2}, "rank": 2})
    losses = trained(config, tmp_path)
    assert len(losses) == 2 and 0.1 < losses[0] < 5
    name = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["base_model_name_or_path"]
    assert name == "HuggingFaceTB/SmolLM2-135M-Instruct"
