# SPDX-License-Identifier: Apache-2.0
"""What a person sees of a mistake: one paragraph, an exit code, no traceback."""

import json
import socket
import subprocess
import sys

import pytest

from agent_planner.cli import main as command

HEAVY = ("torch", "transformers", "rclpy", "mujoco", "peft", "numpy", "mcp", "fastapi", "uvicorn")


def call(monkeypatch, capsys, *arguments: str) -> tuple[int, str, str]:
    """Run the command line in this process; exit code, stdout, stderr."""
    monkeypatch.setattr(sys, "argv", ["agent-planner", *arguments])
    monkeypatch.setattr(command, "raise_on_termination", lambda: None)
    with pytest.raises(SystemExit) as ended:
        command.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", ""), "the instruction is empty; say what is to be done"),
        (("demo", " \n\t "), "the instruction is empty"),
        (("demo", "x" * 10_000), "10000 characters and at most 2000 are taken"),
        (("send", ""), "the instruction is empty"),
        (("demo", "--robot", "mobile_manipulater"), "did you mean 'mobile_manipulator'?"),
        (("run", "--robot", "nobody"), "nobody: there is no such robot; known: "),
        (("demo", "--scene", "tidi"), "there is no scene 'tidi'; did you mean 'tidy'?"),
        (("demo", "--model", "/no/such/folder"), "there is no folder '/no/such/folder'"),
        (("demo", "--policy", "simulatoin"), "simulatoin: there is no such policy; did you mean 'simulation'?"),
        (("eval", "--policy", "simulation"), "--policy simulation: the symbolic world draws its own robots and scenes"),
        (("eval", "--robot", "fixed_arm"), "--robot fixed_arm: the symbolic world"),
        (
            ("eval", "--scene", "table_top", "--scene-source", "camera", "--rtf", "2"),
            "--scene table_top, --scene-source camera, --rtf 2.0: the symbolic world",
        ),
        (("eval", "--out", "/"), "/ is a folder; name a file to write"),
        (("demo", "--video", "/"), "/ is a folder; name a file to write"),
        (("demo", "--port", "9999"), "--port 9999 is of the console; add --console"),
        (("tune", "report", __file__, "--out", __file__), f"{__file__}: no folder can be made there"),
        (("tune", "train", "--out", __file__, "--config", "tiny"), f"{__file__}: no folder can be made there"),
        (("tune", "study", __file__, "--config", "tiny"), f"{__file__}: no folder can be made there"),
        (("demo", "--video", "/no/such/folder/a.mp4"), "there is no folder /no/such/folder"),
        (("eval", "--seeds", "7"), "--seeds 7: write A:B with A < B"),
        (("eval", "--suite", "smok"), "did you mean 'smoke'?"),
        (("eval", "--model", "/no/such/folder"), "there is no folder '/no/such/folder'"),
        (("eval", "--out", "/proc/no/such.json"), "/proc/no/such.json: cannot be written"),
        (("skills", "check", "/no/such/file.yaml"), "/no/such/file.yaml: there is no such skill library"),
        (("skills", "list", "/no/such/file.yaml"), "/no/such/file.yaml: there is no such skill library"),
    ],
)
def test_a_mistake_is_one_paragraph_and_code_2(monkeypatch, capsys, arguments, said):
    code, out, err = call(monkeypatch, capsys, *arguments)
    last = err.rstrip("\n").splitlines()[-1]
    assert code == 2
    assert last.startswith("agent-planner: ")
    assert said in last
    assert "Traceback" not in err
    assert out.count("\n") <= 2  # at most what was being done


def test_a_dead_endpoint_is_a_mistake_of_the_person(monkeypatch, capsys):
    url = f"http://127.0.0.1:{free_port()}/v1"
    code, _, err = call(monkeypatch, capsys, "demo", "--model", f"openai:some@{url}")
    assert code == 2
    assert url in err
    assert "Traceback" not in err


