# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys

import pytest

from agent_planner.errors import UserError
from agent_planner.llm import choose_model
from agent_planner.llm.default_model import default_adapter
from agent_planner.llm.local import LocalModel


def test_default_says_whether_it_is_tuned():
    assert choose_model("default").name == ("default" if default_adapter() else "base")
    assert choose_model("base").name == "base"


def test_an_endpoint():
    assert (
        choose_model("openai:some/model@http://127.0.0.1:8000/v1/").name == "openai:some/model@http://127.0.0.1:8000/v1"
    )


def test_an_endpoint_whose_models_name_holds_an_at():
    assert choose_model("openai:@cf/meta/llama@2@https://a.b/v1").name == "openai:@cf/meta/llama@2@https://a.b/v1"


def test_a_script(tmp_path):
    file = tmp_path / "script.json"
    file.write_text('["goal: at(desk)"]')
    assert choose_model(f"scripted:{file}").name == f"scripted:{file}"


def test_folders_of_a_model_and_of_an_adapter(tmp_path):
    for name in ("config.json", "adapter_config.json"):
        folder = tmp_path / name.split(".")[0]
        folder.mkdir()
        (folder / name).write_text("{}")
        assert isinstance(choose_model(str(folder)), LocalModel)


def test_a_name_of_hugging_face():
    assert choose_model("org/model").name == "org/model"


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("defualt", "did you mean 'default'"),
        ("/no/such/folder", "no folder '/no/such/folder'; choose default, base"),
        ("./here", "no folder './here'"),
        ("openai:model", "openai:MODEL@http://host:port/v1"),
        ("openai:@http://a/v1", "openai:MODEL@http://host:port/v1"),
        ("openai:m@ftp://a", "openai:MODEL@http://host:port/v1"),
        ("scripted:/no/such/file", "JSON list of answers"),
    ],
)
def test_what_is_wrong_is_said_with_the_alternatives(choice, says):
    with pytest.raises(UserError, match=says):
        choose_model(choice)


def test_an_empty_folder(tmp_path):
    with pytest.raises(UserError, match=r"neither a model \(config.json\) nor a LoRA adapter"):
        choose_model(str(tmp_path))


@pytest.mark.parametrize(("given", "then"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_torchs_threads_sleep_while_they_wait(given, then):
    """In a process of its own: the value counts only if it is there when torch comes."""
    code = (
        "import os, sys, agent_planner.llm.local as local\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torch': print(os.environ.get('OMP_WAIT_POLICY')); sys.exit(0)\n"
        "sys.meta_path.insert(0, Watch())\n"
        "local.LocalModel('/no/such/folder').load()"
    )
    env = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"} | (
        {"OMP_WAIT_POLICY": given} if given else {}
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout == f"{then}\n"


def test_importing_and_choosing_loads_no_torch():
    code = (
        "import sys; from agent_planner.llm import choose_model; choose_model('base');"
        "print([m for m in ('torch', 'transformers', 'httpx', 'rclpy') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
