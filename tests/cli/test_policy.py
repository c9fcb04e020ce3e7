# SPDX-License-Identifier: Apache-2.0
"""`agent-planner policy`: what a person sees."""

import sys

import pytest

from agent_planner.cli import main as command

POLICY = """
zones:
  lab: [[3, 1], [5, 1], [5, 3], [3, 3]]
bounds:
  reach_m: 0.9
rules:
- {name: lab, then: deny, because: people work there, zones: [lab]}
- {name: all else, then: allow}
"""
SCENE = """
objects:
- {name: cup, pose: [1.0, 0.0, 0.65], size: [0.08, 0.08, 0.1]}
places:
- {name: desk, pose: [1.0, 0.0, 0.3, 0.0], size: [0.6, 0.4, 0.6]}
- {name: bin, pose: {x: 4.0, y: 2.0}, size: [0.6, 0.4, 0.4], affordances: [container]}
relations: [[at, desk], [at, cup], ["on", cup, desk]]
robot: {base: [0.3, 0.0]}
"""


@pytest.fixture
def call(monkeypatch, capsys):
    """Run the command line in this process; exit code, stdout, stderr."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["agent-planner", "policy", *map(str, arguments)])
        monkeypatch.setattr(command, "raise_on_termination", lambda: None)
        with pytest.raises(SystemExit) as ended:
            command.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.fixture
def files(tmp_path):
    policy, scene = tmp_path / "policy.yaml", tmp_path / "scene.yaml"
    policy.write_text(POLICY)
    scene.write_text(SCENE)
    return policy, scene


def test_a_valid_policy(call, files):
    code, out, _ = call("check", files[0])
    assert (code, out) == (0, f"{files[0]}: 2 rules and 1 zones are valid; bounds: reach_m\n")
    code, out, _ = call("check", "simulation")
    assert code == 0 and "2 rules" in out


def test_a_fault_is_one_paragraph_with_line_and_field(call, files):
    files[0].write_text(POLICY.replace("zones: [lab]", "zones: [lib], skills: [fly]"))
    code, out, err = call("check", files[0])
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith(f"agent-planner: {files[0]}:7: rules.0.zones: there is no zone 'lib'; did you mean 'lab'?")
    assert "line 7: rules.0.skills: the library has no skill 'fly'" in line


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        (
            'navigate_to(target="bin")',
            ["deny      lab: people work there", "allow     all else (not reached)"],
        ),
        ('pick(object="cup")', ["no match  lab: it does not lead into lab", "allow     all else"]),
        (
            'pick(object="bin")',
            None,
        ),
    ],
)
def test_which_rule_decides_and_what_the_others_said(call, files, said, lines):
    policy, scene = files
    code, out, err = call("explain", said, "--policy", policy, "--scene", scene)
    if lines is None:
        assert (code, out) == (2, "")
        assert "object must be a graspable object; 'bin' is not one" in err
        return
    told = out.splitlines()
    assert (code, told[: len(lines)]) == (0, lines)
    effect = next(line.split()[0] for line in lines if not line.startswith("no match"))
    assert told[-1] == f"decision  {effect}: {said}"


def test_without_a_scene_no_place_is_known(call, files):
    code, out, _ = call("explain", 'navigate_to(target="bin")', "--policy", files[0])
    assert code == 0
    assert "deny      lab: it depends on where 'bin' is, which is not known" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "/no/such.yaml"), "/no/such.yaml: there is no such policy; known: simulation"),
        (("explain", "pick(cup)"), "pick(cup): cannot read the arguments at 'cup'"),
        (("explain", "fly()"), "fly(): 'fly' is not in the library"),
        (("explain", 'pick(object="robot")'), "'robot' cannot be an entity's name: 'robot' begins a line"),
        (("explain", 'pick(object="a")', "--scene", "/no/such.yaml"), "/no/such.yaml: cannot be read"),
    ],
)
def test_a_mistake_is_one_paragraph_and_code_2(call, arguments, said):
    code, _, err = call(*arguments)
    assert code == 2 and "Traceback" not in err
    assert said in err.splitlines()[-1]
