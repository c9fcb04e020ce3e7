# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune export`, as a person calls it; records there and back: test_tune_records.py."""

from pathlib import Path

import pytest
from gguf import GGUFReader
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.errors import UserError

ROOT = Path(__file__).parents[2]


def run(*arguments):
    return CliRunner().invoke(app, ["tune", "export", *map(str, arguments)], catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("{}/nowhere", "--gguf"), "give default, or a folder that holds a model or an adapter"),
        (("{}/nowhere",), "there is no file or folder '.*nowhere'; a model is exported with --gguf"),
        (("default", "--gguf", "--schema", "openai"), "--schema is for records, --gguf for a model"),
        (("{}", "--type", "f16"), "--type tells how a model is stored; give --gguf, too"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path, arguments, told):
    with pytest.raises(UserError, match=told):
        run(*(argument.format(tmp_path) for argument in arguments), "--out", tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.model
def test_the_default_model_is_written_with_its_adapter(tmp_path):
    out = tmp_path / "a folder to come" / "default.gguf"
    done = run("default", "--gguf", "--out", out)
    assert done.exit_code == 0
    told, _, section = done.stdout.splitlines()[-1].partition("; what to do with it: docs/tuning.md, ")
    assert told == f"{out}: 145 MB, q8_0"
    assert f"\n## {section}\n" in (ROOT / "docs" / "tuning.md").read_text()
    assert out.stat().st_size == pytest.approx(145e6, rel=0.01)
    fields = GGUFReader(out).fields
    assert fields["tokenizer.ggml.pre"].contents() == "smollm"
    assert "SmolLM2-135M-Instruct with the LoRA adapter default merged" in fields["general.description"].contents()
