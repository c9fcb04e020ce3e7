# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune gguf`, as a person calls it."""

import re
from pathlib import Path

import pytest
import typer
from gguf import GGUFReader
from typer.testing import CliRunner

from agent_planner.cli import tune_gguf
from agent_planner.errors import UserError

ROOT = Path(__file__).parents[2]
app = typer.Typer()
app.command()(tune_gguf.gguf)


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def test_the_types_are_listed():
    assert re.search(r"f32\|f16\|bf16\|q8_0", run("--help").stdout)


def test_what_is_not_there_is_told_and_nothing_is_written(tmp_path):
    with pytest.raises(UserError, match="give default, or a folder that holds a model or an adapter"):
        run(tmp_path / "nowhere", tmp_path / "m.gguf")
    assert not list(tmp_path.iterdir())


@pytest.mark.model
def test_the_default_model_is_written_with_its_adapter(tmp_path):
    out = tmp_path / "default.gguf"
    done = run("default", out)
    assert done.exit_code == 0
    told, _, section = done.stdout.splitlines()[-1].partition("; what to do with it: docs/tuning.md, ")
    assert told == f"{out}: 145 MB, q8_0"
    assert f"\n## {section}\n" in (ROOT / "docs" / "tuning.md").read_text()
    assert out.stat().st_size == pytest.approx(145e6, rel=0.01)
    fields = GGUFReader(out).fields
    assert fields["tokenizer.ggml.pre"].contents() == "smollm"
    assert "SmolLM2-135M-Instruct with the LoRA adapter default merged" in fields["general.description"].contents()
