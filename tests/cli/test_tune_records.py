# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune import` as a person calls it, and the way back."""

import json

import pytest
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.errors import ConfigError, UserError


def run(*arguments):
    return CliRunner().invoke(app, ["tune", *map(str, arguments)], catch_exceptions=False)


def test_sharegpt_comes_in_and_goes_out_as_messages(tmp_path):
    talk, records, messages = tmp_path / "talk.json", tmp_path / "records.jsonl", tmp_path / "messages.jsonl"
    turns = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]
    talk.write_text(json.dumps([{"id": "t", "conversations": turns}]))
    done = run("import", talk, "--out", records)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, f"1 conversation written to {records} (agent)")
    done = run("export", records, "--out", messages, "--schema", "openai")
    assert done.exit_code == 0
    manifests = [json.loads((tmp_path / f"{name}.manifest.json").read_text()) for name in ("records", "messages")]
    assert [manifest["made_by"] for manifest in manifests] == ["tune import", "tune export"]
    assert [list(manifest["inputs"]) for manifest in manifests] == [[str(talk)], [str(records)]]
    assert manifests[0]["config"] == {"schema": "", "reward_from": "nothing", "skip_unusable": False}
    assert manifests[0]["counts"] == {"records": 1, "unusable": {}}
    assert json.loads(messages.read_text()) == {
        "id": "t",
        "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}],
    }


def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path):
    talk, out = tmp_path / "talk.jsonl", tmp_path / "out.jsonl"
    talk.write_text('{"conversations": [{"from": "human", "value": "hi"}]}\n{"conversations": 3}\n')
    with pytest.raises(ConfigError, match=r"talk\.jsonl:2: has neither.*; `tune import --skip-unusable` leaves such"):
        run("import", talk, "--out", out)
    assert not out.exists()
    with pytest.raises(UserError, match=r"talk\.jsonl is read and would be written over; choose another file"):
        run("export", talk, "--out", talk)
    with pytest.raises(UserError, match="is a folder; name a file to write"):
        run("import", talk, "--out", tmp_path)
    assert talk.read_text().count("\n") == 2


def test_what_cannot_be_used_is_left_out_and_counted_by_reason(tmp_path):
    def call(arguments):
        return {"function": {"name": "f", "arguments": arguments}}

    asked = {"role": "user", "content": "hi"}
    odd = {
        "parallel_tool_calls": {"role": "assistant", "tool_calls": [call("{}")] * 2},
        "arguments_of_other_form": {"role": "assistant", "tool_calls": [call('{"a": [1]}')]},
        "malformed_tool_call": {"role": "assistant", "tool_calls": [call("{")]},
        "malformed": {"role": "robot", "content": "hi"},
        "empty_answers": {"role": "assistant", "content": ""},
        "unnamed_tool": {"role": "assistant", "tool_calls": [call("{}")]},
        "half_character": {"role": "assistant", "content": "hello", "name": "\ud83d"},
    }
    items = [{"messages": [asked, message]} for message in odd.values()]
    items += [{"messages": []}, {"text": "hi"}, {"messages": [asked, {"role": "assistant", "content": "hello"}]}]
    source, out = tmp_path / "talk.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(item) + "\n" for item in items))
    done = run("import", source, "--out", out, "--skip-unusable")
    assert "left out as unusable: parallel_tool_calls 1, " in done.stdout
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == [f"{source}:10"]
    counts = json.loads((tmp_path / "out.manifest.json").read_text())["counts"]
    reasons = (*odd, "empty_conversation", "no_conversation")
    assert counts == {"records": 1, "unusable": dict.fromkeys(reasons, 1)}


def test_what_was_said_while_it_looked_for_a_thing_is_a_conversation_of_its_own(tmp_path):
    turns = [{"from": "human", "loss": None, "value": "u"}, {"from": "gpt", "loss": True, "value": "goal: none"}]
    source, out = tmp_path / "episode.json", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "e", "conversations": turns, "reward": 1.0, "earlier": [turns[:1] + turns]}))
    run("import", source, "--out", out)
    first, last = map(json.loads, out.read_text().splitlines())
    assert (first["id"], len(first["conversations"]), first["reward"]) == ("e/0", 3, 1.0)
    assert (last["id"], len(last["conversations"]), "earlier" in last) == ("e", 2, False)


