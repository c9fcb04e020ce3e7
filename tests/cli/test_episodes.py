# SPDX-License-Identifier: Apache-2.0
"""`agent-planner episodes`, as a person calls it, on episodes that the recorder wrote."""

import json
import time

import pytest
from mcap.reader import make_reader
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.errors import UserError
from tests.recording.recorded import PUT, helped

CUT, DONE = "20260131-120000-aaaa", "20260131-130000-bbbb"


@pytest.fixture
def runs(tmp_path):
    helped(tmp_path / "runs", CUT, ended=False)
    helped(tmp_path / "runs" / "run", DONE)
    return tmp_path / "runs"


@pytest.fixture
def run(runs):
    """Call it with the words after `episodes`; returns what was printed."""

    def run(*arguments):
        words = ["episodes", *map(str, arguments), "--runs", str(runs)]
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_a_list_has_a_line_for_each(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    head, cut, _, done, rest = run("list").splitlines()
    assert head.split() == ["id", "outcome", "source", "seconds", "MB", "instruction"]
    assert cut.startswith(f"{CUT} ") and "unfinished" in cut
    assert done.startswith(f"{DONE} ") and "succeeded" in done and "model, human" in done
    assert " ".join([done, rest.strip()]).endswith("put the cup on the desk")


def test_no_terminal_obeys_what_was_recorded(run, runs):
    for file in (runs / "run" / DONE).glob("*.json*"):
        file.write_text(file.read_text().replace("the cup", "the \\u001b[2J cup"))
    for shown in (run("list"), run("show", DONE), run("replay", DONE, "--speed", "0")):
        assert "the  [2J cup" in shown and "\x1b" not in shown


def test_a_list_for_a_program(run):
    cut, done = json.loads(run("list", "--json").splitlines()[-1])["episodes"]
    assert (cut["id"], cut["outcome"], done["id"], done["outcome"]) == (CUT, "unfinished", DONE, "succeeded")
    assert done["instruction"] == "put the cup on the desk" and done["bytes"] > 0


def test_one_bad_episode_hides_no_other(run, runs, tmp_path):
    (runs / CUT / "episode.json").write_text("[1]")
    bad, done = json.loads(run("list", "--json").splitlines()[-1])["episodes"]
    assert (bad["outcome"], done["outcome"]) == ("unreadable", "succeeded")
    assert "unreadable" in run("list") and "is no object but list" in " ".join(run("list").split())
    out = tmp_path / "out.jsonl"
    printed = run("export", out)
    assert f"{CUT} is left out: " in printed and "is no object but list" in printed
    assert len(out.read_text().splitlines()) == 2
    with pytest.raises(UserError, match="is no object but list"):
        run("export", out, "aaaa")


def test_nothing_recorded_is_said(tmp_path):
    done = CliRunner().invoke(app, ["episodes", "list", "--runs", str(tmp_path)], catch_exceptions=False)
    assert done.stdout == f"no episode was recorded in {tmp_path}\n"


def test_one_is_shown_with_what_people_did_and_what_was_recorded(run):
    shown = run("show", "bbbb").splitlines()
    for line in (
        f"episode      {DONE}",
        "goal         on(cup, desk)",
        "outcome      succeeded",
        "1            a person took over and drove 1.2 m; changed: cup: held",
        f"2            {PUT}",
        "pictures     /head_camera/image: 1 (sensor_msgs/msg/Image)",
        "topic        /words: 2 (std_msgs/msg/String)",
        "             the disk is slower than the topics",
        "conversation 2",
        "failed TAKEOVER: a person took over and drove 1.2 m",
    ):
        assert line in shown
    assert any("episode.mcap: thinned" in line and "7 messages left out" in line for line in shown)
    told = json.loads(run("show", "bbbb", "--json").splitlines()[-1])
    assert [turn["from"] for turn in told["conversations"]] == ["human", "human", "gpt", "human", "gpt"]
    assert [event["text"] for event in told["takeovers"]][1].startswith("given back")


def test_one_that_was_cut_short_is_shown_as_far_as_it_goes(run):
    shown = run("show", "aaaa")
    assert "outcome      unfinished" in shown


def test_a_replay_is_what_send_showed(run):
    shown = run("replay", "bbbb", "--speed", "0").splitlines()
    assert shown == [
        "instruction: put the cup on the desk",
        "goal      on(cup, desk)",
        "  1  thought  on(cup, desk)",
        '     call     navigate_to(target="shelf")',
        "     person   a person has the robot (stick)",
        "     person   given back: a person took over and drove 1.2 m",
        "  2  thought  on(cup, desk)",
        f"     call     {PUT}",
        "     check    ok",
        "     result   ok",
        "succeeded (goal on(cup, desk)) after 1 call",
    ]
    assert run("replay", "aaaa", "--speed", "0").splitlines()[-1] == "here the record breaks off"


def test_a_replay_takes_its_time(run, runs):
    path = runs / "run" / DONE / "events.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for number, line in enumerate(lines):
        line["time"] = f"2026-01-31T13:00:{number:02}+00:00"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    began = time.monotonic()
    run("replay", "bbbb", "--speed", "20")
    assert (len(lines) - 1) / 20 <= time.monotonic() - began < 5


def test_conversations_and_recordings_are_exported(run, runs, tmp_path):
    out, bags = tmp_path / "out.jsonl", tmp_path / "bags"
    printed = run("export", out, "--schema", "openai", "--mcap", bags)
    assert f"{CUT} was cut short and has no conversation" in printed
    before, after = map(json.loads, out.read_text().splitlines())
    assert (before["id"], after["id"]) == (f"{DONE}/0", DONE)
    assert after["messages"][-1]["tool_calls"][0]["function"]["name"] == "place_on"
    (copy,) = bags.iterdir()
    assert copy.name == f"{DONE}.mcap"
    with copy.open("rb") as file:
        assert len(list(make_reader(file).iter_messages())) == 3
    run("export", out, "bbbb", "--schema", "sharegpt")
    assert len(out.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "x"), "there is no episode 'x'"),
        (("replay", "2026"), "'2026' is short for 2 episodes"),
        (("export", "{out}", "aaaa"), "there is no finished episode"),
    ],
)
def test_what_is_wrong_is_told(runs, tmp_path, arguments, told):
    words = [word.format(out=tmp_path / "out.jsonl") for word in arguments]
    with pytest.raises(UserError, match=told):
        CliRunner().invoke(app, ["episodes", *words, "--runs", str(runs)], catch_exceptions=False)