def test_no_terminal_obeys_what_a_mistake_quotes(monkeypatch, capsys):
    _, _, err = call(monkeypatch, capsys, "run", "--robot", "no\x1b[2Jbody")
    assert "no [2Jbody: there is no such robot" in err


def test_a_broken_skill_file_is_named_with_line_and_field(monkeypatch, capsys, tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text("skills:\n- name: wave\n  description: Wave.\n  timeout_s: -1\n")
    code, _, err = call(monkeypatch, capsys, "skills", "check", "--no-types", str(path))
    assert code == 2
    assert f"{path}:4: skills.0.timeout_s" in err


def test_an_unknown_option_is_told_with_code_2(monkeypatch, capsys):
    code, _, err = call(monkeypatch, capsys, "demo", "--sede", "3")
    assert code == 2
    assert "--seed" in err


def test_a_valid_file_passes(monkeypatch, capsys, tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text("skills:\n- name: wave\n  description: Wave.\n")
    code, out, _ = call(monkeypatch, capsys, "skills", "check", "--no-types", str(path))
    assert (code, out) == (0, f"{path}: 1 skills are valid (not compared with ROS types)\n")


@pytest.mark.ros
def test_a_binding_that_does_not_fit_its_type_is_told(monkeypatch, capsys, tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text(
        "skills:\n- name: ring\n  description: Ring.\n"
        "  service: {name: ring, type: std_srvs/srv/Trigger, success: {sucess: true}}\n"
    )
    code, _, err = call(monkeypatch, capsys, "skills", "check", str(path))
    assert code == 2
    assert "ring: success: Trigger_Response has no field 'sucess'" in err
    assert "did you mean 'success'?" in err


@pytest.mark.ros
def test_a_type_of_a_package_that_is_not_installed_is_told_but_no_mistake(monkeypatch, capsys, tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text(
        "skills:\n- name: dock\n  description: Dock.\n  action: {name: dock, type: nowhere_msgs/action/Dock}\n"
    )
    code, out, _ = call(monkeypatch, capsys, "skills", "check", str(path))
    assert code == 0
    assert "dock (nowhere_msgs/action/Dock)" in out


def test_the_list_of_skills_shows_what_they_need_and_make(monkeypatch, capsys):
    code, out, _ = call(monkeypatch, capsys, "skills", "list")
    assert code == 0
    assert "place_in(object, container)" in out
    assert "makes at(target)" in out


def test_help_imports_nothing_heavy():
    script = (
        "import sys; import agent_planner.cli.main as m; m.app(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert "demo" in done.stdout
    assert done.stderr.splitlines()[-1] == "[]"


def test_json_is_the_last_line_and_all_else_goes_to_stderr(monkeypatch, capsys, tmp_path):
    from agent_planner.tuning.scenarios.suites import scenario_of

    goal = f"goal: {scenario_of('smoke', 'dev', 0).goal}"
    script = tmp_path / "script.json"
    # It states the goal and then gives up again and again, which is refused, since the goal can be reached.
    gives_up = 'it is enough\ngive_up(reason="tired")'
    script.write_text(json.dumps([goal, *[gives_up] * 3]))
    report = tmp_path / "out" / "report.json"
    code, out, err = call(
        monkeypatch, capsys, "eval", "--seeds", "0:1", "--model", f"scripted:{script}", "--json", "--out", str(report)
    )
    assert code == 0
    (line,) = out.splitlines()
    figures = json.loads(line)
    assert figures["n"] == 1
    assert figures["success"] == 0.0
    assert figures["goal_exact"] == 1.0
    assert figures["outcomes"] == {"failed": 1}
    wanted = {"suite", "backend", "model", "ci95", "refused_call_rate", "raw_invalid_rate", "seconds"}
    assert wanted <= figures.keys()
    assert "failed 1" in err
    (episode,) = json.loads(report.read_text())["episodes"]
    assert (episode["goal"], episode["error"]) == (goal.removeprefix("goal: "), "loop")