def episode(name, *relations, **more):
    """A recorded episode of a real robot that was to put the cup on the desk."""
    turns = [("human", None, f"Instruction: {name}"), ("gpt", True, "goal: on(cup, desk)")]
    return {
        "id": name,
        "conversations": [{"from": who, "loss": loss, "value": value} for who, loss, value in turns],
        "outcome": "succeeded",
        "goal": "on(cup, desk)",
        "steps": [{"call": 'place_on(object="cup", surface="desk")', "result": "ok"}],
        "scene": {"objects": [{"name": "cup"}], "places": [{"name": "desk"}], "relations": list(relations)},
    } | more


@pytest.fixture
def runs(tmp_path):
    found = {
        "good": episode("good", ["on", "cup", "desk"]),
        "gone": episode("gone"),
        "late": episode("late", ["on", "cup", "desk"], outcome="timeout"),
        "simulated": episode("simulated", reward=1.0, family="on", violations=[]),
        "asked": episode("asked", goal='which("cup": cup, mug)'),
    }
    for name, data in found.items():
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "episode.json").write_text(json.dumps(data))
    return tmp_path / "runs"


def kept(records, out):
    done = run("filter", records, "--out", out)
    return [json.loads(line)["id"] for line in out.read_text().splitlines()], done.stdout.splitlines()[-1]


def test_the_reward_of_an_episode_in_simulation_comes_along_and_the_rest_is_dropped(runs, tmp_path):
    records, out = tmp_path / "records.jsonl", tmp_path / "kept.jsonl"
    run("import", runs, "--out", records)
    assert kept(records, out) == (["simulated"], f"1 kept in {out}; dropped: no_reward 4")


def test_where_nobody_knows_the_truth_the_stated_goal_may_reward(runs, tmp_path):
    records, out = tmp_path / "records.jsonl", tmp_path / "kept.jsonl"
    run("import", runs, "--out", records, "--reward-from", "scene")
    assert kept(records, out)[0] == ["good", "simulated"]
    found = {data["id"]: data for data in map(json.loads, records.read_text().splitlines())}
    assert {name: data.get("reward") for name, data in found.items()} == {
        "asked": None, "gone": 0.0, "good": 1.0, "late": 0.0, "simulated": 1.0,
    }  # fmt: skip
    assert (found["good"]["reward_from"], found["good"]["family"]) == ("stated_goal", "on")
    assert "reward_from" not in found["simulated"]


def test_no_reward_is_one_that_is_no_number(runs, tmp_path):
    (runs / "gone" / "episode.json").write_text(json.dumps(episode("gone", reward=None)))
    run("import", runs, "--out", tmp_path / "records.jsonl", "--reward-from", "scene")
    found = {data["id"]: data for data in map(json.loads, (tmp_path / "records.jsonl").read_text().splitlines())}
    assert (found["gone"]["reward"], found["gone"]["reward_from"]) == (0.0, "stated_goal")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scene": {"objects": [{"name": "A B"}]}}, r"scene\.objects\.0\.name: String should match"),
        ({"steps": [{"call": "stop()"}]}, r"steps\.0\.result: is missing"),
        ({"steps": [{"result": "ok"}, {"call": "Stop", "result": "ok"}]}, r"steps\.1: call: end with one call"),
        ({"goal": "on(cup"}, "goal: "),
    ],
)
def test_an_episode_that_cannot_be_read_is_told_with_its_file(runs, tmp_path, change, told):
    (runs / "good" / "episode.json").write_text(json.dumps(episode("good", **change)))
    with pytest.raises(ConfigError, match=rf"good/episode\.json: {told}"):
        run("import", runs, "--out", tmp_path / "records.jsonl", "--reward-from", "scene")
    done = run("import", runs, "--out", tmp_path / "records.jsonl", "--reward-from", "scene", "--skip-unusable")
    assert "left out as unusable: unreadable_episode 1" in done.stdout
